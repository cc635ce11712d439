"""Steps say what they do in values alone: they come back from JSON, add up, and leave the file as it is."""

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.new_view import make_view, with_steps
from pipeline.data.source import read_rows
from pipeline.data.split import Split
from pipeline.data.steps import leave_out, mask, masked_kinds, rename_labels, renamed, rows_left_out
from pipeline.data.view import View, view_labels

TICKETS = "text,label\na,退款\nb,退款 \nc,物流\nd,其它\ne,\n"


@given(st.frozensets(st.integers(0, 10_000), max_size=60))
def test_any_rows_come_back_from_a_step(rows):
    assert rows_left_out([leave_out(rows)]) == rows


def test_rows_in_a_row_are_written_short():
    assert leave_out({3, 7, 8, 9}).values == (("rows", "3,7-9"),)


def test_a_label_that_is_renamed_twice_ends_under_the_last_name():
    steps = [rename_labels({"退款 ": "退款"}), rename_labels({"退款": "售后", "x": "y"})]
    assert renamed(steps) == {"退款 ": "售后", "退款": "售后", "x": "y"}


def test_a_rename_that_is_taken_back_is_none():
    assert renamed([rename_labels({"a": "b"}), rename_labels({"b": "a"})]) == {"b": "a"}


def test_kinds_of_several_masks_add_up():
    assert masked_kinds([mask(["phone"]), mask(["email", "phone"])]) == ("email", "phone")


def test_a_view_with_steps_renames_and_leaves_out_and_the_file_stays(upload):
    source = upload(TICKETS)
    view = make_view(source.id, ["text"], "label")
    assert view.labels == ("其它", "物流", "退款", "退款 ")
    changed = with_steps(view, [rename_labels({"退款 ": "退款"}, "label_variants"), leave_out({3}, "rare_classes")])
    assert changed.labels == ("退款", "物流")
    assert list(view_labels(changed)) == ["退款", "退款", "物流", "", ""]
    assert list(read_rows(source.id)["label"]) == ["退款", "退款 ", "物流", "其它", ""]
    assert View.from_json(json.loads(json.dumps(dataclasses.asdict(changed)))) == changed
    assert with_steps(changed, ()) == view


def test_another_file_is_read_with_the_same_labels_but_no_row_of_it_is_left_out(upload):
    view = make_view(upload(TICKETS).id, ["text"], "label")
    changed = with_steps(view, [rename_labels({"退款 ": "退款"}), leave_out({0})])
    other = upload("text,label\nx,退款 \ny,物流\n", "other.csv")
    assert list(view_labels(changed.on(other.id))) == ["退款", "物流"]


def test_a_split_less_left_out_rows_is_still_that_split():
    split = Split("s", "a", "", (0, 1, 2), (3, 4), (5, 6), 0, ())
    smaller = split.without(frozenset({1, 5}))
    assert (smaller.train, smaller.validation, smaller.test, smaller.id) == ((0, 2), (3, 4), (6,), "s")


def test_rows_of_a_brought_test_file_are_kept_as_given():
    split = Split("s", "a", "another file", (0, 1), (2,), (0, 1), 0, ())
    assert split.without(frozenset({0})).test == (0, 1)
