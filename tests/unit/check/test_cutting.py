"""Texts, and instructions with their answers, that are longer than a model of this machine reads are found."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from pipeline.check.cutting import find_cut_answers, find_cut_texts
from pipeline.check.finding import Severity
from pipeline.check.material import Material
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View
from pipeline.settings import Workspace
from tests.tiny import tiny_base, tiny_writer
from tests.unit.check.checked import bring

ENGLISH = [f"the printer on floor {number} is on fire" for number in range(20)]


def view_of(folder: Path, texts: list[str]) -> View:
    table = pd.DataFrame({"text": texts, "label": [("a", "b")[row % 2] for row in range(len(texts))]})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text"], "label")


def asked(answers: Sequence[str]) -> Material:
    """Answers to different questions."""
    questions = [f"what about {number}?" for number in range(len(answers))]
    return Material(make_view(bring({"asked": questions, "answer": answers}), ["asked"], "answer", written=True))


def test_cut_texts_say_how_much_is_lost_with_which_model(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")  # reads 64 tokens, two of them its own
    words = " ".join(["the"] * 62)
    view = view_of(tmp_path, [*ENGLISH, words, f"{words} {words} {words}"])
    (finding,) = find_cut_texts(Material(view))
    values = dict(finding.values)
    assert (finding.rows, values["rows"], values["model"], values["limit"]) == (1, "1", "tiny", "64")
    lost = 2 * (len(words) + 1) / sum(len(text) for text in [*ENGLISH, *[words] * 4, "  "])
    assert values["share"] == f"{lost:.1%}"
    assert finding.severity is Severity.NOTE
    (example,) = finding.examples
    assert example.rows == (21,)
    assert example.text.count("the") == 30
    assert "the ✂  the" in example.text


def test_the_model_that_loses_least_decides_how_bad_it_is(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")
    tiny_base(home.models / "tiny decoder", "decoder")
    (finding,) = find_cut_texts(Material(view_of(tmp_path, ["the printer " * 40] * 10 + ENGLISH)))
    assert finding.severity is Severity.WARNING
    assert {"least", "least_rows", "least_share"} <= dict(finding.values).keys()
    assert "{least}" in finding.message


def test_a_large_file_is_sampled_and_says_so(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.check.cutting.SAMPLE", 10)
    tiny_base(home.models / "tiny")
    (finding,) = find_cut_texts(Material(view_of(tmp_path, ["the printer " * 40] * 40)))
    assert finding.rows == 40
    assert dict(finding.values)["rows"] == "≈ 40"


def test_texts_that_fit_are_no_finding_and_without_a_model_nobody_knows(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, [*ENGLISH, "the printer " * 40])
    assert not list(find_cut_texts(Material(view)))
    tiny_base(home.models / "tiny")
    assert not list(find_cut_texts(Material(view_of(tmp_path, ENGLISH))))


def test_a_model_for_another_language_is_not_asked(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")  # for English, by what is known of it
    assert not list(find_cut_texts(Material(view_of(tmp_path, ["打印机卡纸了" * 40] * 20))))


def test_a_loss_that_nobody_would_notice_is_no_finding(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")
    barely = "the " * 63
    assert not list(find_cut_texts(Material(view_of(tmp_path, [barely, *["the printer is on fire"] * 400]))))
    assert list(find_cut_texts(Material(view_of(tmp_path, [barely * 3, *["the printer is on fire"] * 400]))))


def test_answers_that_a_writing_model_would_learn_cut_are_told_with_it(home: Workspace) -> None:
    tiny_base(home.models / "tiny")  # reads and writes nothing, so nobody asks it
    long = "the " * 400
    assert not list(find_cut_answers(asked([long, *ENGLISH])))
    tiny_writer(home.models / "writer")  # 256 tokens
    finding = next(find_cut_answers(asked([long, *ENGLISH])))
    values = dict(finding.values)
    assert (finding.rows, values["model"], values["limit"], finding.severity) == (1, "writer", "256", Severity.NOTE)
    assert finding.examples[0].rows == (0,) and " ✂ " in finding.examples[0].text
    assert not list(find_cut_answers(Material(finding.remedies[0].view)))
    assert next(find_cut_answers(asked([long] * 3 + ENGLISH))).severity is Severity.WARNING


def test_of_a_sample_no_row_can_be_left_out(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.check.cutting.SAMPLE", 10)
    tiny_writer(home.models / "writer")
    finding = next(find_cut_answers(asked(["the " * 400] * 40)))
    assert (finding.rows, finding.remedies) == (40, ())
