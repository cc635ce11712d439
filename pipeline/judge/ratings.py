"""How people rate the answers of a judgement: blind, each for themselves. Knows no verdicts and no page.

``ratings.jsonl`` lies in the judgement's folder and only grows: a later line of the same rater about the same answer
replaces an earlier one, or takes it back. ``sample.json`` says which items are rated, the same ones by everybody; each
rater meets them, and the two answers of a pair, in an order of their own. Several people may rate at once.
"""

import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
from filelock import FileLock

from pipeline.errors import N_, SettingError
from pipeline.files import write_text
from pipeline.judge.judgement import TIE, Judgement, folder_of, load_head, mend
from pipeline.judge.material import digest
from pipeline.judge.prompts import TOP
from pipeline.judge.rubric import HIGH, LOW
from pipeline.judge.spec import JudgeSpec

FILE, SAMPLE, LOCK = "ratings.jsonl", "sample.json", "ratings.lock"
LONGEST_NAME = 40  # characters of a rater's name
USUAL_SIZE = 30  # items that somebody rates in a quarter of an hour
# What a person presses: one key an answer, however fine the judge's scale is.
STEPS = tuple(range(LOW, HIGH + 1))


@dataclass(frozen=True)
class Rating:
    """What one person said of one answer, or of a pair."""

    rater: str
    item: int  # place in the Material
    contestant: int = 0  # whose answer was rated; 0 of a pair
    score: float | None = None  # on the judgement's own scale; None of a pair
    winner: int | None = None  # of a pair: place of the contestant, or TIE
    at: str = ""  # ISO 8601, UTC; "" where it comes from a file
    undone: bool = False  # the rater takes back what was said before

    @property
    def about(self) -> tuple[str, int, int]:
        """Who rated what."""
        return self.rater, self.item, self.contestant


@dataclass(frozen=True)
class Task:
    """One thing for a rater to look at. Whose the answers are is not for their eyes."""

    item: int
    shown: tuple[int, ...]  # contestants, in the order in which this rater sees their answers; one for a score


@dataclass(frozen=True)
class Sample:
    """Which items people rate."""

    size: int
    seed: int
    items: tuple[int, ...]  # places in the Material, in the order in which they were drawn


def scale_of(spec: JudgeSpec) -> tuple[int, int]:
    """The ends of the scale on which the judge scores."""
    return (LOW, HIGH) if spec.mode == "rubric" else (0, TOP)


def score_of_step(step: int, spec: JudgeSpec) -> float:
    """A step from 1 to 5 on the judgement's own scale: its ends are the ends, the others evenly between them."""
    low, high = scale_of(spec)
    return low + (high - low) * (step - LOW) / (HIGH - LOW)


def step_of_score(score: float, spec: JudgeSpec) -> int:
    """The step that is nearest to a score of the judgement's own scale, the upper one of two."""
    low, high = scale_of(spec)
    return LOW + math.floor((HIGH - LOW) * (score - low) / (high - low) + 0.5)


def sample(judgement: Judgement, size: int, seed: int = 0) -> Sample:
    """Draw items at random, each as likely as any other; a larger sample of the same seed holds the smaller one.

    Raises:
        SettingError: not one item, or more than there are.
    """
    count = len(judgement.material.items)
    if not 1 <= size <= count:
        raise SettingError(N_("Choose between 1 and {most} rows to rate; this was {size}."), most=count, size=size)
    drawn = np.random.default_rng(seed).permutation(count)[:size]
    return Sample(size, seed, tuple(int(item) for item in drawn))


def keep_sample(judgement_id: str, chosen: Sample) -> None:
    """From now on every rater rates these items; ratings of other items stay and count.

    Raises:
        JudgementNotFound: that is not how ids look.
    """
    write_text(folder_of(judgement_id) / SAMPLE, json.dumps(asdict(chosen)))


def read_sample(judgement_id: str) -> Sample | None:
    """The items that are rated; None where nobody has chosen how many yet."""
    path = folder_of(judgement_id) / SAMPLE
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return Sample(content["size"], content["seed"], tuple(content["items"]))


def tasks(judgement: Judgement, chosen: Sample, rater: str) -> tuple[Task, ...]:
    """What a rater is shown, one after the other; the same whenever the same rater comes back."""
    contestants = len(judgement.material.contestants)
    if judgement.spec.mode == "pairwise":
        found = [Task(item, _shuffled(judgement, rater, item)) for item in chosen.items]
    else:
        found = [Task(item, (who,)) for item in chosen.items for who in range(contestants)]
    order = _random(judgement.id, rater, "order").permutation(len(found))
    return tuple(found[place] for place in order)


def rate(judgement: Judgement, task: Task, rater: str, *, score: float | None = None, place: int | None = None) -> None:
    """Keep what a rater said of a task.

    Args:
        judgement: whose answers are rated.
        task: what was shown.
        rater: a name, as ``tidy_rater`` gives it.
        score: on the judgement's own scale.
        place: of a pair: 0 or 1, the answer that was shown there is better; TIE: neither.

    Raises:
        SettingError: the score is off the scale.
        JudgementNotFound: the judgement was deleted meanwhile.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if judgement.spec.mode == "pairwise":
        assert place is not None
        winner = TIE if place == TIE else task.shown[place]
        add_ratings(judgement, [Rating(rater, task.item, winner=winner, at=now)])
    else:
        add_ratings(judgement, [Rating(rater, task.item, task.shown[0], score=score, at=now)])


def take_back(judgement: Judgement, rating: Rating) -> None:
    """Forget what somebody said of one thing; does nothing where it is forgotten already, so a key that is heard twice
    takes back no more than was meant."""
    with _locked(judgement.id):
        if rating in read_ratings(judgement.id):
            _append(judgement.id, [Rating(rating.rater, rating.item, rating.contestant, undone=True)])


def add_ratings(judgement: Judgement, ratings: Sequence[Rating]) -> None:
    """Keep ratings, each in place of an earlier one of the same rater about the same answer.

    Raises:
        SettingError: one is not of this judgement's mode, off its scale, or about what is not judged.
        JudgementNotFound: it was deleted meanwhile.
    """
    for one in ratings:
        _check(one, judgement)
    with _locked(judgement.id):
        _append(judgement.id, ratings)


def read_ratings(judgement_id: str) -> tuple[Rating, ...]:
    """The ratings that count, the last said last."""
    path = folder_of(judgement_id) / FILE
    if not path.is_file():
        return ()
    latest: dict[tuple[str, int, int], Rating] = {}
    # What follows the last line break is being written at this moment, or was torn by a kill.
    for line in path.read_bytes().split(b"\n")[:-1]:
        rating = Rating(**json.loads(line))
        latest.pop(rating.about, None)
        if not rating.undone:
            latest[rating.about] = rating
    return tuple(latest.values())


def tidy_rater(name: str) -> str:
    """A rater's name without what can't be seen in it; "" where nothing is left."""
    words = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(words.split())[:LONGEST_NAME].strip()


def _check(rating: Rating, judgement: Judgement) -> None:
    material, (low, high) = judgement.material, scale_of(judgement.spec)
    contestants = range(len(material.contestants))
    if judgement.spec.mode == "pairwise":
        fit = rating.score is None and rating.contestant == 0 and rating.winner in (TIE, *contestants)
    else:
        fit = rating.winner is None and rating.score is not None and low <= rating.score <= high
    if not fit or rating.item not in range(len(material.items)) or rating.contestant not in contestants:
        raise SettingError(
            N_("This rating does not fit the judgement: it compares two answers, or scores them from {low} to {high}."),
            low=low,
            high=high,
        )


def _append(judgement_id: str, ratings: Iterable[Rating]) -> None:
    path = folder_of(judgement_id) / FILE
    mend(path)
    lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in ratings)
    with path.open("ab") as file:
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())


def _locked(judgement_id: str) -> FileLock:
    load_head(judgement_id)  # the lock would bring back the folder of what was deleted
    return FileLock(folder_of(judgement_id) / LOCK)


def _shuffled(judgement: Judgement, rater: str, item: int) -> tuple[int, ...]:
    return (0, 1) if _random(judgement.id, rater, item).random() < 0.5 else (1, 0)


def _random(*parts: object) -> np.random.Generator:
    return np.random.default_rng(int(digest(parts), 16))
