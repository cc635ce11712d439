"""What the findings look at: the rows of a View with their texts and labels, read once. Judges nothing.

Of a View whose answers are written, the text is what was asked and the label is the answer, whole.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data import personal
from pipeline.data.columns import ColumnProfile, profile_source
from pipeline.data.conversation import Conversation
from pipeline.data.duplicates import number_texts, similar_pairs
from pipeline.data.shingles import Numbers
from pipeline.data.source import Source, load_source, read_rows
from pipeline.data.split import Split, levels_of
from pipeline.data.view import Rows, View, view_answers, view_frame, view_label_sets, view_labels, view_numbers
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent, Stopped
from pipeline.templates.asking import read_conversations
from pipeline.templates.columns import read_pairs, read_texts, read_whole

# Between the labels of a row, and for a row that has none of them: how a set of labels is written as one.
AND, NONE = " + ", "–"

PHASE = N_("Looking at the texts")

# Pairs of nearly the same texts that are told one by one, in about 100 bytes each.
MOST_PAIRS = 2_000_000

LOOK_EVERY = 20_000  # texts; so many are judged within a second
REMEMBERED = 50_000  # texts; most that come back do so soon, or are few

UNWATCHED = Silent()

Judgement = TypeVar("Judgement")
Value = TypeVar("Value")


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
        """[rows] what a model would read; of a pair both texts together, of a conversation all but the answer."""
        return _share(_read(self.view))

    @cached_property
    def asked(self) -> list[Conversation]:
        """[rows] what is said before the answer; () where nothing is. Of a View whose answers are written."""
        return read_conversations(self.view, view_frame(self.view), answered=False)

    @cached_property
    def whole(self) -> list[str]:
        """[rows] all that a model reads while it learns: the text, and an answer that is written."""
        view = self.view
        if not view.written or view.raw:
            return self.texts
        answers = (personal.mask(answer, view.masks) for answer in self.labels) if view.masks else self.labels
        return ["\n".join(filter(None, both)) for both in zip(self.texts, answers, strict=True)]

    @cached_property
    def seconds(self) -> list[str]:
        """[rows] the second text of a pair; [] where the View compares nothing."""
        view = self.view
        if not view.second:
            return []
        return _share(second for _, second in read_pairs(view, view.second, view_frame(view)))

    @cached_property
    def firsts(self) -> list[str]:
        """[rows] the first text of a pair, or the only one."""
        return _share(read_texts(self.view, view_frame(self.view))) if self.view.second else self.texts

    @cached_property
    def cells(self) -> list[str]:
        """[rows] what the text columns hold, without the words of the template, which are the same everywhere.

        An answer that is written is one of them.
        """
        view = self.view
        if view.written:
            return self.whole
        if len(view.text) == 1 and not view.second and not view.masks:
            return self.texts
        columns = [list(self.column(name)) for name in (*view.text, *filter(None, (view.second,)))]
        return _share(" ".join(cells) for cells in zip(*columns, strict=True))

    @cached_property
    def labels(self) -> list[str]:
        """[rows] the answer of each row as one name, after the steps; "" for blank or left out.

        Several labels stand beside each other; a number is written as short as it can be, a text as it stands.
        """
        if self.view.written:
            return _share(view_answers(self.view))
        if self.view.number:
            return _share("" if math.isnan(number) else f"{number:.10g}" for number in self.numbers.tolist())
        if self.view.several:
            return _share("" if its is None else AND.join(its) or NONE for its in self.sets)
        return _share(view_labels(self.view))

    @cached_property
    def sets(self) -> list[tuple[str, ...] | None]:
        """[rows] the labels of each row; None for blank or left out, and for numbers and written answers."""
        if self.view.number or self.view.written:
            return [None] * self.source.rows
        if self.view.several:
            return _share(view_label_sets(self.view))
        return _share((label,) if label else None for label in self.labels)

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """[rows] the number of each row; nan for blank, left out or no number, and for labels."""
        return view_numbers(self.view) if self.view.number else np.full(self.source.rows, np.nan)

    @cached_property
    def classes(self) -> list[str]:
        """[rows] what rows are compared by: as ``labels``, but numbers by how large they are, in ten levels.

        Written answers are not compared: each is one of its own.
        """
        if self.view.written:
            return ["" for _ in self.labels]
        return levels_of(self.numbers) if self.view.number else self.labels

    @cached_property
    def labelled(self) -> list[int]:
        """Rows that can be learned from: with a label and a text, in the order of the file."""
        return [row for row, label in enumerate(self.labels) if label and self.texts[row].strip()]

    @cached_property
    def counts(self) -> Counter[str]:
        """Rows of each label, among the labelled ones; a row with several counts for each of them.

        Empty for numbers and written answers.
        """
        return Counter(label for row in self.labelled for label in self.sets[row] or ())

    def rows_of(self, labels: Collection[str]) -> list[int]:
        """Rows that have one of these labels, with a text or without."""
        wanted = {*labels}
        return [row for row, its in enumerate(self.sets) if its and not wanted.isdisjoint(its)]

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
            tested = _read(there, self.split.test)
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


def _read(view: View, rows: Rows | None = None) -> list[str]:
    """[rows] what a model would read of some rows of a View's Source; None for all."""
    frame = view_frame(view, rows)
    if view.written:
        return list(map(_spoken, read_conversations(view, frame, answered=False)))
    return read_whole(view, view.second, frame)


def _spoken(conversation: Conversation) -> str:
    return "\n".join(part for turn in conversation for part in (turn.text, turn.extra) if part)


def _share(values: Iterable[Value]) -> list[Value]:
    """The same, equal ones kept once: of a million rows many are equal."""
    known: dict[Value, Value] = {}
    return [known.setdefault(value, value) for value in values]
