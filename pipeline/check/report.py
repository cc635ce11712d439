"""The report of a data check on disk: findings first, what can be learned once it is known."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.check.finding import CheckFinding
from pipeline.check.learnability import Budget, Learnability
from pipeline.data.view import View
from pipeline.files import write_text
from pipeline.settings import workspace

# Part of every report's name: raise it when the same rows would be judged differently.
CHECK_VERSION = "3"


@dataclass(frozen=True)
class CheckReport:
    """What the check says of a View and its Split."""

    findings: tuple[CheckFinding, ...]  # worst first
    learnability: Learnability | None  # None: not measured yet
    budget: Budget | None  # None: not measured yet, or too few rows, or nothing that could be learned
    complete: bool = True  # False: the search for findings goes on, or was stopped


def load_check(view: View, split: str) -> CheckReport | None:
    """The report, as far as it was written; None where no check has run."""
    path = _path(view, split)
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return CheckReport(
        findings=tuple(map(CheckFinding.from_json, content["findings"])),
        learnability=Learnability.from_json(content["learnability"]) if content["learnability"] else None,
        budget=Budget.from_json(content["budget"]) if content["budget"] else None,
        complete=content.get("complete", True),  # reports of before were written at the end only
    )


def save_check(view: View, split: str, report: CheckReport) -> None:
    """Write the report in place of an earlier one."""
    path = _path(view, split)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(dataclasses.asdict(report), ensure_ascii=False))


def _path(view: View, split: str) -> Path:
    name = hashlib.sha256(f"{CHECK_VERSION}|{view.id}|{split}".encode()).hexdigest()[:16]
    return workspace().checks / f"{name}.json"
