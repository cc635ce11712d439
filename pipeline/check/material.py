"""What the findings look at: the rows of a View with their texts and labels, read once. Judges nothing."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline.data.columns import ColumnProfile, profile
from pipeline.data.duplicates import normalise, similar_pairs
from pipeline.data.source import Source, load_source, read_rows
from pipeline.data.split import Split
from pipeline.data.view import View, view_frame, view_labels
from pipeline.templates.columns import read_texts


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
        """[rows] what a model would read."""
        return read_texts(self.view, view_frame(self.view))

    @cached_property
    def labels(self) -> list[str]:
        """[rows] labels after the steps; "" for blank or left out."""
        return list(view_labels(self.view))

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
        return [normalise(text) for text in read_texts(there, view_frame(there, self.split.test))]

    @cached_property
    def near(self) -> list[tuple[str, str]]:
        """Pairs of different keys, of labelled rows and of a brought test file, that are nearly the same."""
        different = list(dict.fromkeys([*(self.keys[row] for row in self.labelled), *self.test_keys]))
        return [(different[left], different[right]) for left, right in similar_pairs(different)]
