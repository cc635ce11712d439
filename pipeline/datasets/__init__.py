"""From a reading of a file to a dataset whose rows are divided for good"""
