"""The data check: what is wrong with the data before anything is trained, and what would help."""
