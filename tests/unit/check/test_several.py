"""Several labels in one cell are found, and a label with a comma in it is left alone."""

from pathlib import Path

import pandas as pd

from pipeline.check.material import Material
from pipeline.check.several import find_several_labels
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View, view_label_sets, view_labels
from pipeline.settings import Workspace


def view_of(folder: Path, labels: list[str]) -> View:
    table = pd.DataFrame({"text": [f"text {row}" for row in range(len(labels))], "label": labels})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text"], "label")


def test_cells_with_several_labels_are_found_and_can_keep_the_first(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, ["退款", "物流", "退款、物流", "售后", "物流、售后", "退款、物流", ""])
    (finding,) = find_several_labels(Material(view))
    assert dict(finding.values) == {"rows": "3", "combinations": "2"}
    assert [(example.rows, example.note) for example in finding.examples] == [
        ((2,), "退款、物流"),
        ((4,), "物流、售后"),
    ]
    several = finding.remedies[0].view
    assert view_label_sets(several)[:3] == [("退款",), ("物流",), ("物流", "退款")]
    assert not list(find_several_labels(Material(several)))
    changed = finding.remedies[1].view
    assert list(view_labels(changed)) == ["退款", "物流", "退款", "售后", "物流", "退款", ""]
    assert not list(find_several_labels(Material(changed)))


def test_a_label_with_a_comma_in_it_is_one_label(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, ["Trinidad, Tobago", "Cuba", "Trinidad, Tobago", "Cuba", "Trinidad"])
    assert not list(find_several_labels(Material(view)))
