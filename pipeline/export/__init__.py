"""Carrying a model away, with the proof that it answers the same elsewhere. Knows nothing of jobs."""
