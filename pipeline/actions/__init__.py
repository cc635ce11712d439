"""What a person can ask for: the pages and the command line call these same functions. No torch at import."""
