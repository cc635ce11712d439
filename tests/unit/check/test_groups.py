"""Columns such as project or customer, whose rows are alike, are kept on one side of the Split."""

import random

import pytest

from pipeline.check.groups import find_groups
from tests.unit.check.checked import after, different_texts, look_at, the_finding

pytestmark = pytest.mark.usefixtures("home")

DRAW = random.Random(5)
PROJECTS = [f"P{number}" for number in range(12) for _ in range(20)]
KINDS = ["speed", "safety", "looks", "law"]
# Each project asks for one kind of thing most of the time.
ALIKE = [KINDS[int(project[1:]) % 4] if DRAW.random() < 0.7 else DRAW.choice(KINDS) for project in PROJECTS]
ANY = [DRAW.choice(KINDS) for _ in PROJECTS]


@pytest.mark.parametrize("name", ["project_id", "ProjectID", "客户名称", "Customer Name", "user"])
def test_rows_of_a_project_that_have_the_same_label_stay_together(name):
    material = look_at(ALIKE, **{name: PROJECTS})
    finding = the_finding(find_groups, material)
    assert (finding.kind, finding.rows) == ("groups", 240)
    grouped = after(material, finding)
    assert grouped.view.group == name
    assert not [*find_groups(grouped)]


def test_rows_of_a_project_that_have_nearly_the_same_text_stay_together():
    texts = [f"{text * 4} {number}" for text in different_texts(12) for number in range(20)]
    finding = the_finding(find_groups, look_at(ANY, texts, project=PROJECTS))
    assert "nearly the same text" in finding.message


def test_days_count_as_groups_by_their_cells():
    days = [f"2024-03-{1 + int(project[1:]):02}" for project in PROJECTS]
    assert dict(the_finding(find_groups, look_at(ALIKE, created=days)).values)["column"] == "created"


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        pytest.param(ANY, {"project": PROJECTS}, id="projects that say nothing about label or text"),
        pytest.param(ALIKE, {"product": PROJECTS}, id="a product, which new rows have in common with old ones"),
        pytest.param(ALIKE, {"customer type": PROJECTS}, id="a kind of customers"),
        pytest.param(ALIKE, {"project": [label.upper() for label in ALIKE]}, id="the label by another name"),
        pytest.param(
            ALIKE, {"project": [f"P{number}" for number in range(240)]}, id="a project of its own for each row"
        ),
        pytest.param(ALIKE, {"project": ["P1"] * 200 + PROJECTS[200:]}, id="hardly any other project"),
    ],
)
def test_other_columns_are_no_groups(labels, columns):
    assert not [*find_groups(look_at(labels, **columns))]
