"""What is judged is found in files by the names of their columns, and in runs by the rows that they have answered."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import JudgeError, UnfitData
from pipeline.judge.gather import JudgedColumns, guess_columns, of_answers, of_table, paired
from pipeline.judge.material import Contestant, Item, Material
from pipeline.runs.texts import BASE, MODEL, TextAnswers, save_texts


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["instruction", "answer"], JudgedColumns(("instruction",), ("answer",))),
        (
            ["instruction", "input", "output", "model_response"],
            JudgedColumns(("instruction", "input"), ("model_response",), "output"),
        ),
        (["问题", "回答", "参考答案"], JudgedColumns(("问题",), ("回答",), "参考答案")),
        (
            ["instruction", "input", "output", "model 1 response", "model 2 response"],
            JudgedColumns(("instruction", "input"), ("model 1 response", "model 2 response"), "output"),
        ),
        (["Prompt", "Response ", "Reference"], JudgedColumns(("Prompt",), ("Response ",), "Reference")),
    ],
)
def test_columns_are_known_by_their_names(columns: list[str], found: JudgedColumns) -> None:
    assert guess_columns(columns) == found


def test_a_file_without_answers_says_which_columns_are_wanted() -> None:
    with pytest.raises(UnfitData, match="instruction and answer"):
        guess_columns(["ticket", "label"])


def test_rows_without_an_answer_are_not_judged() -> None:
    rows = pd.DataFrame({"instruction": ["a", "b"], "input": ["more", ""], "answer": ["yes", " "]}, dtype="str")
    found = of_table(rows, JudgedColumns(("instruction", "input"), ("answer",)))
    assert found.items == (Item(0, "a\n\nmore", "", ("yes",)),)


def test_two_files_meet_where_they_ask_the_same() -> None:
    def one(name: str, **answers: str) -> Material:
        items = tuple(Item(row, asked, "", (said,)) for row, (asked, said) in enumerate(answers.items()))
        return Material((Contestant(name),), items)

    both = paired(one("old", a="1", b="2"), one("new", b="3", c="4"))
    assert [who.name for who in both.contestants] == ["old", "new"]
    assert [(item.asked, item.answers) for item in both.items] == [("b", ("2", "3"))]
    with pytest.raises(UnfitData, match="in common"):
        paired(one("old", a="1"), one("new", b="2"))


def test_a_run_is_beside_its_base_on_the_rows_that_both_have_answered(tmp_path: Path) -> None:
    _save(tmp_path, MODEL, rows=(3, 5), said=("x", "y"))
    _save(tmp_path, BASE, rows=(3, 5), said=("p", "q"))
    given = [(Contestant("base"), tmp_path, BASE), (Contestant("run"), tmp_path, MODEL)]
    found = of_answers(given, groups=[f"group {row}" for row in range(6)])
    assert [item.answers for item in found.items] == [("p", "x"), ("q", "y")]
    assert [item.group for item in found.items] == ["group 3", "group 5"]
    assert [item.reference for item in found.items] == ["right 3", "right 5"]


def test_runs_of_other_rows_are_not_compared(tmp_path: Path) -> None:
    for name, rows in (("one", (1,)), ("two", (2,))):
        (tmp_path / name).mkdir()
        _save(tmp_path / name, MODEL, rows=rows, said=("x",))
    with pytest.raises(JudgeError, match="no prompt in common"):
        of_answers([(Contestant(name), tmp_path / name, MODEL) for name in ("one", "two")])


def test_answers_that_are_gone_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(JudgeError, match="are gone"):
        of_answers([(Contestant("run"), tmp_path, MODEL)])


def _save(folder: Path, name: str, rows: tuple[int, ...], said: tuple[str, ...]) -> None:
    asked, truth = tuple(f"asked {row}" for row in rows), tuple(f"right {row}" for row in rows)
    save_texts(TextAnswers(np.array(rows), asked, truth, said, np.zeros(len(rows))), folder, name)
