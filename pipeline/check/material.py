"""What the findings look at: the rows of a View with their texts and labels, read once. Judges nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from pipeline.data.columns import ColumnProfile, profile_source
from pipeline.data.duplicates import number_texts, similar_pairs
from pipeline.data.shingles import Numbers
from pipeline.data.source import Source, load_source, read_rows
from pipeline.data.split import Split
from pipeline.data.view import View, view_frame, view_labels
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent, Stopped
from pipeline.templates.columns import read_texts

PHASE = N_("Looking at the texts")

# Pairs of nearly the same texts that are told one by one, in about 100 bytes each.
MOST_PAIRS = 2_000_000

LOOK_EVERY = 20_000  # texts; so many are judged within a second
REMEMBERED = 50_000  # texts; most that come back do so soon, or are few

UNWATCHED = Silent()

Judgement = TypeVar("Judgement")


@dataclass(frozen=True)
class Material:
    """A View and its rows. Row i is row i of the Source; rows that the View leaves out have no label here."""

    view: View
    split: Split | None = None  # None before one is frozen
    progress: Progress = UNWATCHED  # of the longer ways through the rows

    @cached_property
    def source(self) -> Source:
        """The file."""
        return load_source(self.view.source)

    def column(self, name: str) -> "pd.Series[str]":
        """[rows] the cells of a column as they stand in the file; read anew each time, to be let go."""
        return read_rows(self.view.source, [name])[name]

    @cached_property
    def texts(self) -> list[str]:
        """[rows] what a model would read."""
        return _share(read_texts(self.view, view_frame(self.view)))

    @cached_property
    def cells(self) -> list[str]:
        """[rows] what the text columns hold, without the words of the template, which are the same everywhere."""
        if len(self.view.text) == 1 and not self.view.masks:
            return self.texts
        columns = [list(self.column(name)) for name in self.view.text]
        return _share([" ".join(cells) for cells in zip(*columns, strict=True)])

    @cached_property
    def labels(self) -> list[str]:
        """[rows] labels after the steps; "" for blank or left out."""
        return _share(list(view_labels(self.view)))

    @cached_property
    def labelled(self) -> list[int]:
        """Rows that can be learned from: with a label and a text, in the order of the file."""
        return [row for row, label in enumerate(self.labels) if label and self.texts[row].strip()]

    @cached_property
    def counts(self) -> Counter[str]:
        """Rows of each label, among the labelled ones."""
        return Counter(self.labels[row] for row in self.labelled)

    @cached_property
    def profiles(self) -> tuple[ColumnProfile, ...]:
        """Every column described."""
        return profile_source(self.view.source)

    @property
    def keys(self) -> Numbers:
        """[rows] a number for every text, equal for those between which no reader would see a difference."""
        return self._numbered[1][: len(self.texts)]

    @property
    def test_keys(self) -> Numbers:
        """The same of the rows of a brought test file; [0] where the test rows stand in this file."""
        return self._numbered[1][len(self.texts) :]

    @cached_property
    def near(self) -> Numbers:
        """[pairs, 2] keys, of labelled rows and of a brought test file, that are nearly the same; most alike first.

        MOST_PAIRS at most: some of them, where there are more.

        Raises:
            Stopped: somebody asked for it.
        """
        keys = np.unique(np.concatenate((self.keys[self.labelled], self.test_keys)))
        normalised, _ = self._numbered
        pairs = similar_pairs([normalised[key] for key in keys.tolist()], most=MOST_PAIRS, progress=self.progress)
        return np.asarray(keys[pairs])

    @cached_property
    def _numbered(self) -> tuple[list[str], Numbers]:
        tested: list[str] = []
        if self.split is not None and self.split.test_source:
            there = self.view.on(self.split.test_source)
            tested = read_texts(there, view_frame(there, self.split.test))
        return number_texts([*self.texts, *tested])

    def each(self, judge: Callable[[str], Judgement], texts: Sequence[str]) -> Iterator[Judgement]:
        """What ``judge`` says of each text in turn; it is not asked again soon about an equal one.

        Raises:
            Stopped: somebody asked for it.
        """
        known: dict[str, Judgement] = {}
        for row, text in enumerate(texts):
            if row % LOOK_EVERY == 0:
                self.progress.advance(PHASE, row, len(texts))
                if self.progress.stop_requested():
                    raise Stopped({})
            if text not in known:
                if len(known) >= REMEMBERED:
                    known.clear()
                known[text] = judge(text)
            yield known[text]


def _share(texts: list[str]) -> list[str]:
    """The same, equal ones kept once: of a million rows many are equal."""
    known: dict[str, str] = {}
    return [known.setdefault(text, text) for text in texts]
