"""The job import: a file, or a Source anew, becomes a Source; a stop leaves nothing behind."""

import dataclasses
import os
import time
from pathlib import Path

import pytest

from pipeline.data.report import ReadOptions
from pipeline.data.source import import_source, list_sources, load_source
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import Workspace
from pipeline.work import import_file

LONG = 50_000  # rows, so that a reader says now and then how far it is
AS_FOUND = dataclasses.asdict(ReadOptions())


class AskedToStop(Silent):
    """Somebody pressed Stop."""

    def stop_requested(self) -> bool:
        """At once."""
        return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two rows whose encoding is not UTF-8."""
    path = tmp_path / "upload.csv"
    path.write_bytes("文本,标签\n打印机坏了,硬件\n发票不对,财务\n".encode("gb18030"))
    return path


def test_a_file_becomes_a_source_under_the_name_that_people_know(home: Workspace, file: Path) -> None:
    result = import_file.run(asked(path=str(file)), Silent())

    source = load_source(result["source"])
    assert (source.name, source.rows, source.columns) == ("工单.csv", 2, ("文本", "标签"))


def test_a_source_is_read_anew_under_other_options(home: Workspace, file: Path) -> None:
    first = import_source(file, "工单.csv")
    file.unlink()

    options = {**AS_FOUND, "header_row": 0}
    again = load_source(import_file.run(asked(source=first.id, options=options), Silent())["source"])

    assert again.rows == 3
    assert again.options == ReadOptions(header_row=0)
    assert load_source(first.id) == first


def test_a_stop_ends_it_and_leaves_nothing(home: Workspace, file: Path) -> None:
    file.write_text("text,label\n" + "a ticket,a label\n" * LONG)

    with pytest.raises(Stopped):
        import_file.run(asked(path=str(file)), AskedToStop())

    assert list_sources() == ()
    assert not list(home.sources.iterdir())


def test_what_a_killed_reading_left_goes_with_the_next_one(home: Workspace, file: Path) -> None:
    dead, alive = home.sources / "partial-dead", home.sources / "partial-alive"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
    long_ago = time.time() - 2 * import_file.LEFT_BEHIND_SECONDS
    os.utime(dead, (long_ago, long_ago))

    import_file.run(asked(path=str(file)), Silent())

    assert not dead.exists()
    assert alive.exists()


def asked(path: str = "", source: str = "", options: dict[str, object] = AS_FOUND) -> dict[str, object]:
    """A request as the action writes it."""
    return {"path": path, "source": source, "name": "工单.csv", "options": options}
