"""Answers to write: found by the names of columns, read from cells and conversations, frozen into a dataset."""

import json

import pandas as pd
import pytest

from pipeline.actions import data
from pipeline.data.new_view import make_view
from pipeline.data.question import question_of
from pipeline.data.source import import_source
from pipeline.data.split import load_split
from pipeline.data.steps import leave_out
from pipeline.data.view import is_labelled, tally, view_answers, view_labels
from pipeline.errors import UnfitData
from pipeline.templates.asking import asked_text, read_conversations
from tests.tiny import instructions


@pytest.fixture
def bring(home, tmp_path):
    def bring_(rows, name="asked.json"):
        (tmp_path / name).write_text(json.dumps(rows, ensure_ascii=False))
        return import_source(tmp_path / name, name).id

    return bring_


def talk(*said):
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(said)]


@pytest.mark.parametrize(
    ("names", "text", "answer"),
    [
        (("instruction", "input", "output"), ("instruction", "input"), "output"),
        (("input", "instruction", "output"), ("instruction", "input"), "output"),
        (("问题", "回答"), ("问题",), "回答"),
        (("prompt", "completion"), ("prompt",), "completion"),
        (("id", "客户问题", "客服回复"), ("客户问题",), "客服回复"),
        (("category", "question", "answer"), ("question",), "answer"),
    ],
)
def test_columns_are_found_by_their_names(bring, names, text, answer):
    rows = [{name: f"{name} of {number}, said at some length, differently" for name in names} for number in range(30)]
    question = question_of(bring(rows))
    assert (question.kind, question.text, question.label) == ("written", text, answer)


def test_an_answer_of_a_few_words_that_come_back_is_a_class(bring):
    rows = [{"question": f"is number {number} even?", "answer": ("yes", "no")[number % 2]} for number in range(40)]
    assert question_of(bring(rows)).kind == "one"


def test_conversations_are_found_and_read(bring):
    rows = [{"messages": talk(f"q{number}", f"a{number}", "more?", f"b{number}")} for number in range(20)]
    rows += [{"messages": talk("nobody has answered this")}, {"messages": "broken"}]
    source = bring(rows)
    question = question_of(source)
    assert (question.kind, question.text, question.label) == ("dialogue", ("messages",), "messages")
    view = make_view(source, question.text, question.label, written=True, dialogue=True)
    assert view_answers(view, [0, 20, 21]) == ["b0", "", ""]
    assert is_labelled(view).sum() == 20
    frame = pd.DataFrame({"messages": [json.dumps(rows[0]["messages"]), json.dumps(rows[20]["messages"]), "broken"]})
    asked = read_conversations(view, frame, answered=False)
    assert [len(turns) for turns in asked] == [3, 1, 0]
    assert asked_text(asked[0]) == "more?"
    assert [len(turns) for turns in read_conversations(view, frame, answered=True)] == [4, 1, 0]


def test_answers_are_read_without_spaces_and_rows_left_out_have_none(bring):
    rows = [{"q": "a", "out": " one "}, {"q": "b", "out": "  "}, {"q": "c", "out": "three"}]
    view = make_view(bring(rows), ["q"], "out", written=True)
    assert view_answers(view) == ["one", "", "three"]
    assert sum(one.rows for one in tally(view) if one.answer is not None) == 2
    short = make_view(view.source, ["q"], "out", written=True, steps=[leave_out([0])])
    assert view_answers(short) == ["", "", "three"]
    with pytest.raises(UnfitData, match="not classes"):
        view_labels(view)
    with pytest.raises(UnfitData, match="no answer"):
        make_view(bring([{"q": "a", "out": ""}], "empty.json"), ["q"], "out", written=True)


def test_instruction_input_and_answer_become_one_exchange_with_personal_data_masked(bring):
    rows = pd.DataFrame({"ask": ["Reply to ann@example.org"], "note": ["kind"], "tone": [""], "out": ["Dear Ann"]})
    view = make_view(bring(rows.to_dict("records")), ["ask", "note", "tone"], "out", written=True)
    (turns,) = read_conversations(view, rows, answered=True)
    assert [(turn.role, turn.text, turn.extra) for turn in turns] == [
        ("user", "Reply to ann@example.org", "kind"),
        ("assistant", "Dear Ann", ""),
    ]
    (asked,) = read_conversations(view, rows, answered=False)
    assert asked == turns[:1]


def test_a_dataset_of_answers_is_divided_and_keeps_its_division(bring):
    source = bring(instructions(100, seed=0).to_dict("records"))
    question = question_of(source)
    first = data.create_dataset(source, name="a", text=question.text, label=question.label, written=True)
    split = load_split(first.split)
    assert len(split.train) > len(split.test) > 0
    assert len({*split.train, *split.validation, *split.test}) == 100
    counts = data.row_counts(first)
    assert (counts.train + counts.validation + counts.test, counts.blank) == (100, 0)
    assert data.create_dataset(source, name="b", text=question.text, label=question.label, written=True).id == first.id


def test_rows_that_say_test_and_validation_are_kept_as_they_are(bring):
    rows = instructions(60, seed=0)
    rows["split"] = ["train"] * 40 + ["val"] * 8 + ["test"] * 12
    source = bring(rows.to_dict("records"))
    asked = {"text": ["instruction", "input"], "label": "output", "written": True}
    made = data.create_dataset(source, name="a", test_column="split", **asked)
    split = load_split(made.split)
    assert (split.train, split.validation, split.test) == (
        tuple(range(40)), tuple(range(40, 48)), tuple(range(48, 60))
    )  # fmt: skip
