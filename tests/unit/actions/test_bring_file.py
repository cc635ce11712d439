"""Bringing a file: small ones at once, large ones by a job, from a server's folder only where that is allowed."""

import contextlib
import io
import os
import zipfile
from pathlib import Path

import pytest

from pipeline import jobs
from pipeline.actions import bring_file
from pipeline.actions.jobs import wait
from pipeline.data.report import ReadOptions
from pipeline.data.source import Source, list_sources, load_source
from pipeline.errors import DataError, JobError, UnreadableFile
from pipeline.jobs import JobInfo
from pipeline.settings import Workspace

SMALL = b"text,label\na cat,x\na dog,y\n"
LARGE = b"text,label\n" + b"".join(b"%d this is a ticket about something,%d\n" % (n, n % 3) for n in range(60_000))


def test_a_small_file_is_read_at_once_and_its_upload_is_gone(home: Workspace) -> None:
    arrival = bring_file.take_upload(io.BytesIO(SMALL), "pets.csv")

    assert arrival.source == load_source(arrival.source.id)
    assert (arrival.source.name, arrival.source.rows) == ("pets.csv", 2)
    assert left_in(home.uploads) == []


def test_a_small_file_that_cannot_be_read_says_why_and_leaves_nothing(home: Workspace) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        bring_file.take_upload(io.BytesIO(b""), "nothing.csv")
    assert left_in(home.uploads) == []
    assert list_sources() == ()


@pytest.mark.slow
def test_a_large_file_is_read_by_a_job_and_its_upload_is_gone(home: Workspace) -> None:
    assert len(LARGE) > bring_file.SMALL_BYTES
    arrival = bring_file.take_upload(io.BytesIO(LARGE), "large.csv")

    assert arrival.source is None
    assert bring_file.import_name(arrival.job) == "large.csv"
    source = load_source(wait(arrival.job).result["source"])
    assert source.rows == 60_000
    jobs.reconcile()
    assert left_in(home.uploads) == []


@pytest.mark.slow
@pytest.mark.faults
def test_a_killed_reading_is_told_and_leaves_no_upload(home: Workspace) -> None:
    arrival = bring_file.take_upload(io.BytesIO(LARGE), "large.csv")

    def kill(info: JobInfo) -> None:
        if info.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(info.pid, 9)

    with pytest.raises(JobError, match="killed"):
        wait(arrival.job, kill)
    jobs.reconcile()
    assert left_in(home.uploads) == []
    assert list_sources() == ()


def test_a_workbook_is_weighed_by_what_it_unpacks_to(home: Workspace, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "upload.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(bring_file.SMALL_BYTES))
        archive.writestr("xl/sheet.xml", b"one byte more")
    upload = (tmp_path / "upload.xlsx").read_bytes()

    assert len(upload) < bring_file.SMALL_BYTES
    job = bring_file.take_upload(io.BytesIO(upload), "bomb.xlsx").job
    assert job
    with contextlib.suppress(JobError):
        wait(job)


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "a\nb.csv", "evil.csv/.."])
def test_the_uploaders_words_reach_no_folder(home: Workspace, name: str) -> None:
    bring_file.take_upload(io.BytesIO(SMALL), name)
    assert not list(home.home.parent.rglob("*evil*"))


def test_a_source_read_again_is_another_one(home: Workspace) -> None:
    first = small_source()

    again = bring_file.read_again(first.id, ReadOptions(header_row=0)).source

    assert again is not None
    assert again.rows == first.rows + 1
    assert load_source(first.id) == first


def test_the_first_rows_are_shown_before_anything_is_read_again(home: Workspace) -> None:
    first = small_source()

    seen = bring_file.preview_again(first.id, ReadOptions(delimiter=";"), rows=1)

    assert seen.columns == ("text,label",)
    assert len(seen.rows) == 1
    assert list_sources() == (first,)


def test_a_job_of_another_kind_is_no_reading(home: Workspace) -> None:
    job = jobs.submit("unknown", {}, lane="elsewhere")
    with pytest.raises(JobError):
        bring_file.import_name(job)
    with contextlib.suppress(JobError):
        wait(job)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two allowed folders with a file each, and a secret beside them."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.csv").write_bytes(SMALL)
    (tmp_path / "secret.csv").write_bytes(SMALL)
    (tmp_path / "one-more").mkdir()
    (tmp_path / "one-more" / "secret.csv").write_bytes(SMALL)
    monkeypatch.setenv("TUNEDESK_IMPORT_FOLDERS", os.pathsep.join(str(tmp_path / name) for name in ("one", "two")))
    return tmp_path


def test_a_file_in_an_allowed_folder_is_found_by_its_whole_path_or_its_name(folders: Path) -> None:
    assert bring_file.resolve_allowed(str(folders / "one" / "one.csv")) == folders / "one" / "one.csv"
    assert bring_file.resolve_allowed("two.csv") == folders / "two" / "two.csv"
    assert bring_file.resolve_allowed("../two/two.csv") == folders / "two" / "two.csv"


@pytest.mark.parametrize(
    "text",
    [
        "../secret.csv",
        "{}/secret.csv",
        "{}/one/../secret.csv",
        "{}/one-more/secret.csv",
        "link.csv",
        "folder/secret.csv",
    ],
)
def test_no_path_climbs_out_of_the_allowed_folders(folders: Path, text: str) -> None:
    (folders / "one" / "link.csv").symlink_to(folders / "secret.csv")
    (folders / "one" / "folder").symlink_to(folders, target_is_directory=True)

    with pytest.raises(DataError) as refused:
        bring_file.resolve_allowed(text.format(folders))
    with pytest.raises(DataError) as missing:
        bring_file.resolve_allowed("not there at all.csv")
    assert refused.value.message == missing.value.message


@pytest.mark.parametrize("text", ["", ".", "a\0b", "x" * 5000, "circle.csv"])
def test_what_names_no_file_is_refused_in_the_same_words(folders: Path, text: str) -> None:
    (folders / "one" / "circle.csv").symlink_to(folders / "one" / "circle.csv")
    with pytest.raises(DataError):
        bring_file.resolve_allowed(text)


def test_without_a_setting_no_folder_is_allowed(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "here.csv").write_bytes(SMALL)
    with pytest.raises(DataError):
        bring_file.resolve_allowed(str(tmp_path / "here.csv"))


def small_source() -> Source:
    """A Source of two rows."""
    source = bring_file.take_upload(io.BytesIO(SMALL), "pets.csv").source
    assert source is not None
    return source


def left_in(folder: Path) -> list[Path]:
    """What a folder holds, if it is there at all."""
    return list(folder.glob("*"))
