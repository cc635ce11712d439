"""A judgement on disk: what was asked of whom, and every verdict as it came. Asks nothing and reckons nothing.

``about.json`` is written once; ``verdicts.jsonl`` grows by a line a verdict, with one writer, and a line that a kill
has torn is not read. A later verdict on the same question takes the place of an earlier one.
"""

import dataclasses
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import N_, JudgementNotFound
from pipeline.files import write_text
from pipeline.judge.judge import JudgeInfo
from pipeline.judge.material import Material, from_json, to_json
from pipeline.judge.spec import JudgeSpec, Question, spec_from_json
from pipeline.settings import workspace

ABOUT = "about.json"
VERDICTS = "verdicts.jsonl"
TIE = -1  # in place of a contestant


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
class Judgement:
    """What is judged, by whom, and how; without the verdicts."""

    id: str
    name: str
    created: str  # ISO 8601, UTC
    job: str  # that asks the questions
    judge: JudgeInfo
    spec: JudgeSpec
    material: Material

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
    content = {**dataclasses.asdict(judgement), "material": to_json(judgement.material)}
    write_text(judgement.folder / ABOUT, json.dumps(content, ensure_ascii=False))


def load(judgement_id: str) -> Judgement:
    """Read it back. Raises JudgementNotFound."""
    path = folder_of(judgement_id) / ABOUT
    if not path.is_file():
        raise _not_found(judgement_id)
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Judgement(
        **{
            **content,
            "judge": JudgeInfo(**content["judge"]),
            "spec": spec_from_json(content["spec"]),
            "material": from_json(content["material"]),
        }
    )


def list_all() -> tuple[Judgement, ...]:
    """All judgements of the workspace, the newest first."""
    found = [load(path.parent.name) for path in workspace().judgements.glob(f"*/{ABOUT}")]
    return tuple(sorted(found, key=lambda one: one.created, reverse=True))


def read_verdicts(judgement_id: str) -> tuple[Verdict, ...]:
    """The verdicts so far, the last one on each question, in the order of the questions' first ones."""
    latest: dict[Question, Verdict] = {}
    for verdict in _lines(folder_of(judgement_id) / VERDICTS):
        latest[verdict.question] = verdict
    return tuple(latest.values())


class VerdictWriter:
    """Appends verdicts; one writer at a time, which the job's lock sees to."""

    def __init__(self, judgement_id: str) -> None:
        path = folder_of(judgement_id) / VERDICTS
        _mend(path)
        self._file = path.open("ab")

    def __enter__(self) -> "VerdictWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, verdict: Verdict) -> None:
        """Keep a verdict: it is on the disk when this returns.

        Raises:
            OSError: the disk is full.
        """
        line = json.dumps(dataclasses.asdict(verdict), ensure_ascii=False)
        self._file.write(f"{line}\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())


def _mend(path: Path) -> None:
    """Cut off a line that a kill has torn: what is appended would otherwise go into it."""
    if path.is_file():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


def _lines(path: Path) -> Iterator[Verdict]:
    if not path.is_file():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        content = json.loads(line)
        yield Verdict(**{**content, "question": Question(**content["question"])})


def _not_found(judgement_id: str) -> JudgementNotFound:
    return JudgementNotFound(N_("There is no judgement {id}. See the list of judgements."), id=judgement_id)
