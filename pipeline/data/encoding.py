"""Which encoding a text file is in: by what a person asked for, its byte order mark, or what its bytes allow."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.data.legacy import WESTERN, guess_codec
from pipeline.data.lines import blocks_of, byte_lines, reads
from pipeline.errors import N_, UnreadableFile

# Bytes by which a mark, or UTF-16 without one, is known.
HEAD = 1 << 16

MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le", "utf-16"),
    (b"\xfe\xff", "utf-16-be", "utf-16"),
)

# Read first where only the first rows are wanted; the encoding of the rest may differ, and the import says so.
BLOCKS_AHEAD = 16

# Bytes of another encoding are valid UTF-8 by chance in a line now and then; in more lines than this it is meant.
UTF8_SHARE = 0.1

# Bytes that continue a character: with a single one, another encoding's two letters may look like UTF-8.
SURE_BYTES = 2

# Enough for a guess by letters.
SAMPLE = 200_000

# UTF-16 without a mark: so many of its characters are in common use, and so many of its NUL bytes, which stand for
# half of an ASCII character, are in even or in odd places.
COMMON_SHARE = 0.9
ONE_SIDED_SHARE = 0.7
NUL_SHARE = 0.01
COMMON = ((0x20, 0x7E), (0xA0, 0x6FF), (0x2000, 0x206F), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))
LINE_ENDS = "\r\n"


@dataclass(frozen=True)
class Coding:
    """How bytes become text."""

    name: str  # as people call it; says whether there is a byte order mark
    codec: str  # Python's codec for what follows the mark
    start: int = 0  # bytes of the mark
    spare: str = ""  # tried on lines that ``codec`` cannot read; "": none
    sure: bool = True  # False: a guess that a person should look at


def find_coding(path: Path, asked: str | None, name: str, *, whole: bool = True) -> Coding:
    """The encoding of a text file.

    Args:
        path: the file.
        asked: what a person has decided, or None.
        name: of the file, for messages.
        whole: judge by all of it; False: by its beginning, which is quick on any size.

    Raises:
        UnreadableFile: an unknown encoding was asked for, or none fits.
    """
    blocks = None if whole else BLOCKS_AHEAD
    with path.open("rb") as file:
        head = file.read(HEAD)
    marked = next((Coding(title, codec, len(mark)) for mark, codec, title in MARKS if head.startswith(mark)), None)
    if asked:
        return _as_asked(path, asked, marked, name, blocks)
    if marked:
        return marked
    wide = find_unmarked_utf16(head)
    return Coding(wide, wide, sure=False) if wide else _by_content(path, name, blocks)


def find_unmarked_utf16(head: bytes) -> str:
    """The codec of UTF-16 text that lacks its byte order mark; "" if it is none."""
    head = head[: len(head) // 2 * 2]
    nul = head.count(0)
    if nul < max(1, NUL_SHARE * len(head)):
        return ""
    for codec, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        one_sided = head[place::2].count(0) >= ONE_SIDED_SHARE * nul
        text = head.decode(codec, "replace")
        common = sum(any(low <= ord(letter) <= high for low, high in COMMON) for letter in text)
        common += sum(map(text.count, "\t\r\n"))
        if one_sided and common >= COMMON_SHARE * len(text) and any(end in text for end in LINE_ENDS):
            return codec
    return ""


def _as_asked(path: Path, asked: str, marked: Coding | None, name: str, blocks: int | None) -> Coding:
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
    return Coding(codec, codec, spare=_spare(path, codec, blocks))


def _by_content(path: Path, name: str, blocks: int | None) -> Coding:
    valid, continuing = _measure_utf8(path, blocks)
    if valid:
        return Coding("utf-8", "utf-8", sure=not 0 < continuing < SURE_BYTES)
    good = bad = 0
    sample = bytearray()
    for line in _lines_of(path, blocks):
        if line.isascii():
            continue
        if reads(line, "utf-8"):
            good += 1
            continue
        bad += 1
        if len(sample) < SAMPLE:
            sample += line
    guess = guess_codec(bytes(sample))
    if good >= UTF8_SHARE * (good + bad):
        return Coding("utf-8", "utf-8", spare=guess.codec if guess else WESTERN, sure=False)
    if guess is None:
        raise UnreadableFile(
            N_("{name}: its encoding could not be told. Save it as UTF-8 (Excel: CSV UTF-8), or choose its encoding."),
            name=name,
        )
    return Coding(guess.codec, guess.codec, spare=_spare_of(guess.codec), sure=guess.sure)


def _spare(path: Path, codec: str, blocks: int | None) -> str:
    """What the other half of a file is written in when two exports were pasted together."""
    if codec != "utf-8" or _measure_utf8(path, blocks)[0]:
        return _spare_of(codec)
    odd = (line for line in _lines_of(path, blocks) if not reads(line, codec))
    guess = guess_codec(_join(odd))
    return guess.codec if guess else WESTERN


def _spare_of(codec: str) -> str:
    if codec == WESTERN:
        return "latin-1"
    return "utf-8" if codec == "gb18030" else ""


def _join(lines: Iterable[bytes]) -> bytes:
    sample = bytearray()
    for line in lines:
        sample += line
        if len(sample) >= SAMPLE:
            break
    return bytes(sample)


def _measure_utf8(path: Path, blocks: int | None) -> tuple[bool, int]:
    """Whether the bytes are UTF-8, a last character that is cut off aside, and how many bytes continue one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    continuing = 0
    try:
        with path.open("rb") as file:
            for block in blocks_of(file, blocks):
                continuing += len(block) - len(decoder.decode(block))
    except UnicodeDecodeError:
        return False, 0
    return True, continuing


def _lines_of(path: Path, blocks: int | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from byte_lines(file, blocks)
