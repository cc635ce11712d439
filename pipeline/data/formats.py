"""What a file is, told from its first bytes, and whether its name says the same. Reads no rows."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.data.encoding import find_unmarked_utf16
from pipeline.data.report import ReadOptions
from pipeline.errors import N_, UnreadableFile

HEAD = 65536
BINARY = "binary"

# Endings that promise a format; any other ending promises nothing and the content decides.
PROMISES = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".psv", ".txt"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm"), "excel"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    ".parquet": "parquet",
}
TITLES = {"csv": "CSV", "excel": "Excel", "json": "JSON", "jsonl": "JSON Lines", "parquet": "Parquet"}

SIGNATURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!\x1a", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0", "Excel 97-2003 (.xls)"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    *((b"\x80" + bytes([protocol]), "Python pickle") for protocol in range(2, 6)),
)
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")  # one of them begins like UTF-16

# More bytes below the space than this share, and than this number, and it is no text in any encoding read here.
CONTROL_SHARE = 0.05
CONTROL_BYTES = 4

# A zip (a workbook is one) that unpacks to more than this would fill the disk or the memory.
UNPACKED_BYTES = 2 * 1024**3

# One that grows so many times is a bomb, unless it stays small: text shrinks to a tenth, seldom to a fiftieth.
GROWTH, SMALL_BYTES = 100, 20 * 1024**2

_MARKUP = re.compile(rb"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE)
_JSON_LIST = re.compile(rb'\s*\[\s*(\{\s*("|\})|\])')
_JSON_OBJECT = re.compile(rb'\s*\{\s*"(\\.|[^"\\])*"\s*:')


def tidy_name(name: str) -> str:
    """The last part of a name that a client gave, printable and at most 200 characters: for people, never a path."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[:200] or "file"


def recognise(path: Path, name: str, options: ReadOptions) -> str:
    """The format of a file: "csv", "excel", "json", "jsonl" or "parquet".

    Raises:
        UnreadableFile: it is empty, no table at all, or not what the ending of ``name`` says.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnreadableFile(N_("{name} is empty. Export the table again and upload that file."), name=name)
    found = _content(path, head, options)
    suffix = PurePosixPath(name).suffix.lower()
    promised = PROMISES.get(suffix)
    if promised == "json" and found == "csv" and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
        found = "json"  # whatever is wrong with it, its reader says it better
    if suffix == ".json" and found == "jsonl" and b"\n" not in head.strip():
        found = "json"  # one object, and no list of them
    if found == BINARY:
        raise UnreadableFile(
            N_("{name} is not a table that can be read: it is neither text nor a known format. Save as CSV or .xlsx."),
            name=name,
        )
    if found not in TITLES:
        raise UnreadableFile(
            N_("{name} is not a table that can be read: its content is {found}. Save the table as CSV or .xlsx."),
            name=name,
            found=found,
        )
    if promised and promised != found.replace("jsonl", "json"):
        raise UnreadableFile(
            N_("{name} is not what its name says: its content is {found}, not {promised}. Give it the right ending."),
            name=name,
            found=TITLES[found],
            promised=TITLES[promised],
        )
    return found


def _content(path: Path, head: bytes, options: ReadOptions) -> str:
    """A key of TITLES, or the name of what it is instead."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _zip_content(path)
    if head.startswith(UTF32_MARKS):
        return "UTF-32"
    wide = "utf-16" if head.startswith(UTF16_MARKS) else find_unmarked_utf16(head)
    if wide:
        head = head[: len(head) // 2 * 2].decode(wide, "replace").encode()
    elif not (options.encoding or "").lower().startswith(("utf-16", "utf_16", "utf16")):
        for signature, kind in SIGNATURES:
            if head.startswith(signature):
                return kind
        if _is_binary(head):
            return "EXE" if head.startswith(b"MZ") else BINARY
    return _text_content(head.removeprefix(b"\xef\xbb\xbf"))


def _text_content(head: bytes) -> str:
    if _MARKUP.match(head):
        return "HTML/XML"
    if _JSON_LIST.match(head):
        return "json"
    if _JSON_OBJECT.match(head):
        first_line = head.split(b"\n", 1)[0].rstrip()
        return "jsonl" if first_line.endswith(b"}") or len(first_line) == len(head) else "json"
    return "csv"


def _is_binary(head: bytes) -> bool:
    """NUL bytes alone do not make it so: some exports pad cells with a few of them."""
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\v\x1b")
    return control > max(CONTROL_BYTES, CONTROL_SHARE * len(head))


def _zip_content(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        return "ZIP"
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        for part, kind in (("word/document.xml", "Word"), ("ppt/presentation.xml", "PowerPoint")):
            if part in names:
                return kind
        return "Excel .xlsb" if "xl/workbook.bin" in names else "ZIP"
    return "Excel, but far larger unpacked" if is_bomb(members) else "excel"


def is_plain_zip(path: Path) -> bool:
    """Whether a file is a zip, and no document of an office program, which are zips too."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    return _zip_content(path) == "ZIP"


def is_bomb(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether unpacking would fill the disk: too much in all, or far more than the zip's own size."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    return unpacked > UNPACKED_BYTES or (unpacked > SMALL_BYTES and unpacked > GROWTH * packed)
