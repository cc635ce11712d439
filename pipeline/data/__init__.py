"""From a file to frozen row numbers: Source, View, Split. Knows nothing of models or tokens."""
