"""Preferences: which of two answers somebody found better, kept for everybody of the workspace, to be learned from.

One line of JSON each, in a file that can be read like any other that somebody brings. What a judge prefers is not kept
among them: it stands in its judgement, and becomes such a file when somebody wants to learn from it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from pipeline.data.source import Source, import_source
from pipeline.errors import N_, UnfitData
from pipeline.files import write_text
from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.summary import JudgedItem, Summary
from pipeline.settings import workspace

FILE = "preferences.jsonl"


@dataclass(frozen=True)
class Preference:
    """Of two answers to the same message, the better one."""

    instruction: str
    chosen: str
    rejected: str
    chosen_by: str  # what the model is called
    rejected_by: str

    @property
    def pair(self) -> str:
        """The same for the same two answers, whichever was better."""
        content = json.dumps([self.instruction, *sorted((self.chosen, self.rejected))])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def list_preferences() -> tuple[Preference, ...]:
    """All of them, the oldest first."""
    path = _file()
    if not path.is_file():
        return ()
    return tuple(Preference(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def prefer(preference: Preference) -> None:
    """Keep a preference; one about the same two answers gives way to it.

    Raises:
        UnfitData: the two answers are the same, or one is blank: there is nothing to prefer.
    """
    better, worse = preference.chosen.strip(), preference.rejected.strip()
    if not better or not worse or better == worse:
        raise UnfitData(N_("The two answers are the same, or one is blank: there is nothing to prefer."))
    with _locked():
        _write([*_without(preference.pair), preference])


def take_back(pair: str) -> None:
    """Forget what was said of two answers; does nothing where nothing was."""
    with _locked():
        _write(_without(pair))


def bring_preferences() -> Source:
    """All preferences as a Source, like a file that somebody brings.

    Raises:
        UnfitData: there is none.
    """
    kept = list_preferences()
    if not kept:
        raise UnfitData(N_("No preference was kept yet. Ask two models side by side, and say which answer is better."))
    return _bring(kept)


def judged_preferences(judgement: Judgement, summary: Summary) -> tuple[Preference, ...]:
    """What a judge prefers: of each prompt the answer that won in both orders, or that was given more points."""
    if len(judgement.material.contestants) < 2:
        return ()
    found = []
    for item in summary.items:
        better = _better(item)
        if better is not None:
            names, answers = judgement.material.contestants, judgement.material.items[item.place].answers
            asked, worse = judgement.material.items[item.place].asked, 1 - better
            found.append(Preference(asked, answers[better], answers[worse], names[better].name, names[worse].name))
    return tuple(one for one in found if one.chosen.strip() != one.rejected.strip())


def bring_judged(judgement: Judgement, summary: Summary) -> Source:
    """What a judge prefers as a Source, like a file that somebody brings.

    Raises:
        UnfitData: it prefers none.
    """
    found = judged_preferences(judgement, summary)
    if not found:
        raise UnfitData(N_("The judge prefers no answer to another. Have pairs judged, or another judge score them."))
    return _bring(found)


def _better(item: JudgedItem) -> int | None:
    """Place of the contestant whose answer is preferred; None where that is not known, or neither is."""
    if item.winner is not None:
        return None if item.winner == TIE else item.winner
    known = [score for score in item.scores if score is not None]
    return int(known[1] > known[0]) if len(known) == 2 and known[0] != known[1] else None


def _bring(preferences: Iterable[Preference]) -> Source:
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text(_lines(preferences), encoding="utf-8")
        return import_source(path, FILE)


def _without(pair: str) -> list[Preference]:
    return [one for one in list_preferences() if one.pair != pair]


def _write(preferences: list[Preference]) -> None:
    write_text(_file(), _lines(preferences))


def _lines(preferences: Iterable[Preference]) -> str:
    return "".join(f"{json.dumps(asdict(one), ensure_ascii=False)}\n" for one in preferences)


def _file() -> Path:
    return workspace().home / FILE


def _locked() -> FileLock:
    workspace().locks.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace().locks / "preferences.lock")
