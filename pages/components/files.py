"""File names for downloads, made from names that strangers chose. No Streamlit."""

import re

LONGEST = 80  # characters before the ending; some systems stop at 255 bytes, and Chinese takes three each
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')


def safe_name(name: str, ending: str) -> str:
    """``name`` as a file name that every system takes and that cannot leave its folder.

    Args:
        name: anything, without its ending.
        ending: with its dot, such as ``".csv"``; ours, not the stranger's.
    """
    cleaned = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")[:LONGEST].rstrip(". ")
    if not cleaned or cleaned.lower() in RESERVED:
        cleaned = f"tunedesk_{cleaned}".rstrip("_")
    return cleaned + ending
