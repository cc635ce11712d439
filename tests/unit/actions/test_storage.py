"""What can go, goes; what somebody made stays."""

import re
from pathlib import Path

import pytest

from pipeline import cache
from pipeline.actions import data, storage
from pipeline.actions.samples import import_sample
from pipeline.check.report import CheckReport, load_check, save_check
from pipeline.data.source import import_source, list_sources
from pipeline.errors import SettingError
from pipeline.runs import store
from pipeline.settings import Workspace
from tests.pages.staged_run import stage
from tests.tiny import tickets

PIPELINE = Path(storage.__file__).parents[1]


def test_only_files_that_no_dataset_uses_are_removed(home: Workspace, tmp_path: Path) -> None:
    sources = []
    for number in range(3):
        tickets(40, seed=number).to_csv(tmp_path / "t.csv", index=False)
        sources.append(import_source(tmp_path / "t.csv", "t.csv"))
    data.create_dataset(sources[0].id, name="a", text=["text"], label="label", test_source_id=sources[1].id)
    row = next(row for row in storage.usage() if row.kind == "unused")
    assert row.entries == 1
    assert storage.empty("unused") == row.bytes
    assert {source.id for source in list_sources()} == {sources[0].id, sources[1].id}


def test_a_file_that_only_a_run_needs_stays(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)
    data.delete_dataset(staged.dataset.id)
    assert storage.empty("unused") == 0
    assert [source.id for source in list_sources()] == [staged.dataset.source]


def test_a_file_that_a_job_still_has_to_fill_stays(home: Workspace, tmp_path: Path) -> None:
    tickets(40, seed=0).to_csv(tmp_path / "t.csv", index=False)
    source = import_source(tmp_path / "t.csv", "t.csv")
    with store.session() as session:
        session.add(store.JobRow(id="a", kind="fill", lane="x", request={"source": source.id}, state="queued", order=1))
    assert storage.empty("unused") == 0
    with store.session() as session:
        session.get(store.JobRow, "a").state = "finished"
    assert storage.empty("unused") > 0


def test_caches_are_listed_with_their_size_and_emptied(home: Workspace) -> None:
    cache.json_entry("lower", "x", lambda: "12345")
    assert {row.kind: row.bytes for row in storage.usage() if row.entries and row.can_empty} == {"lower": 7}
    assert storage.empty("lower") == 7


def test_what_a_check_found_can_go_and_is_found_again(home: Workspace) -> None:
    dataset = import_sample("spam_messages")
    view, report = dataset.view, CheckReport((), None, None)
    save_check(view, dataset.split, report)
    row = next(row for row in storage.usage() if row.kind == "checks")
    assert row.entries == 1
    assert storage.empty("checks") == row.bytes
    assert load_check(view, dataset.split) is None


def test_what_people_made_cannot_be_emptied(home: Workspace) -> None:
    with pytest.raises(SettingError, match="runs"):
        storage.empty("runs")


def test_a_file_that_is_being_read_is_not_emptied(home: Workspace) -> None:
    reading = home.sources / "partial-abc"
    reading.mkdir(parents=True)
    storage.empty("unused")
    assert reading.exists()


def test_everything_that_is_kept_for_later_has_a_name_on_the_page() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in PIPELINE.rglob("*.py"))
    kinds = set(re.findall(r"cache\.\w+\(\s*\"(\w+)\"", code))
    assert "answers" in kinds
    assert kinds <= storage.CACHE_TITLES.keys()
