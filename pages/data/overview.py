"""What the figures of the Check page show, kept for the next click. Draws nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.data import reading
from pipeline.data.source import load_source, read_rows, spread_rows
from pipeline.data.view import View, label_counts, view_labels
from pipeline.models.fit import mean_tokens
from pipeline.runs.spec import Recipe
from pipeline.templates.columns import read_texts

KEPT = 16  # answers kept for all sessions together
MEASURED_ROWS = 20_000  # texts that are measured, evenly spread; more would not change the picture
JUDGED_ROWS = 2_000  # texts by which characters are put against tokens
MOST_GROUPS, MOST_LABELS = 12, 10  # of the table of labels by group; what is rarer is added up
TOKENS = Recipe().max_length
MARKS = 2  # tokens that stand for the start and the end of a text
ENDLESS = 10**9


@dataclass(frozen=True)
class Overview:
    """The rows of a View in figures."""

    counts: tuple[tuple[str, int], ...]  # rows of each label after the remedies, most frequent first
    lengths: tuple[int, ...]  # characters of each measured text
    limit: int  # characters that TOKENS tokens of these texts are, about


@dataclass(frozen=True)
class Groups:
    """Rows by group and label; what is rare is added up under ""."""

    groups: tuple[str, ...]
    labels: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]  # [group][label] rows


@st.cache_data(max_entries=KEPT, show_spinner=False)
def overview(view: View) -> Overview:
    """Counts and lengths of a View's rows, those that are left out aside."""
    ordered = sorted(label_counts(view).items(), key=lambda item: (-item[1], item[0]))
    rows = spread_rows(view.source, view.text, MEASURED_ROWS)
    texts = read_texts(view, rows[~rows.index.isin(sorted(view.left_out))])
    return Overview(tuple(ordered), tuple(map(len, texts)), characters_of(TOKENS, texts))


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
    labels = view_labels(view)
    groups = read_rows(view.source, [column])[column].str.strip()
    pairs = Counter(zip(groups[labels != ""], labels[labels != ""], strict=True))
    rows, columns = Counter[str](), Counter[str]()
    for (group, label), count in pairs.items():
        rows[group] += count
        columns[label] += count
    shown_groups, shown_labels = _most(rows, MOST_GROUPS), _most(columns, MOST_LABELS)
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


def _most(counts: Counter[str], most: int) -> tuple[str, ...]:
    """The most frequent names, and "" for the rest where there is one."""
    names = sorted((name for name in counts if name), key=lambda name: (-counts[name], name))
    rest = len(names) > most or "" in counts
    return (*names[:most], "") if rest else tuple(names)


def _place(name: str, shown: tuple[str, ...]) -> int:
    return shown.index(name) if name in shown else len(shown) - 1
