"""What the figures of the Check page show."""

from pathlib import Path

from pages.data.overview import MOST_GROUPS, MOST_LABELS, TOKENS, by_group, characters_of, missing, overview
from pipeline.data.new_view import with_steps
from pipeline.data.steps import leave_out, rename_labels
from pipeline.models.fit import mean_tokens
from pipeline.settings import Workspace
from tests.pages.data.checked import bring


def test_labels_are_counted_and_texts_measured_after_the_remedies(home: Workspace, tmp_path: Path) -> None:
    rows = [["text", "queue"], ["one", "a"], ["one two", "A"], *[[f"text {n}", "ab"[n % 2]] for n in range(38)]]
    view = with_steps(bring(tmp_path, rows).view, [rename_labels({"A": "a"}), leave_out([0])])
    found = overview(view)

    assert dict(found.counts) == {"a": 20, "b": 19}
    assert len(found.lengths) == 39


def test_the_limit_in_characters_is_what_the_tokens_hold_of_such_texts() -> None:
    for text in ("word " * 400, "打印机无法连接" * 60):
        limit = characters_of(TOKENS, [text])
        assert abs(mean_tokens([text[:limit]], 10_000) - TOKENS) < 2


def test_rare_groups_and_labels_are_added_up_and_no_row_is_lost(home: Workspace, tmp_path: Path) -> None:
    rows = [["text", "queue", "team"]]
    rows += [[f"text {n}", f"label {n % 13}", f"team {n % 17}" if n % 5 else ""] for n in range(400)]
    found = by_group(bring(tmp_path, rows).view, "team")

    assert len(found.groups) == MOST_GROUPS + 1
    assert len(found.labels) == MOST_LABELS + 1
    assert found.groups[-1] == found.labels[-1] == ""
    assert sum(map(sum, found.table)) == 400


def test_columns_with_blank_cells_come_emptiest_first(home: Workspace, tmp_path: Path) -> None:
    rows = [
        ["text", "queue", "note"],
        *[[f"text {n}", "ab"[n % 2] if n < 30 else "", "x" * (n < 4)] for n in range(40)],
    ]
    source = bring(tmp_path, rows).source

    assert missing(source) == (("note", 0.9), ("queue", 0.25))
