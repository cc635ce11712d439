"""A zip that holds one table: which of its files that is, and everything for which a zip is refused.

Nothing is unpacked under a name that the zip chose, and never more than a bound.
"""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.data.formats import PROMISES, is_bomb, is_plain_zip, tidy_name
from pipeline.data.report import Finding
from pipeline.errors import N_, UnreadableFile

# What systems put into a zip on their own.
LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")

# Zip's flags: the file is encrypted; its name is UTF-8.
ENCRYPTED, UTF8_NAME = 0x1, 0x800

TABLES_NAMED = 5

# Read ahead of a text where only its first rows are wanted.
BYTES_AHEAD = 32 << 20
WHOLE_ONLY = (".xlsx", ".xlsm", ".parquet")


@dataclass(frozen=True)
class Table:
    """A file to read, where it was in a zip or not."""

    path: Path
    name: str  # for people
    findings: tuple[Finding, ...] = ()


@contextmanager
def open_table(path: Path, name: str, folder: Path | None = None, *, whole: bool = True) -> Iterator[Table]:
    """The file itself, or the one table of a zip, unpacked for as long as the context lasts.

    Args:
        path: the file.
        name: what a person calls it.
        folder: where to unpack; None: where the system keeps temporary files.
        whole: False: the beginning of a text is enough.

    Raises:
        UnreadableFile: a zip that holds no table or several, or is damaged, encrypted or harmful.
    """
    if not is_plain_zip(path):
        yield Table(path, tidy_name(name))
        return
    name = tidy_name(name)
    with tempfile.TemporaryDirectory(prefix="partial-", dir=folder) as place:
        unpacked = Path(place) / "table"
        try:
            with zipfile.ZipFile(path) as archive:
                member = _choose(archive.infolist(), name)
                inside = tidy_name(_readable_name(member))
                ahead = None if whole or inside.lower().endswith(WHOLE_ONLY) else BYTES_AHEAD
                _unpack(archive, member, unpacked, ahead)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise UnreadableFile(N_("{name} is a damaged zip. Pack it again."), name=name) from error
        message = N_("The table {file} was read out of {zip}.")
        yield Table(unpacked, inside, (Finding("unpacked", 0, message, (("file", inside), ("zip", name))),))


def _choose(members: Sequence[zipfile.ZipInfo], name: str) -> zipfile.ZipInfo:
    for member in members:
        _refuse_harm(member, name)
    if is_bomb(members):
        raise UnreadableFile(
            N_("{name} is small but would unpack to {size} MB. It was not opened; upload the table itself."),
            name=name,
            size=sum(member.file_size for member in members) // 10**6,
        )
    files = [
        member
        for member in members
        if not member.is_dir() and not set(PurePosixPath(member.filename).parts) & set(LITTER)
    ]
    tables = [member for member in files if PurePosixPath(member.filename).suffix.lower() in PROMISES]
    if len(tables) > 1:
        named = ", ".join(tidy_name(_readable_name(member)) for member in tables[:TABLES_NAMED])
        raise UnreadableFile(
            N_("{name} holds {count} tables: {tables}. Unpack it and upload one of them."),
            name=name,
            count=len(tables),
            tables=named + (" …" if len(tables) > TABLES_NAMED else ""),
        )
    if tables:
        return tables[0]
    if len(files) != 1:
        raise UnreadableFile(N_("{name} is a zip that holds no table."), name=name)
    return files[0]


def _refuse_harm(member: zipfile.ZipInfo, name: str) -> None:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0] or stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableFile(
            N_("{name} holds a path that leads out of its folder: {path}. It was not opened."),
            name=name,
            path=tidy_name(member.filename),
        )
    if member.flag_bits & ENCRYPTED:
        raise UnreadableFile(N_("{name} is protected by a password. Unpack it and upload the table."), name=name)


def _readable_name(member: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in GBK and does not say so."""
    if member.flag_bits & UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, destination: Path, ahead: int | None) -> None:
    with archive.open(member) as packed, destination.open("wb") as out:
        if ahead is None:
            shutil.copyfileobj(packed, out)
            return
        content = packed.read(ahead)
        # The last line may not be whole.
        end = content.rfind(b"\n") + 1 if len(content) == ahead else 0
        out.write(content[: end or None])
