"""Metrics in the form that the library ``evaluate`` loads from disk: one folder each, one file of the same name."""
