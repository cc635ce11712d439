"""The module folder that ``evaluate.load`` is given for label sets."""
