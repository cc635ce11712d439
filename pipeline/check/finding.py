"""What the data check says: findings with their remedies, as data that survives JSON. Finds nothing itself."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pipeline.data.view import View


class Severity(IntEnum):
    """How much a finding matters; the worst stands first."""

    NOTE = 1  # good to know
    WARNING = 2  # costs accuracy, or makes the figures look better than they are
    BLOCKING = 3  # as it is, the result would be worthless


@dataclass(frozen=True)
class Example:
    """A row, or several alike, that show what is meant."""

    rows: tuple[int, ...]  # numbers of rows of the Source, from 0; () for a column or a class
    text: str  # hostile, as everything from a file
    note: str = ""  # its label, or what stands beside it; hostile too


@dataclass(frozen=True)
class Remedy:
    """One click that makes it better: another View. The Source stays, so it can be taken back."""

    title: str  # gettext id
    view: View  # what the View becomes
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CheckFinding:
    """One thing to look at. ``message`` and ``why`` are gettext ids, ``values`` fill both."""

    kind: str  # snake_case; stable, scripts read it
    severity: Severity
    rows: int  # rows that are affected
    message: str  # what it is, with its counts
    why: str  # one plain sentence: what happens if nobody cares
    values: tuple[tuple[str, str], ...] = ()
    examples: tuple[Example, ...] = ()
    remedies: tuple[Remedy, ...] = ()  # the recommended one first

    @staticmethod
    def from_json(content: dict[str, Any]) -> "CheckFinding":
        """A finding from ``dataclasses.asdict`` as JSON keeps it."""
        examples = tuple(Example(tuple(one["rows"]), one["text"], one["note"]) for one in content["examples"])
        remedies = tuple(
            Remedy(one["title"], View.from_json(one["view"]), _pairs(one["values"])) for one in content["remedies"]
        )
        return CheckFinding(
            **{
                **content,
                "severity": Severity(content["severity"]),
                "values": _pairs(content["values"]),
                "examples": examples,
                "remedies": remedies,
            }
        )


def _pairs(content: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in content)
