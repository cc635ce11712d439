"""Texts that a spreadsheet would take for a formula, and how they become harmless. Knows cells, no files."""

# With these a formula begins, which can send data away (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(cell: str) -> str:
    """``cell`` with an apostrophe before it if a spreadsheet would take it for a formula."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
