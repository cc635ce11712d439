"""A file in which people have said already how good answers are: what a judge is checked on. Asks no judge.

Columns are guessed from their names, as ``gather`` does for the answers. People have compared (a column that names the
better of two answers, or one column a person), or scored (a number for each answer, on a scale that is guessed).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.data.source import load_source, read_rows
from pipeline.errors import N_, UnfitData
from pipeline.judge.gather import JudgedColumns, first_of, guess_columns, in_small_letters, of_table
from pipeline.judge.judgement import TIE
from pipeline.judge.labelled import Labelled
from pipeline.judge.material import Material
from pipeline.judge.ratings import LONGEST_NAME, Rating, scale_of
from pipeline.judge.spec import JudgeSpec, Mode

# What a column with people's judgement is called, in order of preference.
LABEL_NAMES = (
    *("label", "human_label", "human_preference", "preference", "preferred", "winner", "better", "majority", "gold"),
    *("human", "标签", "人工标签", "人工标注", "偏好", "人工偏好", "更好", "哪个更好", "胜者", "人工"),
)
SCORE_NAMES = (
    *("human_score", "human score", "human_rating", "human", "score", "rating", "grade"),
    *("人工评分", "人工打分", "人工得分", "评分", "打分", "得分", "分数"),
)
SCORE_PAIR_NAMES = (
    *(("model 1 score", "model 2 score"), ("score_1", "score_2"), ("score1", "score2"), ("score_a", "score_b")),
    *(("评分1", "评分2"), ("评分a", "评分b"), ("分数1", "分数2"), ("得分1", "得分2")),
)
# One column a person: annotator1, rater_b, 标注员甲.
_RATER = re.compile(
    r"(annotator|rater|human|reviewer|标注员|标注者|标注人|评审|评委|评分人)[\s_-]?(\d+|[a-z]|[一二三四五甲乙丙丁戊])"
)
# The worse answer and the better one: such a file has no labels beside them.
_CHOSEN = ("rejected", "chosen")

# What stands in a cell for the first answer, the second one, and neither. Numbers as LLMBar and PandaLM have them.
_WINNERS = {
    **dict.fromkeys(("1", "a", "first", "甲", "第一个", "左"), 0),
    **dict.fromkeys(("2", "b", "second", "乙", "第二个", "右"), 1),
    **dict.fromkeys(("0", "tie", "same", "both", "平", "平局", "一样"), TIE),
}
# Scales that people score on, the narrowest first.
SCALES = ((0.0, 1.0), (1.0, 5.0), (0.0, 10.0), (0.0, 100.0))
NO_LABEL = N_("Row {row}, column {column}: “{cell}” is no label. Write 1 or 2 for the better answer, 0 for a tie.")
NO_NUMBER = N_("Row {row}, column {column}: “{cell}” is no number.")
ALL = "people"  # the rater of a file that has one column for all of them


@dataclass(frozen=True)
class LabelledColumns:
    """Where a file has answers, and what people said of them."""

    judged: JudgedColumns
    kind: Literal["winner", "score", "chosen"]  # chosen: the second answer of each row is the better one
    labels: tuple[str, ...]  # a column a person; of scores of two answers, a column an answer; () for chosen
    each: bool = False  # the labels are one column an answer


def guess_labelled(columns: Sequence[str]) -> LabelledColumns:
    """Where a file has what a judge is checked on, from the names of its columns.

    Raises:
        UnfitData: there is no instruction or no answer among them, or nothing that people said.
    """
    judged = guess_columns(columns)
    plain = in_small_letters(columns)
    raters = tuple(name for name in columns if _RATER.fullmatch(name.strip().casefold()))
    if len(judged.answers) == 2:
        for one, other in SCORE_PAIR_NAMES:
            if one in plain and other in plain:
                return LabelledColumns(judged, "score", (plain[one], plain[other]), each=True)
        label = first_of(LABEL_NAMES, plain)
        if raters or label:
            return LabelledColumns(judged, "winner", raters or (label,))
        if tuple(name.strip().casefold() for name in judged.answers) == _CHOSEN:
            return LabelledColumns(judged, "chosen", ())
    else:
        score = first_of(SCORE_NAMES, plain)
        if raters or score:
            return LabelledColumns(judged, "score", raters or (score,))
    raise UnfitData(
        N_(
            "There is no column that says what people think of the answers among {columns}. Of two answers, call it "
            "label (1, 2, or 0 for a tie); of one, call it score."
        ),
        columns=", ".join(columns),
    )


def read_labelled(source_id: str, mode: Mode = "score100") -> tuple[Labelled, LabelledColumns]:
    """The answers of a file that people have judged, and what they said.

    Args:
        source_id: the Source.
        mode: of scores, on whose scale they are wanted; where people have compared it is pairs, whatever this says.

    Raises:
        UnfitData: it has no such columns, no row with a label, or a label that can't be read.
    """
    columns = guess_labelled(load_source(source_id).columns)
    found = columns.judged
    wanted = (*found.asked, *found.answers, *filter(None, (found.reference,)), *columns.labels)
    rows = read_rows(source_id, tuple(dict.fromkeys(wanted)))
    # People have judged that there was no answer, too, and so has the judge to.
    material = of_table(rows, found, blanks=True)
    if columns.kind == "score":
        used: Mode = "rubric" if mode == "rubric" else "score100"
        ratings = _scores(material, rows, columns, used)
    else:
        used, ratings = "pairwise", _winners(material, rows, columns)
    if not ratings:
        raise UnfitData(N_("No row has a label in {columns}."), columns=", ".join(columns.labels))
    return Labelled(material, tuple(ratings), used).rated(), columns


def _winners(material: Material, rows: pd.DataFrame, columns: LabelledColumns) -> list[Rating]:
    if columns.kind == "chosen":
        return [Rating(ALL, place, winner=1) for place in range(len(material.items))]
    names = {name.strip().casefold(): place for place, name in enumerate(columns.judged.answers)}
    found, seen = [], set()
    for place, item in enumerate(material.items):
        for column in columns.labels:
            cell = _tidy(rows.at[item.row, column])
            if cell:
                winner = names.get(cell, _WINNERS.get(cell))
                if winner is None:
                    raise _unreadable(NO_LABEL, column, item.row, cell)
                seen.add(cell)
                found.append(Rating(_rater(columns, column), place, winner=winner))
    if seen == {"0", "1"}:
        raise UnfitData(
            N_(
                "The labels in {columns} are 0 and 1, which may mean the first and the second answer, or a tie and the "
                "first. Write 1 for the first answer, 2 for the second and 0 for a tie."
            ),
            columns=", ".join(columns.labels),
        )
    return found


def _scores(material: Material, rows: pd.DataFrame, columns: LabelledColumns, mode: Mode) -> list[Rating]:
    said = []
    for place, item in enumerate(material.items):
        for number, column in enumerate(columns.labels):
            cell = _tidy(rows.at[item.row, column])
            if cell:
                try:
                    value = float(cell)
                except ValueError as error:
                    raise _unreadable(NO_NUMBER, column, item.row, cell) from error
                said.append((place, number if columns.each else 0, column, value))
    if not said:
        return []
    low, high = _scale([value for *_, value in said], columns)
    least, most = scale_of(JudgeSpec(mode))
    return [
        Rating(_rater(columns, column), place, who, score=least + (most - least) * (value - low) / (high - low))
        for place, who, column, value in said
    ]


def _scale(values: Sequence[float], columns: LabelledColumns) -> tuple[float, float]:
    for low, high in SCALES:
        if low <= min(values) and max(values) <= high:
            return low, high
    raise UnfitData(
        N_("The scores in {columns} go from {low} to {high}. Bring scores from 1 to 5, 0 to 10 or 0 to 100."),
        columns=", ".join(columns.labels),
        low=f"{min(values):g}",
        high=f"{max(values):g}",
    )


def _rater(columns: LabelledColumns, column: str) -> str:
    return ALL if columns.each or len(columns.labels) == 1 else column.strip()[:LONGEST_NAME]


def _tidy(cell: object) -> str:
    return str(cell).strip().casefold().removesuffix(".0")


def _unreadable(message: str, column: str, row: int, cell: str) -> UnfitData:
    return UnfitData(message, row=f"{row + 1:,}", column=column, cell=cell[:40])
