"""Labelling a file: every row gets a prediction and its confidence, blank labels are filled in on request.

The file's own rows, order and columns stay as they are. Runs in a worker; knows nothing of jobs.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.rewrite import written_format
from pipeline.data.rows import unique_names
from pipeline.data.source import Source, read_rows, write_back
from pipeline.errors import N_, DataError, RunError
from pipeline.inference.classify import Classifier
from pipeline.runs import bundle as bundles
from pipeline.runs.progress import Progress, Silent, Stopped
from pipeline.tasks.task import Inputs, read_inputs

PHASE = N_("Labelling the rows")
PREDICTION, CONFIDENCE = "prediction", "confidence"
LABEL = "label"  # of new cells that are kept by themselves, whatever the file calls the column
# Texts between two signs of progress.
AT_ONCE = 512


@dataclass(frozen=True)
class Filled:
    """What became of a file."""

    rows: int
    filled: int  # blank labels filled in; without ``only_blank`` the rows that got a prediction
    abstained: int  # blank labels that stay blank; without ``only_blank`` the rows without a prediction
    path: Path
    rows_per_second: float  # from the first text to the last answer; loading the model and writing are not in it


@dataclass(frozen=True)
class _Guess:
    """One guess a row; a row without text has "" and 0."""

    labels: npt.NDArray[np.str_]
    confidence: npt.NDArray[np.float64]


def fill_file(
    bundle: Path,
    source_id: str,
    destination: Path,
    *,
    only_blank: bool = False,
    threshold: float = 0.0,
    progress: Progress | None = None,
    new_cells: Path | None = None,
) -> Filled:
    """Write a copy of a Source with the columns ``prediction`` and ``confidence`` for every row.

    Args:
        bundle: a sealed bundle; its text columns must be in the file.
        source_id: the Source.
        destination: what to write; its ending decides the format.
        only_blank: fill the blank cells of the bundle's label column too.
        threshold: from 0 to 1. A row whose confidence is lower keeps its blank, in ``prediction`` as in the label.
            A row with no text never gets one.
        progress: told of the texts that are done; a stop leaves no file.
        new_cells: where to keep what is new by itself, for ``filled_rows``; None: nowhere.

    Raises:
        SettingError: an ending that cannot be written.
        RunError: not a bundle, or its files are damaged.
        DataError: the file lacks one of the bundle's columns.
        Stopped: somebody asked for it.
    """
    written_format(destination)  # before a long wait
    info = bundles.read_info(bundle)
    if not bundles.is_whole(bundle):
        raise RunError(N_("The model {name} is damaged: a file has changed. Train or export it again."), name=info.name)
    wanted = dict.fromkeys([*info.text, *([info.label] if only_blank else [])])
    frame = read_rows(source_id, [*wanted])
    classifier = Classifier.load(bundle)
    started = time.perf_counter()
    guess = _guess(classifier, info.labels, read_inputs(info, frame), progress or Silent())
    seconds = time.perf_counter() - started
    sure = (guess.confidence >= threshold) & (guess.labels != "")
    added = {
        PREDICTION: np.where(sure, guess.labels, "").tolist(),
        CONFIDENCE: [f"{value:.4f}" if value else "" for value in guess.confidence],
    }
    replaced: dict[str, Sequence[str]] = {}
    asked = np.ones(len(frame), dtype=bool)
    if only_blank:
        asked = (frame[info.label].str.strip() == "").to_numpy()
        replaced[info.label] = np.where(asked & sure, guess.labels, frame[info.label]).tolist()
    destination.parent.mkdir(parents=True, exist_ok=True)
    write_back(source_id, added, replaced, destination=destination)
    if new_cells is not None:
        cells = added | ({LABEL: replaced[info.label]} if replaced else {})
        pd.DataFrame(cells, dtype="str").to_parquet(new_cells)
    return Filled(
        rows=len(frame),
        filled=int((asked & sure).sum()),
        abstained=int((asked & ~sure).sum()),
        path=destination,
        rows_per_second=len(frame) / seconds,
    )


def filled_rows(source: Source, label: str, new_cells: Path) -> pd.DataFrame:
    """The rows of a filled copy: those of the file, filled in, with prediction and confidence as the last columns.

    The copy itself is not read: there a row that was set aside may now look as wide as the others.

    Args:
        source: what was filled.
        label: the label column.
        new_cells: where ``fill_file`` kept them.

    Raises:
        DataError: they are gone, or the Source is.
    """
    if not new_cells.is_file():
        raise DataError(N_("The rows of the filled copy of {name} are gone. Fill it again."), name=source.name)
    rows = read_rows(source.id)
    new = pd.read_parquet(new_cells)
    names = unique_names([*source.columns, PREDICTION, CONFIDENCE])[-2:]
    if LABEL in new.columns:
        rows[label] = new[LABEL].to_numpy()
    for name, column in zip(names, (PREDICTION, CONFIDENCE), strict=True):
        rows[name] = new[column].to_numpy()
    return rows


def _guess(classifier: Classifier, labels: Sequence[str], inputs: Inputs, progress: Progress) -> _Guess:
    """The most probable label of each row; the same text is read once."""
    keys = inputs.rows()
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    codes, unique = np.array([numbers[key] for key in keys], dtype=np.int64), list(numbers)
    found, confidence = np.full(len(unique), "", dtype=object), np.zeros(len(unique))
    # Texts of similar length together cost the least; a text of spaces says nothing and is not read.
    order = sorted(
        (at for at, key in enumerate(unique) if _says_something(key)), key=lambda at: len("".join(unique[at]))
    )
    for start in range(0, len(order), AT_ONCE):
        progress.advance(PHASE, start, len(order))
        if progress.stop_requested():
            raise Stopped({})
        some = order[start : start + AT_ONCE]
        probabilities = classifier.scores(Inputs.of((unique[at] for at in some), inputs.second is not None))
        found[some] = [labels[best] for best in probabilities.argmax(axis=1)]
        confidence[some] = probabilities.max(axis=1)
    progress.advance(PHASE, len(order), len(order))
    return _Guess(found[codes], confidence[codes])


def _says_something(key: tuple[str, ...]) -> bool:
    """Whether there is a text to read; of two that are compared, both."""
    return all(text.strip() for text in key)
