"""Material for a judge: from the answers that runs have left, or from the columns of a file. Knows no judge."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pipeline.data.written import INPUT_NAMES, INSTRUCTION_NAMES
from pipeline.errors import N_, JudgeError, UnfitData
from pipeline.judge.material import Contestant, Item, Material
from pipeline.runs.texts import TextAnswers, load_texts

# Columns with what a model said, in order of preference; of two that follow each other, both are contestants.
ANSWER_NAMES = (
    *("model_response", "model_answer", "response", "prediction", "generated", "answer", "output", "completion"),
    *("模型回答", "模型回复", "回答", "回复", "答复", "预测", "输出"),
)
PAIR_NAMES = (
    *(("model 1 response", "model 2 response"), ("model_1", "model_2"), ("response_1", "response_2")),
    *(("answer_1", "answer_2"), ("output_1", "output_2"), ("response1", "response2"), ("answer1", "answer2")),
    *(("response_a", "response_b"), ("answer_a", "answer_b"), ("回答1", "回答2"), ("回答a", "回答b")),
    *(("base", "tuned"), ("rejected", "chosen")),
)
REFERENCE_NAMES = (
    *("reference", "expected", "ground_truth", "gold", "target", "truth", "output", "answer"),
    *("参考答案", "标准答案", "正确答案", "参考", "输出"),
)


@dataclass(frozen=True)
class JudgedColumns:
    """Where a file has what is judged."""

    asked: tuple[str, ...]  # the instruction, then what it is carried out on
    answers: tuple[str, ...]  # one or two
    reference: str = ""
    group: str = ""


def guess_columns(columns: Sequence[str]) -> JudgedColumns:
    """Where a file has instruction, answers and right answers, from the names of its columns.

    Raises:
        UnfitData: there is no instruction, or no answer, among them.
    """
    plain = in_small_letters(columns)
    instruction = first_of(INSTRUCTION_NAMES, plain)
    pair = next(((plain[one], plain[two]) for one, two in PAIR_NAMES if one in plain and two in plain), ())
    answer = () if pair else tuple(filter(None, [first_of(ANSWER_NAMES, plain)]))
    answers = pair or answer
    if not instruction or not answers:
        raise UnfitData(
            N_(
                "There is no column with an instruction and one with an answer among {columns}. Call them instruction "
                "and answer, and the right answer, if there is one, reference."
            ),
            columns=", ".join(columns),
        )
    extra = first_of(INPUT_NAMES, plain)
    left = {key: name for key, name in plain.items() if name not in (instruction, extra, *answers)}
    asked = (instruction, *([extra] if extra else []))
    return JudgedColumns(asked, answers, first_of(REFERENCE_NAMES, left))


def first_of(names: Sequence[str], plain: dict[str, str]) -> str:
    """The first of the names that a column has, as the column writes it; "" where none has.

    Args:
        names: in small letters.
        plain: columns by their names in small letters.
    """
    return next((plain[name] for name in names if name in plain), "")


def in_small_letters(columns: Sequence[str]) -> dict[str, str]:
    """Columns by their names in small letters; of two that read the same, the first one."""
    return {name.strip().casefold(): name for name in reversed(columns)}


def of_table(rows: pd.DataFrame, columns: JudgedColumns, *, blanks: bool = False) -> Material:
    """The rows of a file that ask something and have an answer in every column of answers.

    Args:
        rows: strings; index: row number.
        columns: where they stand.
        blanks: rows count in which one of the answers is blank, but not all.

    Raises:
        UnfitData: no row has both an instruction and its answers.
    """
    items = []
    for number, row in zip(rows.index, rows.to_dict("records"), strict=True):
        asked = "\n\n".join(text for name in columns.asked if (text := row[name].strip()))
        answers = tuple(row[name].strip() for name in columns.answers)
        if asked and (any if blanks else all)(answers):
            reference, group = (row[name].strip() if name else "" for name in (columns.reference, columns.group))
            items.append(Item(int(number), asked, reference, answers, group))
    if not items:
        raise UnfitData(
            N_("No row has both an instruction and an answer in {columns}."),
            columns=", ".join((*columns.asked, *columns.answers)),
        )
    return Material(tuple(Contestant(name) for name in columns.answers), tuple(items))


def of_answers(given: Sequence[tuple[Contestant, Path, str]], groups: Sequence[str] | None = None) -> Material:
    """The prompts that one or two models have answered, both the same rows.

    Args:
        given: each contestant with the folder of a run and the name of its answers there (``runs.texts``).
        groups: of each row of the source, what it is also counted under; None for nothing.

    Raises:
        JudgeError: the answers are gone or are no texts, or the two have no prompt in common.
    """
    tables = [_answers(folder, name, contestant) for contestant, folder, name in given]
    said = [dict(zip(zip(one.rows.tolist(), one.asked, strict=True), one.said, strict=True)) for one in tables]
    items = []
    for number, asked, truth in zip(tables[0].rows.tolist(), tables[0].asked, tables[0].truth, strict=True):
        if all((number, asked) in one for one in said):
            group = groups[number] if groups else ""
            items.append(Item(number, asked, truth, tuple(one[number, asked] for one in said), group))
    if not items:
        raise JudgeError(
            N_("{one} and {other} have answered no prompt in common. Compare runs of the same dataset."),
            one=given[0][0].name,
            other=given[-1][0].name,
        )
    return Material(tuple(contestant for contestant, _, _ in given), tuple(items))


def paired(one: Material, other: Material) -> Material:
    """The prompts of two files that read the same, each with an answer of either; the other one is in question.

    Raises:
        UnfitData: they have no prompt in common, or one holds two answers to each already.
    """
    if len(one.contestants) > 1 or len(other.contestants) > 1:
        raise UnfitData(N_("To compare two files, each must have one column of answers."))
    waiting: dict[str, list[Item]] = defaultdict(list)
    for item in one.items:
        waiting[item.asked].append(item)
    items = []
    for item in other.items:
        if waiting[item.asked]:
            first = waiting[item.asked].pop(0)
            items.append(
                replace(item, reference=item.reference or first.reference, answers=first.answers + item.answers)
            )
    if not items:
        raise UnfitData(N_("The two files have no instruction in common. Bring answers to the same instructions."))
    return Material(one.contestants + other.contestants, tuple(items))


def _answers(folder: Path, name: str, contestant: Contestant) -> TextAnswers:
    try:
        return load_texts(folder, name)
    except FileNotFoundError as error:
        raise JudgeError(
            N_("The answers of {name} are gone. Train the run again, or judge another one."), name=contestant.name
        ) from error
    except ValueError as error:
        raise JudgeError(
            N_("{name} gives labels, not texts. A judge scores runs that write answers."), name=contestant.name
        ) from error
