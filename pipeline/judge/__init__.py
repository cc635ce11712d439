"""LLM as judge: how good answers are in the eyes of another model, and how far to trust it."""
