"""What is the matter with a column of numbers."""

import pandas as pd
import pytest

from pipeline.check.find import find
from pipeline.check.material import Material
from pipeline.check.numbers import find_far_apart, find_no_numbers, find_one_number, find_outliers
from pipeline.data.new_view import make_view
from pipeline.settings import Workspace
from tests.unit.check.checked import after, bring, different_texts, look_at, the_finding

FINDERS = (find_no_numbers, find_outliers, find_one_number, find_far_apart)
ORDINARY = [f"{number % 12 / 2}" for number in range(60)]


def numbered(numbers: list[str], texts: list[str] | None = None) -> Material:
    """Numbers beside texts that are all different, unless given."""
    source = bring({"text": texts or different_texts(len(numbers)), "hours": numbers})
    return Material(make_view(source, ["text"], "hours", number=True))


@pytest.mark.parametrize("finder", FINDERS)
def test_ordinary_numbers_and_labels_have_none_of_it(home: Workspace, finder) -> None:
    assert not list(finder(numbered(ORDINARY)))
    assert not list(finder(look_at(["a", "b"] * 20)))


def test_cells_that_are_no_number_are_named(home: Workspace) -> None:
    found = the_finding(find_no_numbers, numbered([*ORDINARY, "soon", "", "2 days", "soon"]))
    assert found.rows == 3 and dict(found.values)["cells"] == "soon, 2 days"
    assert [example.note for example in found.examples] == ["soon", "2 days", "soon"]


def test_numbers_far_from_all_others_can_be_left_out(home: Workspace) -> None:
    material = numbered([*ORDINARY, "900", "-40"])
    found = the_finding(find_outliers, material)
    assert found.rows == 2 and dict(found.values)["example"] == "900"
    assert not list(find_outliers(after(material, found)))


def test_one_number_nearly_everywhere_is_noted(home: Workspace) -> None:
    found = the_finding(find_one_number, numbered(["0"] * 50 + ["1", "2", "3", "4", "5"]))
    assert dict(found.values) == {"number": "0", "rows": "50", "share": "90.9%"}
    assert not list(find_outliers(numbered(["0"] * 50 + ["1", "2", "3", "4", "5"])))


def test_one_text_with_numbers_far_apart_is_a_contradiction(home: Workspace) -> None:
    texts = different_texts(60)
    texts[1] = texts[0].upper()
    texts[3] = texts[2]
    material = numbered(["0", "5.5", "2", "2.5", *ORDINARY[4:]], texts)
    found = the_finding(find_far_apart, material)
    assert (found.rows, found.examples[0].rows, found.examples[0].note) == (2, (0, 1), "0 / 5.5")
    assert not list(find_far_apart(after(material, found)))


def test_every_finder_reads_numbers(home: Workspace) -> None:
    columns = {
        "text": [*different_texts(59), "-"],
        "status": [f"state {number % 12}" for number in range(60)],
        "customer": [f"k{number // 6}" for number in range(60)],
        "day": [str(day.date()) for day in pd.date_range("2024-01-01", periods=60)],
        "hours": ORDINARY,
    }
    view = make_view(bring(columns), ["text", "status"], "hours", number=True)
    kinds = {found.kind for found in find(Material(view))}
    assert "leaking_column" in kinds  # the status says how large the number is
    assert not kinds & {"rare_classes", "imbalance", "label_variants", "label_conflicts", "several_labels"}
