"""Rows that could not be read, kept as they stand in the file with their line numbers, for a person to correct."""

from io import TextIOWrapper
from pathlib import Path

ASIDE = "set_aside.txt"


class Aside:
    """Writes the rows that are set aside into one text file; without such rows there is no file."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[int] = []  # where each row begins in the file, from 1
        self._path = folder / ASIDE
        self._file: TextIOWrapper | None = None

    def add(self, line: int, text: str) -> None:
        """Keep one row: its first line in the file, and all of its text."""
        if self._file is None:
            # With a byte order mark, or some editors show Chinese as gibberish.
            self._file = self._path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self.lines.append(line)
        self._file.write(f"{line}: {text}" + ("" if text.endswith(("\n", "\r")) else "\n"))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
