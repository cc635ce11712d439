"""The module folder that ``evaluate.load`` is given for written texts."""
