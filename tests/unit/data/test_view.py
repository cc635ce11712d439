"""A View names what it reads, and says in one line why nothing could be learned."""

import dataclasses
import json

import pytest

from pipeline.data.view import View, make_view, view_frame, view_labels
from pipeline.errors import UnfitData

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
