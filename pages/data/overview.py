"""What the figures of the Check page show, kept for the next click. Draws nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.data import reading
from pipeline.data.source import load_source, spread_rows
from pipeline.data.view import Tallied, View, label_counts, tally
from pipeline.data.written import last_answer
from pipeline.models.fit import mean_tokens
from pipeline.runs.spec import LONGEST_WRITTEN, Recipe
from pipeline.templates.asking import read_conversations
from pipeline.templates.columns import read_whole

KEPT = 16  # answers kept for all sessions together
MEASURED_ROWS = 20_000  # texts that are measured, evenly spread; more would not change the picture
JUDGED_ROWS = 2_000  # texts by which characters are put against tokens
MOST_GROUPS, MOST_LABELS = 12, 10  # of the table of labels by group; what is rarer is added up
LEVELS = 5  # ranges of numbers in the same table
TOKENS = Recipe().max_length
MARKS = 2  # tokens that stand for the start and the end of a text
ENDLESS = 10**9


@dataclass(frozen=True)
class Overview:
    """The rows of a View in figures."""

    counts: tuple[tuple[str, int], ...]  # rows of each label after the remedies, most frequent first
    lengths: tuple[int, ...]  # characters of each measured text
    limit: int  # characters that ``tokens`` tokens of these texts are, about
    tokens: int = TOKENS  # that a model reads of a text by default
    numbers: tuple[tuple[float, int], ...] = ()  # each different number, ascending, with its rows
    none_of_them: int = 0  # rows with several labels to choose from that have none of them
    answers: tuple[int, ...] = ()  # characters of each measured answer that is to be written; the texts have theirs


@dataclass(frozen=True)
class Groups:
    """Rows by group and label; what is rare is added up under ""."""

    groups: tuple[str, ...]
    labels: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]  # [group][label] rows


@st.cache_data(max_entries=KEPT, show_spinner=False)
def overview(view: View) -> Overview:
    """Counts and lengths of a View's rows, those that are left out aside."""
    if view.written and not view.raw:
        return _of_answers(view)
    columns = (*view.text, view.second) if view.second else view.text
    rows = spread_rows(view.source, columns, MEASURED_ROWS)
    texts = read_whole(view, view.second, rows[~rows.index.isin(sorted(view.left_out))])
    lengths, limit = tuple(map(len, texts)), characters_of(TOKENS, texts)
    if view.raw:
        filled = tuple(length for length in lengths if length)
        return Overview((), filled, characters_of(LONGEST_WRITTEN, texts), LONGEST_WRITTEN)
    tallied = tally(view)
    if view.number:
        of_numbers = Counter[float]()
        for one in tallied:
            if isinstance(one.answer, float):
                of_numbers[one.answer] += one.rows
        return Overview((), lengths, limit, numbers=tuple(sorted(of_numbers.items())))
    none = sum(one.rows for one in tallied if one.answer == ())
    counts = label_counts(tallied)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Overview(tuple(ordered), lengths, limit, none_of_them=none)


def _of_answers(view: View) -> Overview:
    """The same of rows with an answer to write; a model reads instruction and answer together."""
    rows = spread_rows(view.source, tuple(dict.fromkeys((*view.text, view.label))), MEASURED_ROWS)
    rows = rows[~rows.index.isin(sorted(view.left_out))]
    answers = [last_answer(cell) if view.dialogue else cell.strip() for cell in rows[view.label]]
    asked = read_conversations(view, rows, answered=False)
    texts = [
        "\n".join([*(part for turn in turns for part in (turn.text, turn.extra) if part), answer])
        for turns, answer in zip(asked, answers, strict=True)
        if turns and answer
    ]
    lengths, limit = tuple(map(len, texts)), characters_of(LONGEST_WRITTEN, texts)
    return Overview((), lengths, limit, LONGEST_WRITTEN, answers=tuple(map(len, filter(None, answers))))


def characters_of(tokens: int, texts: Sequence[str]) -> int:
    """About how many characters of texts like these are ``tokens`` tokens."""
    filled = [text for text in texts if text]
    spread = filled[:: max(1, -(-len(filled) // JUDGED_ROWS))]
    if not spread:
        return tokens
    each = (mean_tokens(spread, ENDLESS) - MARKS) / (sum(map(len, spread)) / len(spread))
    return round((tokens - MARKS) / each)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def by_group(view: View, column: str) -> Groups:
    """How the labels spread over the values of ``column``, the largest groups and most frequent labels first."""
    tallied, levels = tally(view, column), tuple[str, ...]()
    if view.number:
        levels, tallied = _levels(tallied)
    pairs = Counter[tuple[str, str]]()
    for group, labels, rows_alike in tallied:
        for label in labels if isinstance(labels, tuple) else ():
            pairs[group.strip(), label] += rows_alike
    rows, columns = Counter[str](), Counter[str]()
    for (group, label), count in pairs.items():
        rows[group] += count
        columns[label] += count
    shown_groups, shown_labels = _most(rows, MOST_GROUPS), levels or _most(columns, MOST_LABELS)
    table = [[0] * len(shown_labels) for _ in shown_groups]
    for (group, label), count in pairs.items():
        table[_place(group, shown_groups)][_place(label, shown_labels)] += count
    return Groups(shown_groups, shown_labels, tuple(map(tuple, table)))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def missing(source_id: str) -> tuple[tuple[str, float], ...]:
    """Share of blank cells, from 0 to 1, of every column that has some, the emptiest first."""
    rows = load_source(source_id).rows
    shares = [(column.name, column.blank / rows) for column in reading.profiles(source_id) if column.blank]
    return tuple(sorted(shares, key=lambda one: -one[1]))


def _levels(tallied: Sequence[Tallied]) -> tuple[tuple[str, ...], tuple[Tallied, ...]]:
    """Names of ranges of numbers, ascending, each with about as many rows; and these in place of the numbers."""
    known = [one for one in tallied if isinstance(one.answer, float)]
    numbers = np.array([one.answer for one in known])
    every = np.repeat(numbers, [one.rows for one in known])
    edges = np.unique(np.quantile(every, np.arange(1, LEVELS) / LEVELS))
    names = (*(f"≤ {edge:g}" for edge in edges), f"> {edges[-1]:g}")
    places = np.searchsorted(edges, numbers).tolist()
    return names, tuple(
        Tallied(one.beside, (names[place],), one.rows) for one, place in zip(known, places, strict=True)
    )


def _most(counts: Counter[str], most: int) -> tuple[str, ...]:
    """The most frequent names, and "" for the rest where there is one."""
    names = sorted((name for name in counts if name), key=lambda name: (-counts[name], name))
    rest = len(names) > most or "" in counts
    return (*names[:most], "") if rest else tuple(names)


def _place(name: str, shown: tuple[str, ...]) -> int:
    return shown.index(name) if name in shown else len(shown) - 1
