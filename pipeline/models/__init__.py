"""Base models: which there are, where they come from, how they are loaded and cut in two, what they cost."""
