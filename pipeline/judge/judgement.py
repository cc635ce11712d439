"""A judgement on disk: what was asked of whom, and every verdict as it came. Asks nothing and reckons nothing.

``items.json`` has the texts and is written once, before ``about.json``, which is small, so that many judgements can be
listed; it changes when somebody goes on with what was stopped. ``verdicts.jsonl`` grows by a line a verdict, with one
writer, and a line that a kill has torn is not read. A later verdict on the same question takes the place of an earlier
one.
"""

import contextlib
import dataclasses
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import N_, JudgementNotFound
from pipeline.files import write_text
from pipeline.judge.judge import USUAL_LIMITS, JudgeInfo, Limits
from pipeline.judge.material import Contestant, Material, from_json, to_json
from pipeline.judge.spec import JudgeSpec, Question, spec_from_json
from pipeline.settings import workspace

ABOUT, ITEMS = "about.json", "items.json"
VERDICTS = "verdicts.jsonl"
TIE = -1  # in place of a contestant
# What a page reads again each time it is drawn: the texts of a judgement, and its verdicts, of which there are more.
_MATERIALS_AT_HAND, _VERDICTS_AT_HAND = 8, 4

Stamp = tuple[int, int]  # of a file: when it was changed, in nanoseconds, and its size


@dataclass(frozen=True)
class Verdict:
    """What the judge said to one question."""

    key: str  # the same for the same question to the same judge, in any judgement
    question: Question
    score: float | None = None  # on the scale of the mode; None in pairs, and where it is missing
    winner: int | None = None  # of pairs: place of the contestant, or TIE
    reason: str = ""
    missing: str = ""  # why there is none (``judge.Missing``); "" where there is one
    tokens_read: int = 0
    tokens_written: int = 0
    seconds: float = 0.0
    structured: bool = False  # the server was held to the form of the reply


@dataclass(frozen=True)
class Head:
    """A judgement as it is listed: without the texts that are judged."""

    id: str
    name: str
    created: str  # ISO 8601, UTC
    job: str  # that asks the questions
    judge: JudgeInfo
    spec: JudgeSpec
    contestants: tuple[Contestant, ...]
    prompts: int
    limits: Limits


@dataclass(frozen=True)
class Judgement:
    """What is judged, by whom, and how; without the verdicts."""

    id: str
    name: str
    created: str  # ISO 8601, UTC
    job: str  # that asks the questions
    judge: JudgeInfo
    spec: JudgeSpec
    material: Material
    limits: Limits = USUAL_LIMITS

    @property
    def head(self) -> Head:
        """Without its texts."""
        return Head(
            self.id,
            self.name,
            self.created,
            self.job,
            self.judge,
            self.spec,
            self.material.contestants,
            len(self.material.items),
            self.limits,
        )

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return folder_of(self.id)


def folder_of(judgement_id: str) -> Path:
    """The folder of a judgement.

    Raises:
        JudgementNotFound: that is not how ids look.
    """
    if not judgement_id.isalnum() or not judgement_id.isascii():
        raise _not_found(judgement_id)
    return workspace().judgements / judgement_id


def save(judgement: Judgement) -> None:
    """Write down what will be asked; before the first question."""
    judgement.folder.mkdir(parents=True, exist_ok=True)
    write_text(judgement.folder / ITEMS, json.dumps(to_json(judgement.material), ensure_ascii=False))
    _save_head(judgement.head)


def hand_over(judgement_id: str, job: str) -> Judgement:
    """From now on this job asks. Raises JudgementNotFound."""
    again = dataclasses.replace(load(judgement_id), job=job)
    _save_head(again.head)
    return again


def _save_head(head: Head) -> None:
    write_text(folder_of(head.id) / ABOUT, json.dumps(dataclasses.asdict(head), ensure_ascii=False))


def load(judgement_id: str) -> Judgement:
    """Read it back. Raises JudgementNotFound."""
    head, path = load_head(judgement_id), folder_of(judgement_id) / ITEMS
    try:
        material = _read_material(path, _stamp(path))
    except FileNotFoundError:
        raise _not_found(judgement_id) from None
    return Judgement(head.id, head.name, head.created, head.job, head.judge, head.spec, material, head.limits)


def load_head(judgement_id: str) -> Head:
    """What is listed of it. Raises JudgementNotFound."""
    try:
        text = (folder_of(judgement_id) / ABOUT).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _not_found(judgement_id) from None
    content: dict[str, Any] = json.loads(text)
    return Head(
        **{
            **content,
            "judge": JudgeInfo(**content["judge"]),
            "spec": spec_from_json(content["spec"]),
            "contestants": tuple(Contestant(**one) for one in content["contestants"]),
            "limits": Limits(**content["limits"]),
        }
    )


@lru_cache(_MATERIALS_AT_HAND)
def _read_material(path: Path, stamp: Stamp) -> Material:
    return from_json(json.loads(path.read_text(encoding="utf-8")))


def list_all() -> tuple[Head, ...]:
    """All judgements of the workspace, the newest first."""
    found: list[Head] = []
    for path in workspace().judgements.glob(f"*/{ABOUT}"):
        with contextlib.suppress(JudgementNotFound):  # deleted at this moment
            found.append(load_head(path.parent.name))
    return tuple(sorted(found, key=lambda one: one.created, reverse=True))


def delete(judgement_id: str) -> None:
    """Remove it with its verdicts and ratings; not listed any more from the first moment on."""
    folder = folder_of(judgement_id)
    (folder / ABOUT).unlink(missing_ok=True)
    shutil.rmtree(folder)


def mend(path: Path) -> None:
    """Cut off a line that a kill has torn: what is appended would otherwise go into it."""
    if path.is_file():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


def verdicts_stamp(judgement_id: str) -> Stamp:
    """Another one whenever there are more verdicts."""
    try:
        return _stamp(folder_of(judgement_id) / VERDICTS)
    except FileNotFoundError:
        return (0, 0)


def read_verdicts(judgement_id: str) -> tuple[Verdict, ...]:
    """The verdicts so far, the last one on each question, in the order of the questions' first ones."""
    path = folder_of(judgement_id) / VERDICTS
    try:
        return _read_verdicts(path, _stamp(path))
    except FileNotFoundError:
        return ()


@lru_cache(_VERDICTS_AT_HAND)
def _read_verdicts(path: Path, stamp: Stamp) -> tuple[Verdict, ...]:
    latest: dict[Question, Verdict] = {}
    for verdict in _lines(path):
        latest[verdict.question] = verdict
    return tuple(latest.values())


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


class VerdictWriter:
    """Appends verdicts; one writer at a time, which the job's lock sees to."""

    def __init__(self, judgement_id: str) -> None:
        path = folder_of(judgement_id) / VERDICTS
        mend(path)
        self._file = path.open("ab")

    def __enter__(self) -> "VerdictWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, verdicts: Iterable[Verdict]) -> None:
        """Keep verdicts: they are on the disk when this returns.

        Raises:
            OSError: the disk is full.
        """
        for verdict in verdicts:
            line = json.dumps(dataclasses.asdict(verdict), ensure_ascii=False)
            self._file.write(f"{line}\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())


def _lines(path: Path) -> Iterator[Verdict]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        content = json.loads(line)
        yield Verdict(**{**content, "question": Question(**content["question"])})


def _not_found(judgement_id: str) -> JudgementNotFound:
    return JudgementNotFound(N_("There is no judgement {id}. See the list of judgements."), id=judgement_id)
