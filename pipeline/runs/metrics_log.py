"""One append-only ``metrics.jsonl`` a run: a single writer, any number of readers. No model, no database."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE = "metrics.jsonl"


@dataclass(frozen=True)
class Event:
    """One line. ``kind`` is one of:

    - ``baseline``: ``name`` ("majority", "tfidf"), ``accuracy``, ``macro_f1`` on the validation rows
    - ``train``: ``step``, ``epoch`` (a fraction), ``loss``, ``learning_rate``, ``rows_per_second``; of a model that
      writes ``tokens_per_second``
    - ``validation``: ``step``, ``epoch``, ``loss``, the figures of the task, such as ``accuracy`` and ``macro_f1``, or
      ``bits_per_character`` and ``perplexity``, and ``best`` (True: best so far)
    - ``samples``: ``step``, ``answers`` to a few validation rows, each with ``row``, ``asked``, ``truth`` and ``said``
    - ``cut``: ``rows`` whose end was cut off, ``longest`` (tokens)
    - ``plan``: ``steps``, ``epochs``, ``train_rows``, ``trained_parameters``, ``parameters``
    - ``resumed``: ``step``
    - ``trial``: ``number``, ``settings`` (what differs from the recipe), ``score`` (best macro-F1 on the validation
      rows), ``state`` ("whole", "pruned", "cut"), ``seconds``, ``best`` (True: best so far)
    - ``chosen``: ``settings``, the whole recipe that a search ended at
    - ``smaller``: ``halvings``, ``rows`` (computed at once from here on), ``batch`` (of the recipe; it stays)
    - ``answering``: of a model that writes: ``rows`` of the test rows that it answered, ``seconds`` that this took
    - ``test``: ``accuracy``, ``macro_f1``
    """

    kind: str
    time: float  # seconds since 1970
    values: dict[str, Any]


class MetricsWriter:
    """The single writer of a run's log; each line reaches the system before ``write`` returns."""

    def __init__(self, run_folder: Path) -> None:
        path = run_folder / FILE
        _cut_torn_line(path)
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, kind: str, **values: Any) -> None:
        """Append one event."""
        self._file.write(json.dumps({"kind": kind, "time": time.time(), **values}) + "\n")

    def close(self) -> None:
        """Close the file; the log stays."""
        self._file.close()


class NoMetrics(MetricsWriter):
    """For processes that work along: the first one of a run writes its log."""

    def __init__(self) -> None:
        """Open nothing."""

    def write(self, kind: str, **values: Any) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Close nothing."""


def read_metrics(run_folder: Path) -> list[Event]:
    """All whole lines so far; an unfinished last line (a writer at work, or killed) is left out."""
    path = run_folder / FILE
    return list(_events(path.read_bytes())) if path.exists() else []


def newest(run_folder: Path) -> Mapping[str, dict[str, Any]]:
    """The values of the last event of each kind.

    Lists of runs ask this of every run again and again: since a log only grows, one of the same size is not read twice.
    """
    path = run_folder / FILE
    return _newest(path, path.stat().st_size) if path.exists() else {}


@lru_cache(maxsize=512)
def _newest(path: Path, _size: int) -> Mapping[str, dict[str, Any]]:
    return MappingProxyType({event.kind: event.values for event in _events(path.read_bytes())})


def _events(content: bytes) -> Iterator[Event]:
    for line in content.split(b"\n")[:-1]:
        values = json.loads(line)
        yield Event(values.pop("kind"), values.pop("time"), values)


def _cut_torn_line(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)
