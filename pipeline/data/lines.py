"""From the bytes of a text file to decoded lines, each with its place. Knows nothing of cells."""

import codecs
import io
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import N_, UnreadableFile

BLOCK = 1 << 20

MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le", "utf-16"),
    (b"\xfe\xff", "utf-16-be", "utf-16"),
)

# What the other half of a file is written in when two exports were pasted together.
SPARES = {"utf-8": "gb18030", "gb18030": "utf-8", "cp1252": "latin-1"}

# Chinese text is written almost wholly with the 3,755 most frequent characters and the symbols of GB2312;
# Cyrillic or Big5 bytes read as GB18030 give rare characters instead.
COMMON_CHINESE_SHARE = 0.8

# Bytes of another encoding are valid UTF-8 by chance in a line now and then; in more lines than this it is meant.
UTF8_SHARE = 0.1

# Western text has an accented letter or a curly quote now and then, not in every other place.
WESTERN_SHARE = 0.25


@dataclass(frozen=True)
class Coding:
    """How bytes become text."""

    name: str  # as people call it; says whether there is a byte order mark
    codec: str  # Python's codec for what follows the mark
    start: int = 0  # bytes of the mark
    spare: str = ""  # tried on lines that ``codec`` cannot read; "": none
    sure: bool = True  # False: a guess that a person should look at


def find_coding(path: Path, asked: str | None, name: str) -> Coding:
    """The encoding of a text file: what was asked for, else what its mark says, else what its bytes allow.

    Raises:
        UnreadableFile: an unknown encoding was asked for, or none fits.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((Coding(title, codec, len(mark)) for mark, codec, title in MARKS if head.startswith(mark)), None)
    if asked:
        return _as_asked(asked, marked, name)
    return marked or _by_content(path, name)


def _as_asked(asked: str, marked: Coding | None, name: str) -> Coding:
    try:
        codec = codecs.lookup(asked).name
        "a".encode(codec)  # codecs such as base64 are known, but do not turn text into bytes
    except LookupError as error:
        raise UnreadableFile(
            N_("{name}: there is no encoding called {encoding}. Usual ones are utf-8, gb18030, utf-16 and cp1252."),
            name=name,
            encoding=asked,
        ) from error
    if marked and codec.replace("-sig", "") in (marked.codec, marked.name, "utf-8" if marked.codec == "utf-8" else ""):
        return marked
    codec = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(codec, codec)
    return Coding(codec, codec, spare=SPARES.get(codec, ""))


def _by_content(path: Path, name: str) -> Coding:
    if _decodes(path, "utf-8"):
        return Coding("utf-8", "utf-8")
    with path.open("rb") as file:
        unusual = [line for line in byte_lines(file) if not line.isascii()]
    valid = sum(_reads(line, "utf-8") for line in unusual)
    if valid >= UTF8_SHARE * len(unusual):
        return Coding("utf-8", "utf-8", spare=SPARES["utf-8"])
    sample = b"".join(unusual)
    if _looks_chinese(sample):
        return Coding("gb18030", "gb18030", spare=SPARES["gb18030"])
    high = sum(sample.count(byte) for byte in range(128, 256))
    if high <= WESTERN_SHARE * len(sample):
        return Coding("cp1252", "cp1252", spare=SPARES["cp1252"], sure=False)
    raise UnreadableFile(
        N_("{name}: its encoding could not be told. Save it as UTF-8 (Excel: CSV UTF-8), or choose its encoding."),
        name=name,
    )


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _reads(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(sample: bytes) -> bool:
    """Whether nearly all characters beyond ASCII are GB2312 symbols or its level 1, when read as GB18030."""
    text = sample.decode("gb18030", "ignore")
    unusual = [character for character in text if not character.isascii()]
    encoded = "".join(unusual).encode("gb18030")
    if len(encoded) != 2 * len(unusual):
        encoded = b"".join(pair for pair in (c.encode("gb18030") for c in unusual) if len(pair) == 2)
    common = sum(0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7 for lead in encoded[::2])
    trailing = sum(trail >= 0xA1 for trail in encoded[1::2])
    return bool(unusual) and min(common, trailing) >= COMMON_CHINESE_SHARE * len(unusual)


def byte_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends: LF, CR LF or CR. Safe for encodings whose trail bytes are never CR or LF."""
    rest = b""
    while block := file.read(BLOCK):
        lines = (rest + block).splitlines(keepends=True)
        # The last one may be unfinished, or end in a CR whose LF stands in the next block.
        rest = lines.pop()
        yield from lines
    yield from rest.splitlines(keepends=True)


class LineFeed:
    """Decoded lines for the csv module, which remembers where each began and can take lines back."""

    def __init__(self, path: Path, coding: Coding) -> None:
        self.coding = coding
        self.ends = array("q", [coding.start])  # ends[k]: byte offset where line k ends and line k + 1 begins
        self.position = 0  # lines handed out
        self.damaged: list[int] = []  # lines that the encoding could not read, from 1
        self.recent: list[str] = []  # lines handed out since the last ``forget``
        self._again: list[str] = []
        self._file = path.open("rb")
        self._file.seek(coding.start)
        if coding.codec.startswith("utf-16"):
            self._size = path.stat().st_size
            # A byte too many at the end cannot be passed through, half a surrogate pair can.
            errors = "replace" if self._size % 2 else "surrogatepass"
            self._text = io.TextIOWrapper(self._file, coding.codec, errors, newline="")
            self._lines = self._wide_lines()
        else:
            self._lines = self._narrow_lines()

    def __iter__(self) -> "LineFeed":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.position += 1
        self.recent.append(line)
        return line

    def forget(self) -> None:
        """The record is complete: its lines need not be kept."""
        self.recent.clear()

    def take_back(self, lines: int) -> None:
        """Hand out the last ``lines`` lines again."""
        if lines:
            self._again.extend(reversed(self.recent[-lines:]))
            self.position -= lines
            del self.recent[-lines:]

    def close(self) -> None:
        """Close the file."""
        if self.coding.codec.startswith("utf-16"):
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


def decode_damaged(raw: bytes, codec: str, spare: str) -> str:
    """A line that ``codec`` cannot read: by the spare codec, else with replacement characters."""
    try:
        return raw.decode(spare or codec)
    except UnicodeDecodeError:
        return raw.decode(codec, "replace")
