"""From the bytes of a text to lines of bytes. Knows nothing of encodings but what they have in common."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

BLOCK = 1 << 20


def blocks_of(file: BinaryIO, most: int | None = None) -> Iterator[bytes]:
    """The content in blocks, at most so many."""
    return islice(iter(lambda: file.read(BLOCK), b""), most)


def byte_lines(file: BinaryIO, most: int | None = None) -> Iterator[bytes]:
    """Lines with their ends: LF, CR LF or CR. Safe for encodings whose trail bytes are never CR or LF.

    Args:
        file: read from where it stands.
        most: how many blocks of it; None: all.
    """
    rest = b""
    for block in blocks_of(file, most):
        lines = (rest + block).splitlines(keepends=True)
        # The last one may be unfinished, or end in a CR whose LF stands in the next block.
        rest = lines.pop()
        yield from lines
    yield from rest.splitlines(keepends=True)


def reads(line: bytes, codec: str) -> bool:
    """Whether the bytes are text in that encoding."""
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
