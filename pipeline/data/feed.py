"""Decoded lines of a text file, each with its place in bytes, which can be handed out again. Knows nothing of cells."""

import codecs
import io
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.data.encoding import Coding
from pipeline.data.lines import byte_lines

# A cell of more lines than this was never closed: reading on would only hold the rest of the file in memory.
LINES_TOGETHER = 10_000

# Characters of a sample: with a few lines the first is enough; cells of a book each make it the second.
FEW = 20
ENOUGH, PLENTY = 1 << 18, 1 << 22


class Endless(Exception):  # noqa: N818  # what was found, not what failed
    """More lines were handed out without a ``forget`` than belong together."""


class Feed:
    """Lines that remember what was handed out since the last ``forget``, and can take it back.

    Iterating goes on where the last iteration ended. This is the innermost loop of reading: hence a generator.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.position = 0  # lines handed out
        self.recent: list[str] = []  # lines handed out since the last ``forget``
        self._again: list[str] = []
        self._lines = iter(lines)

    def __iter__(self) -> Iterator[str]:
        lines, again, recent = self._lines, self._again, self.recent
        while True:
            if again:
                line = again.pop()
            else:
                try:
                    line = next(lines)
                except StopIteration:
                    return
            self.position += 1
            recent.append(line)
            if len(recent) > LINES_TOGETHER:
                raise Endless
            yield line

    def forget(self) -> None:
        """The record is complete: its lines need not be kept."""
        self.recent.clear()

    def take_back(self, lines: int) -> None:
        """Hand out the last ``lines`` lines again."""
        if lines:
            self._again.extend(reversed(self.recent[-lines:]))
            self.position -= lines
            del self.recent[-lines:]


class LineFeed(Feed):
    """The lines of a file."""

    def __init__(self, path: Path, coding: Coding) -> None:
        self.coding = coding
        self.ends = array("q", [coding.start])  # ends[k]: byte offset where line k ends and line k + 1 begins
        self.damaged: list[int] = []  # lines that the encoding could not read, from 1
        self.cut = False  # the file ends in the middle of a character
        self._file = path.open("rb")
        self._file.seek(coding.start)
        self._wide = coding.codec.startswith("utf-16")
        if self._wide:
            self._size = path.stat().st_size
            self.cut = bool((self._size - coding.start) % 2)
            # A byte too many at the end cannot be passed through, half a surrogate pair can.
            errors = "replace" if self.cut else "surrogatepass"
            self._text = io.TextIOWrapper(self._file, coding.codec, errors, newline="")
        super().__init__(self._wide_lines() if self._wide else self._narrow_lines())

    def close(self) -> None:
        """Close the file."""
        if self._wide:
            self._text.close()
        self._file.close()

    def _narrow_lines(self) -> Iterator[str]:
        codec, end, note = self.coding.codec, self.coding.start, self.ends.append
        for raw in byte_lines(self._file):
            end += len(raw)
            note(end)
            try:
                yield raw.decode(codec)
            except UnicodeDecodeError:
                yield self._decode_damaged(raw)

    def _decode_damaged(self, raw: bytes) -> str:
        self.damaged.append(len(self.ends) - 1)
        self.cut = is_cut(raw, self.coding.codec)
        return decode_damaged(raw, self.coding.codec, self.coding.spare)

    def _wide_lines(self) -> Iterator[str]:
        codec, end = self.coding.codec, self.coding.start
        for line in self._text:
            # A byte too many at the end of the file became a replacement character, two bytes when encoded.
            end = min(end + len(line.encode(codec, "surrogatepass")), self._size)
            self.ends.append(end)
            clean = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if clean != line or "\ufffd" in line:
                self.damaged.append(len(self.ends) - 1)
            yield clean


def first_lines(path: Path, coding: Coding, most: int) -> list[str]:
    """The beginning of a file: so many lines that are not empty, fewer where they are long."""
    feed = LineFeed(path, coding)
    try:
        return list(_until_full(_forgetting(feed), most))
    finally:
        feed.close()


def _forgetting(feed: Feed) -> Iterator[str]:
    for line in feed:
        feed.forget()
        yield line


def _until_full(lines: Iterable[str], most: int) -> Iterator[str]:
    filled = seen = 0
    for line in lines:
        yield line
        filled += not line.isspace()
        seen += len(line)
        if filled == most or seen > PLENTY or (filled >= FEW and seen > ENOUGH):
            return


def is_cut(raw: bytes, codec: str) -> bool:
    """Whether a line is text up to its last character, of which only the first bytes are there."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        decoder.decode(raw)
    except UnicodeDecodeError:
        return False
    return bool(decoder.getstate()[0])


def decode_damaged(raw: bytes, codec: str, spare: str) -> str:
    """A line that ``codec`` cannot read: by the spare codec, else with replacement characters."""
    if not spare or is_cut(raw, codec):
        return raw.decode(codec, "replace")
    try:
        return raw.decode(spare)
    except UnicodeDecodeError:
        return raw.decode(codec, "replace")
