"""Using what was trained: classify texts, fill a file, the process that holds the models."""
