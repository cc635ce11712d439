"""Formats, encodings and delimiters as people call them. Draws nothing."""

from pages.components.text import t
from pipeline.errors import N_

FORMATS = {
    "csv": N_("Text with columns (CSV)"),
    "excel": N_("Excel workbook"),
    "json": "JSON",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
}

# Python's name for each, and whose files have it.
ENCODINGS = {
    "utf-8": "UTF-8",
    "gb18030": N_("GB18030, GBK (Simplified Chinese)"),
    "big5hkscs": N_("Big5 (Traditional Chinese)"),
    "cp932": N_("Shift-JIS (Japanese)"),
    "cp949": N_("EUC-KR (Korean)"),
    "utf-16": "UTF-16",
    "cp1252": N_("Windows-1252 (Western Europe)"),
    "cp1250": N_("Windows-1250 (Central Europe)"),
    "cp1251": N_("Windows-1251 (Cyrillic)"),
    "iso8859-1": N_("Latin-1 (Western Europe)"),
    "mac-roman": N_("Mac Roman"),
}
DELIMITERS = {
    ",": N_("Comma"),
    ";": N_("Semicolon"),
    "\t": N_("Tab"),
    "|": N_("Vertical bar"),
    " ": N_("Space"),
}
QUOTES = {'"': N_("Double quotes"), "'": N_("Single quotes"), "": N_("No quotes")}
ESCAPES = {"double": N_("Written twice"), "backslash": N_("After a backslash")}

# The same under another name, such as one that says that there is a byte order mark.
_ALIASES = {
    "utf-8-sig": "utf-8",
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
    "latin-1": "iso8859-1",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def encoding(name: str) -> str:
    """An encoding by its usual name."""
    known = ENCODINGS.get(_ALIASES.get(name, name))
    return t(known) if known else name.upper()


def delimiter(character: str) -> str:
    """What stands between two cells."""
    known = DELIMITERS.get(character)
    return t(known) if known else character


def quote(character: str) -> str:
    """What stands around a cell."""
    return t(QUOTES[character]) if character in QUOTES else character


def escape(name: str) -> str:
    """How a quote inside a quoted cell is written."""
    return t(ESCAPES[name]) if name in ESCAPES else name
