"""What the findings look at: the rows of a View with their texts and labels, read once. Judges nothing."""

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.columns import ColumnProfile, profile
from pipeline.data.duplicates import normalise, similar_pairs
from pipeline.data.source import Source, load_source, read_rows
from pipeline.data.split import Split, levels_of
from pipeline.data.view import View, view_frame, view_label_sets, view_labels, view_numbers
from pipeline.templates.columns import read_whole

# Between the labels of a row, and for a row that has none of them: how a set of labels is written as one.
AND, NONE = " + ", "–"


@dataclass(frozen=True)
class Material:
    """A View and its rows. Row i is row i of the Source; rows that the View leaves out have no label here."""

    view: View
    split: Split | None = None  # None before one is frozen

    @cached_property
    def source(self) -> Source:
        """The file."""
        return load_source(self.view.source)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """[rows] every column of the file as it stands there."""
        return read_rows(self.view.source)

    @cached_property
    def texts(self) -> list[str]:
        """[rows] what a model would read; of a pair both texts together."""
        return read_whole(self.view, self.view.second, view_frame(self.view))

    @cached_property
    def labels(self) -> list[str]:
        """[rows] the answer of each row as one name, after the steps; "" for blank or left out.

        Several labels stand beside each other; a number is written as short as it can be.
        """
        if self.view.number:
            return ["" if math.isnan(number) else f"{number:.10g}" for number in self.numbers.tolist()]
        if self.view.several:
            return ["" if its is None else AND.join(its) or NONE for its in self.sets]
        return list(view_labels(self.view))

    @cached_property
    def sets(self) -> list[tuple[str, ...] | None]:
        """[rows] the labels of each row; None for blank or left out, and for numbers."""
        return [None] * self.source.rows if self.view.number else view_label_sets(self.view)

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """[rows] the number of each row; nan for blank, left out or no number, and for labels."""
        return view_numbers(self.view) if self.view.number else np.full(self.source.rows, np.nan)

    @cached_property
    def classes(self) -> list[str]:
        """[rows] what rows are compared by: as ``labels``, but numbers by how large they are, in ten levels."""
        return levels_of(self.numbers) if self.view.number else self.labels

    @cached_property
    def labelled(self) -> list[int]:
        """Rows that can be learned from: with a label and a text, in the order of the file."""
        return [row for row, label in enumerate(self.labels) if label and self.texts[row].strip()]

    @cached_property
    def counts(self) -> Counter[str]:
        """Rows of each label, among the labelled ones; a row with several counts for each of them. Numbers: none."""
        return Counter(label for row in self.labelled for label in self.sets[row] or ())

    def rows_of(self, labels: Collection[str]) -> list[int]:
        """Rows that have one of these labels, with a text or without."""
        wanted = {*labels}
        return [row for row, its in enumerate(self.sets) if its and not wanted.isdisjoint(its)]

    @cached_property
    def profiles(self) -> tuple[ColumnProfile, ...]:
        """Every column described."""
        return profile(self.frame)

    @cached_property
    def keys(self) -> list[str]:
        """[rows] texts without what no reader would call a difference: width, case and runs of spaces."""
        return [normalise(text) for text in self.texts]

    @cached_property
    def test_keys(self) -> list[str]:
        """The same of the rows of a brought test file; [] where the test rows stand in this file."""
        if self.split is None or not self.split.test_source:
            return []
        there = self.view.on(self.split.test_source)
        return [normalise(text) for text in read_whole(there, there.second, view_frame(there, self.split.test))]

    @cached_property
    def near(self) -> list[tuple[str, str]]:
        """Pairs of different keys, of labelled rows and of a brought test file, that are nearly the same."""
        different = list(dict.fromkeys([*(self.keys[row] for row in self.labelled), *self.test_keys]))
        return [(different[left], different[right]) for left, right in similar_pairs(different)]
