"""A View names what it reads, and says in one line why nothing could be learned."""

import dataclasses
import json
from collections import Counter

import numpy as np
import pytest

from pipeline.data.new_view import make_view, with_steps
from pipeline.data.steps import leave_out, mask, rename_labels
from pipeline.data.view import (
    View,
    count_labelled,
    is_labelled,
    label_counts,
    tally,
    view_frame,
    view_label_sets,
    view_labels,
    view_numbers,
)
from pipeline.errors import UnfitData
from pipeline.templates.columns import read_pairs

TICKETS = "id,text,label\n1,a,y\n2,b,x\n3,c,y\n4,,x\n5,e, \n6,f,407080\n"


def test_labels_are_ordered_by_frequency_then_name(upload):
    view = make_view(upload(TICKETS).id, ["text"], "label")
    assert view.labels == ("x", "y", "407080")


def test_texts_and_labels_are_read_with_blank_labels_empty(upload):
    view = make_view(upload(TICKETS).id, ["id", "text"], "label")
    assert list(view_frame(view).columns) == ["id", "text"]
    assert list(view_labels(view)) == ["y", "x", "y", "x", "", "407080"]
    assert list(view_frame(make_view(upload(TICKETS).id, ["text"], "label"), [5, 0]).index) == [5, 0]


def test_labels_keep_their_spaces(upload):
    view = make_view(upload("text,label\na,x\nb, x\nc,x\n").id, ["text"], "label")
    assert view.labels == ("x", " x")


def test_a_view_survives_json(upload):
    view = make_view(upload(TICKETS).id, ["id", "text"], "label", "{id}: {text}")
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(view)))) == view


@pytest.mark.parametrize(
    ("content", "text", "label", "said"),
    [
        (TICKETS, ["text"], "owner", "no label column owner. Its columns are: id, text, label"),
        (TICKETS, ["text"], "", "No label column was chosen"),
        (TICKETS, ["body"], "label", "no text column body"),
        (TICKETS, [], "label", "No text column was chosen"),
        (TICKETS, ["label"], "label", "text and label at once"),
        ("text,label\na,\nb, \n", ["text"], "label", "blank in every row"),
        ("text,label\na,x\nb,x\n", ["text"], "label", "one class only, x"),
        ("text,label\n,x\n ,y\nc,\n", ["text"], "label", "text column text .* is empty"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_one_line(upload, content, text, label, said):
    with pytest.raises(UnfitData, match=said) as caught:
        make_view(upload(content).id, text, label)
    assert "\n" not in str(caught.value)


def test_a_cell_holds_several_labels_where_its_separators_are_named(upload):
    source = upload("text;label\na;退款,物流\nb;物流， 退款，物流\nc;\nd;售后\n")
    view = make_view(source.id, ["text"], "label", separators=",，")
    assert view.labels == ("物流", "退款", "售后")
    assert view_label_sets(view) == [("物流", "退款"), ("物流", "退款"), None, ("售后",)]
    changed = with_steps(view, [rename_labels({"退款": "售后"}), leave_out({3})])
    assert view_label_sets(changed, [3, 0]) == [None, ("售后", "物流")]
    assert changed.labels == ("售后", "物流")
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(changed)))) == changed


def test_columns_of_0_and_1_are_labels_and_a_row_may_have_none_of_them(upload):
    source = upload("text,退款,物流\na,1,1\nb,0,0\nc,,\nd,0,是\n")
    view = make_view(source.id, ["text"], "", label_columns=["退款", "物流"])
    assert view.labels == ("物流", "退款")
    assert view_label_sets(view) == [("物流", "退款"), (), None, ("物流",)]
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(view)))) == view


def test_one_label_a_row_is_a_set_of_one(upload):
    assert view_label_sets(make_view(upload(TICKETS).id, ["text"], "label"), [0, 4]) == [("y",), None]


def test_what_reads_one_label_a_row_refuses_several(upload):
    view = make_view(upload("text,label\na,x|y\nb,x\n").id, ["text"], "label", separators="|")
    with pytest.raises(UnfitData, match="needs one label a row"):
        view_labels(view)


def test_other_steps_keep_everything_else(upload):
    source = upload("text,label,customer,day\na,x,k,2024-01-01\nb,y,l,2024-01-02\nc,y,l,2024-01-02\n")
    view = dataclasses.replace(make_view(source.id, ["text"], "label", group="customer", time="day"), id_column="day")
    changed = with_steps(view, [leave_out({2})])
    assert dataclasses.replace(changed, steps=(), labels=view.labels) == view
    with pytest.raises(UnfitData, match="no column when with dates"):
        make_view(source.id, ["text"], "label", time="when")
    with pytest.raises(UnfitData, match="no label column b"):
        make_view(source.id, ["text"], "", label_columns=["label", "b"])


def test_a_cell_of_separators_alone_is_blank(upload):
    view = make_view(upload("text;label\na;x,y\nb;,\nc;y\n").id, ["text"], "label", separators=",")
    assert view_label_sets(view) == [("x", "y"), None, ("y",)]


def test_the_second_text_of_a_pair_is_kept_apart(upload):
    source = upload("question1,question2,label\n怎么退款,如何退款 a@b.com,same\n怎么退款,在哪下载,other\n")
    view = make_view(source.id, ["question1"], "label", second="question2", steps=[mask(["email"])])
    pairs = read_pairs(view, view.second, view_frame(view))
    assert pairs == [("怎么退款", "如何退款 [email]"), ("怎么退款", "在哪下载")]
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(view)))) == view
    with pytest.raises(UnfitData, match="no text column other"):
        make_view(source.id, ["question1"], "label", second="other")


def test_numbers_are_read_and_what_is_none_is_blank(upload):
    source = upload("text;hours\na;4.5\nb;\nc;1,200\nd;soon\ne;3\n")
    view = make_view(source.id, ["text"], "hours", number=True)
    assert view.labels == () and view.number
    np.testing.assert_array_equal(view_numbers(view), [4.5, np.nan, 1200, np.nan, 3])
    np.testing.assert_array_equal(view_numbers(with_steps(view, [leave_out({0})]), [4, 0]), [3, np.nan])
    assert is_labelled(view, [0, 1, 3]).tolist() == [True, False, False]
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(view)))) == view
    with pytest.raises(UnfitData, match="are numbers, not classes"):
        view_labels(view)
    with pytest.raises(UnfitData, match="are classes, not numbers"):
        view_numbers(make_view(source.id, ["text"], "hours"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,hours\na,soon\nb,\n", "holds no number"),
        ("text,hours\na,3\nb,3.0\nc,x\n", "one number only, 3"),
        ("text,hours\n,3\n ,4\nc,x\n", "text column text .* is empty"),
    ],
)
def test_a_column_without_numbers_to_learn_is_refused(upload, content, said):
    with pytest.raises(UnfitData, match=said):
        make_view(upload(content).id, ["text"], "hours", number=True)


def test_numbers_and_several_labels_at_once_are_refused(upload):
    with pytest.raises(UnfitData, match="at once"):
        make_view(upload("text;hours\na;3\nb;4\n").id, ["text"], "hours", number=True, separators=",")


def test_the_id_of_a_view_is_what_it_was_before_numbers_could_be_read():
    view = View("s", ("text",), "label", ("a", "b"))
    assert view.id == "8294ca46dcf8ca8f"
    assert dataclasses.replace(view, number=True).id != view.id
    assert dataclasses.replace(view, date_order="day").id != view.id


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"label": "tags", "separators": ","}, [("n", ("a", "b"), 2), ("s", ("a",), 1), ("s", None, 1)]),
        (
            {"label": "", "label_columns": ["yes", "no"]},
            [("n", ("yes",), 1), ("n", (), 1), ("s", ("yes",), 1), ("s", ("no",), 1)],
        ),
        ({"label": "hours", "number": True}, [("n", 4.0, 2), ("s", None, 1), ("s", 5.0, 1)]),
        ({"label": "team"}, [("n", ("north",), 2), ("s", ("s",), 2)]),
    ],
)
def test_answers_are_tallied_beside_another_column_without_the_rows_left_out(upload, choice, expected):
    rows = 'a,"a,b",1,0,4,n\nb,"b,a",0,0,4.0,n\nc,a,1,0,,s\nd,,0,1,5,s\ne,"a,c",0,1,9,s\n'
    source = upload("text,tags,yes,no,hours,team\n" + rows)
    view = make_view(source.id, ["text"], choice.pop("label"), **choice, steps=[leave_out({4})])
    if view.label == "team":
        view = with_steps(view, [*view.steps, rename_labels({"n": "north"})])
    found = tally(view, "team")
    added = Counter()
    for beside, answer, count in found:
        added[beside, answer] += count
    assert added == {(beside, answer): count for beside, answer, count in expected}
    assert count_labelled(view) == is_labelled(view).sum()
    assert sum(one.rows for one in tally(view)) == 4
    if not view.number:
        counted = Counter(label for labels in view_label_sets(view) for label in labels or ())
        assert label_counts(tally(view)) == counted
