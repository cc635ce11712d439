"""What a model can be trained to do, one file a task. Knows nothing of how training runs or where runs are kept."""
