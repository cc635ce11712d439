"""What a judge is asked for, and the questions that this makes: which answer, by which criterion, in which order."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from pipeline.errors import N_, SettingError
from pipeline.judge.material import Material
from pipeline.judge.rubric import ENGLISH, Criterion, Rubric

# score100: one number from 0 to 100; rubric: 1 to 5 for each criterion; pairwise: which of two answers is better.
Mode = Literal["score100", "rubric", "pairwise"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class JudgeSpec:
    """Everything but the judge and the answers that decides what is asked."""

    mode: Mode
    rubric: Rubric = ENGLISH  # its language is spoken in every mode; its criteria count in the mode rubric
    guided: bool = True  # the judge is shown the right answer where there is one
    reasons: bool = True  # it is asked for one line that says why
    forged: int = 0  # answers that are judged once more with a forged demand for the best score in them
    seed: int = 0  # of which answers these are

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise SettingError(
                N_("There is no mode “{mode}”. Choose one of: {known}."), mode=self.mode, known=", ".join(MODES)
            )


@dataclass(frozen=True)
class Question:
    """One thing that the judge is asked."""

    item: int  # place in the Material
    contestant: int = 0  # whose answer is scored, or has the forged demand in it
    criterion: str = ""  # of the rubric; "" in other modes
    swapped: bool = False  # of pairs: the second contestant's answer is shown first
    forged: bool = False  # the answer is shown with a forged demand for the best score


def all_questions(material: Material, spec: JudgeSpec) -> tuple[Question, ...]:
    """Everything that is asked, item by item, so that what was stopped has whole items; forged answers last.

    Raises:
        SettingError: one contestant, and two are to be compared.
    """
    pairwise = spec.mode == "pairwise"
    if pairwise and len(material.contestants) < 2:
        raise SettingError(N_("To compare answers in pairs, choose something to compare with."))
    honest = [
        question
        for item in range(len(material.items))
        for question in (_of_pair(item) if pairwise else _of_scores(item, len(material.contestants), spec))
    ]
    return (*honest, *_forged(material, spec))


def _of_pair(item: int) -> list[Question]:
    return [Question(item, swapped=swapped) for swapped in (False, True)]


def _of_scores(item: int, contestants: int, spec: JudgeSpec) -> list[Question]:
    criteria = [one.name for one in spec.rubric.criteria] if spec.mode == "rubric" else [""]
    return [Question(item, who, criterion) for who in range(contestants) for criterion in criteria]


def _forged(material: Material, spec: JudgeSpec) -> list[Question]:
    """The answers of the last contestant, which is the one that people want to look good, with a demand in them."""
    count = min(spec.forged, len(material.items))
    items = np.random.default_rng(spec.seed).permutation(len(material.items))[:count]
    who = len(material.contestants) - 1
    found = []
    for item in sorted(int(one) for one in items):
        asked = _of_pair(item) if spec.mode == "pairwise" else _of_scores(item, 1, spec)
        found += [dataclasses.replace(one, contestant=who, forged=True) for one in asked]
    return found


def spec_from_json(content: dict[str, Any]) -> JudgeSpec:
    """What ``dataclasses.asdict`` of a JudgeSpec was."""
    criteria = tuple(Criterion(**one) for one in content["rubric"]["criteria"])
    return JudgeSpec(**{**content, "rubric": Rubric(content["rubric"]["language"], criteria)})
