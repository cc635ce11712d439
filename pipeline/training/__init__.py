"""Training: the recipe, the trainer, checkpoints. Knows nothing of jobs or pages."""
