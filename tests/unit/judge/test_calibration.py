"""Files in which people have said how good answers are: found by the names of their columns, in two languages."""

import json
from pathlib import Path

import pytest

from pipeline.data.source import import_source
from pipeline.errors import UnfitData
from pipeline.judge.calibration import guess_labelled, read_labelled
from pipeline.judge.judgement import TIE
from pipeline.judge.labelled import Labelled
from pipeline.settings import Workspace


def _read(folder: Path, content: str, name: str = "labels.csv", mode="score100") -> Labelled:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_labelled(import_source(path, name).id, mode)[0]


def _winners(found: Labelled) -> list[tuple[str, int, int | None]]:
    return [(one.rater, one.item, one.winner) for one in found.ratings]


@pytest.mark.parametrize(
    ("columns", "kind", "answers", "labels"),
    [
        (  # LLMBar
            "subset,idx,instruction,output_1,output_2,label",
            "winner",
            "output_1,output_2",
            "label",
        ),
        (  # PandaLM
            "idx,motivation_app,cmp_key,instruction,input,response1,response2,annotator1,annotator2,annotator3,majority",
            "winner",
            "response1,response2",
            "annotator1,annotator2,annotator3",
        ),
        (
            "instruction,input,output,model 1 response,model 2 response,model 1 score,model 2 score",
            "score",
            "model 1 response,model 2 response",
            "model 1 score,model 2 score",
        ),
        ("prompt,chosen,rejected", "chosen", "rejected,chosen", ""),
        ("instruction,answer,human_score", "score", "answer", "human_score"),
        ("instruction,answer,rater_a,rater_b,score", "score", "answer", "rater_a,rater_b"),
        ("问题,回答1,回答2,哪个更好", "winner", "回答1,回答2", "哪个更好"),
        ("问题,回答,标注员1,标注员2", "score", "回答", "标注员1,标注员2"),
        ("指令,回答,人工评分", "score", "回答", "人工评分"),
    ],
)
def test_columns_are_known_by_their_names(columns: str, kind: str, answers: str, labels: str) -> None:
    found = guess_labelled(columns.split(","))

    assert (found.kind, ",".join(found.judged.answers), ",".join(found.labels)) == (kind, answers, labels)


@pytest.mark.parametrize("columns", ["instruction,answer", "instruction,output_1,output_2,score", "label,score"])
def test_a_file_without_what_people_said_is_refused(columns: str) -> None:
    with pytest.raises(UnfitData, match="There is no column"):
        guess_labelled(columns.split(","))


def test_the_better_of_two_is_1_or_2_or_0_for_neither(home: Workspace, tmp_path: Path) -> None:
    found = _read(tmp_path, "instruction,output_1,output_2,label\nq1,a,b,1\nq2,a,b,2\nq3,a,b,0\nq4,a,b,\n")

    assert found.mode == "pairwise"
    assert _winners(found) == [("people", 0, 0), ("people", 1, 1), ("people", 2, TIE)]
    assert [item.asked for item in found.material.items] == ["q1", "q2", "q3"]  # what nobody judged is left out


def test_words_and_the_names_of_the_columns_will_do_too(home: Workspace, tmp_path: Path) -> None:
    found = _read(tmp_path, "问题,回答1,回答2,胜者\n一,a,b,回答2\n二,a,b,平局\n三,a,b,A\n")

    assert [one.winner for one in found.ratings] == [1, TIE, 0]


def test_each_annotator_is_a_rater_and_rows_keep_their_labels_where_others_fall_out(
    home: Workspace, tmp_path: Path
) -> None:
    found = _read(
        tmp_path,
        "instruction,response1,response2,annotator1,annotator2,majority\nq1,,,1,1,1\nq2,a,b,2,0,0\nq3,a,b,,1,1\n",
    )

    assert [item.row for item in found.material.items] == [1, 2]
    assert _winners(found) == [("annotator1", 0, 1), ("annotator2", 0, TIE), ("annotator2", 1, 0)]


def test_an_answer_that_is_blank_was_judged_too(home: Workspace, tmp_path: Path) -> None:
    found = _read(tmp_path, "instruction,output_1,output_2,label\nq1,a,,1\nq2,,b,2\n")

    assert [item.answers for item in found.material.items] == [("a", ""), ("", "b")]


def test_labels_of_0_and_1_may_mean_two_things_and_are_refused(home: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnfitData, match="0 and 1, which may mean"):
        _read(tmp_path, "instruction,output_1,output_2,label\nq1,a,b,1\nq2,a,b,0\n")


def test_a_label_that_cannot_be_read_is_named_with_its_row(home: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnfitData, match="Row 2, column label: “maybe” is no label"):
        _read(tmp_path, "instruction,output_1,output_2,label\nq1,a,b,1\nq2,a,b,maybe\n")


def test_of_chosen_and_rejected_the_chosen_one_is_better(home: Workspace, tmp_path: Path) -> None:
    found = _read(tmp_path, "prompt,chosen,rejected\nq1,good,bad\nq2,good,bad\n")

    assert found.material.items[0].answers == ("bad", "good")
    assert _winners(found) == [("people", 0, 1), ("people", 1, 1)]


@pytest.mark.parametrize(
    ("scores", "mode", "expected"),
    [
        ("1 3 5", "score100", [0, 50, 100]),
        ("1 3 5", "rubric", [1, 3, 5]),
        ("0 7 10", "score100", [0, 70, 100]),
        ("0 70 100", "score100", [0, 70, 100]),
        ("0 50 100", "rubric", [1, 3, 5]),
        ("0.25 1 0", "score100", [25, 100, 0]),
    ],
)
def test_scores_are_brought_to_the_judgements_own_scale(
    home: Workspace, tmp_path: Path, scores: str, mode, expected: list[float]
) -> None:
    lines = "".join(f"q{n},a{n},{score}\n" for n, score in enumerate(scores.split()))

    found = _read(tmp_path, f"instruction,answer,score\n{lines}", mode=mode)

    assert found.mode == mode
    assert [one.score for one in found.ratings] == pytest.approx(expected)


def test_scores_off_every_scale_are_refused(home: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnfitData, match="go from -3 to 250"):
        _read(tmp_path, "instruction,answer,score\nq1,a,-3\nq2,a,250\n")


def test_two_answers_with_a_score_each_come_from_json(home: Workspace, tmp_path: Path) -> None:
    rows = [
        {
            "instruction": "q",
            "input": "of this",
            "output": "right",
            "model 1 response": "one",
            "model 2 response": "two",
            "model 1 score": 80,
            "model 2 score": score,
        }
        for score in (40, None)
    ]

    found = _read(tmp_path, json.dumps(rows), "labels.json")

    assert found.material.items[0].asked == "q\n\nof this"
    assert found.material.items[0].reference == "right"
    assert [(one.item, one.contestant, one.score) for one in found.ratings] == [(0, 0, 80), (0, 1, 40), (1, 0, 80)]


def test_some_of_them_are_drawn_at_random_with_their_ratings(home: Workspace, tmp_path: Path) -> None:
    lines = "".join(f"q{n},a,b,{1 + n % 2}\n" for n in range(50))
    found = _read(tmp_path, f"instruction,output_1,output_2,label\n{lines}")

    some = found.some(10)

    assert len(some.material.items) == len(some.ratings) == 10
    assert max(item.row for item in some.material.items) > 20
    assert all(one.winner == some.material.items[one.item].row % 2 for one in some.ratings)
    assert found.some(99).material == found.material
