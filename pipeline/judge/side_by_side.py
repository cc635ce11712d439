"""The prompts of a judgement with their answers and what was said of each: to read, to search, to take away.

Knows no figures over several prompts; those are ``summary``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.judge.judgement import TIE, Judgement, Verdict
from pipeline.judge.spec import JudgeSpec, Question
from pipeline.judge.summary import JudgedItem, Summary


@dataclass(frozen=True)
class Remark:
    """What the judge said to one question."""

    about: str  # name of the criterion; of pairs the contestant that was shown first; "" for the only question
    score: float | None
    reason: str
    missing: str  # why there is no verdict; "" where there is one


@dataclass(frozen=True)
class JudgedAnswer:
    """One answer and its score."""

    text: str
    score: float | None  # the mean of its criteria; None for pairs, and where one is missing
    remarks: tuple[Remark, ...]  # () for pairs


@dataclass(frozen=True)
class JudgedRow:
    """One prompt with everything that was said of its answers."""

    row: int  # number in its file, from 0
    asked: str
    reference: str
    answers: tuple[JudgedAnswer, ...]  # [contestants]
    winner: int | None  # of pairs: contestant or TIE; None where it is missing, and of scores
    flipped: bool
    remarks: tuple[Remark, ...]  # of pairs, one for each order
    missing: tuple[str, ...]

    @property
    def gain(self) -> float | None:
        """Score of the second answer less that of the first; of pairs 1, 0 or -1; None where it is not known."""
        if self.winner is not None:
            return 0.0 if self.winner == TIE else 2.0 * self.winner - 1.0
        scores = [one.score for one in self.answers]
        if len(scores) < 2 or scores[0] is None or scores[1] is None:
            return None
        return scores[1] - scores[0]

    @property
    def standing(self) -> float | None:
        """What rows are ordered by: the gain, or the score of the only answer."""
        return self.gain if len(self.answers) > 1 else self.answers[0].score

    def mentions(self, words: str) -> bool:
        """Whether ``words`` stand in one of its texts or reasons, in capitals or not."""
        said = [one.reason for answer in self.answers for one in answer.remarks] + [one.reason for one in self.remarks]
        texts = (self.asked, self.reference, *(one.text for one in self.answers), *said)
        return any(words.casefold() in text.casefold() for text in texts)


def judged_rows(judgement: Judgement, verdicts: Sequence[Verdict], summary: Summary) -> tuple[JudgedRow, ...]:
    """The prompts of which something was asked, in the order of the file; forged answers stand nowhere here."""
    of_item: dict[int, dict[Question, Verdict]] = defaultdict(dict)
    for verdict in verdicts:
        if not verdict.question.forged:
            of_item[verdict.question.item][verdict.question] = verdict
    return tuple(_row(judgement, item, of_item[item.place]) for item in summary.items)


def _row(judgement: Judgement, item: JudgedItem, verdicts: Mapping[Question, Verdict]) -> JudgedRow:
    source, spec = judgement.material.items[item.place], judgement.spec
    names = [one.name for one in judgement.material.contestants]
    scores = item.scores or (None,) * len(source.answers)
    answers = tuple(
        JudgedAnswer(text, score, _of_answer(item.place, who, spec, verdicts))
        for who, (text, score) in enumerate(zip(source.answers, scores, strict=True))
    )
    remarks: tuple[Remark, ...] = ()
    if spec.mode == "pairwise":
        asked = [(names[swapped], Question(item.place, swapped=bool(swapped))) for swapped in (0, 1)]
        remarks = tuple(_remark(name, verdicts[one]) for name, one in asked if one in verdicts)
    return JudgedRow(
        source.row, source.asked, source.reference, answers, item.winner, item.flipped, remarks, item.missing
    )


def _of_answer(place: int, who: int, spec: JudgeSpec, verdicts: Mapping[Question, Verdict]) -> tuple[Remark, ...]:
    criteria = [one.name for one in spec.rubric.criteria] if spec.mode == "rubric" else [""]
    asked = {name: Question(place, who, name) for name in criteria}
    return tuple(_remark(name, verdicts[one]) for name, one in asked.items() if one in verdicts)


def _remark(about: str, verdict: Verdict) -> Remark:
    return Remark(about, verdict.score, verdict.reason, verdict.missing)
