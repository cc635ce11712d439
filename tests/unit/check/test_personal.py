"""Personal data is counted kind by kind, shown masked, and gone once it is masked."""

from pathlib import Path

import pandas as pd

from pipeline.check.material import Material
from pipeline.check.personal import find_personal_data
from pipeline.data.new_view import make_view, with_steps
from pipeline.data.source import import_source
from pipeline.data.steps import leave_out
from pipeline.data.view import View
from pipeline.settings import Workspace

QUIET = [f"打印机 {number} 号卡纸了" for number in range(6)]


def view_of(folder: Path, texts: list[str]) -> View:
    table = pd.DataFrame({"text": texts, "label": [("a", "b")[row % 2] for row in range(len(texts))]})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text"], "label")


def test_each_kind_is_a_finding_and_its_remedies_make_it_vanish(home: Workspace, tmp_path: Path) -> None:
    view = view_of(
        tmp_path, [*QUIET, "打 13812345678 或 13987654321", "请回 a@b.com，电话 13812345678", "id 11010519491231002X"]
    )
    findings = {finding.kind: finding for finding in find_personal_data(Material(view))}
    assert {kind: (finding.rows, dict(finding.values)["count"]) for kind, finding in findings.items()} == {
        "personal_email": (1, "1"),
        "personal_resident_id": (1, "1"),
        "personal_phone": (2, "3"),
    }
    assert [finding.severity.name for finding in findings.values()] == ["NOTE", "WARNING", "NOTE"]
    one, all_kinds = findings["personal_phone"].remedies
    left = {finding.kind for finding in find_personal_data(Material(one.view))}
    assert left == {"personal_email", "personal_resident_id"}
    assert not list(find_personal_data(Material(all_kinds.view)))


def test_examples_show_what_stands_around_and_nothing_personal(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, [*QUIET, "请回 a@b.com，电话 13812345678，急"])
    shown = [example.text for finding in find_personal_data(Material(view)) for example in finding.examples]
    assert shown == ["请回 [email]，电话 [phone]，急"] * 2


def test_texts_about_numbers_of_things_have_none(home: Workspace, tmp_path: Path) -> None:
    assert not list(find_personal_data(Material(view_of(tmp_path, [*QUIET, "订单号 13812345678", "2024-01-15 12:30"]))))


def test_rows_that_are_left_out_are_not_looked_at(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, [*QUIET, "a@b.com"])
    assert not list(find_personal_data(Material(with_steps(view, [leave_out([6])]))))
