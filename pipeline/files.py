"""Files that other processes read while they are written anew: the old text or the new one, never half of it."""

import secrets
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a file in place of what is there; of two writers at once, the later one's text stays.

    Raises:
        OSError: the disk is full; what was there is still there.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
