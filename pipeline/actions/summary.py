"""What a choice of columns gives, before anything is frozen: the counts that the Data page shows."""

import math
from collections import Counter
from dataclasses import dataclass

from pipeline.data.numbers import read_number
from pipeline.data.question import Question
from pipeline.data.several import says_yes, split_labels
from pipeline.data.source import cell_counts, load_source, read_rows, spread_rows
from pipeline.data.view import is_blank
from pipeline.data.written import last_answer
from pipeline.templates.columns import default_template, render

# Texts whose length is looked at: more would not change the figure, and of a million it would take seconds.
MEASURED_TEXTS = 20_000


@dataclass(frozen=True)
class Summary:
    """What a choice of columns gives, before anything is frozen."""

    rows: int
    labelled: int
    blank: int
    label_counts: tuple[tuple[str, int], ...]  # most frequent first; () for numbers
    lengths: tuple[int, ...]  # characters of the texts of at most MEASURED_TEXTS rows, evenly spread
    singles: tuple[str, ...]  # labels that only one row has
    numbers: tuple[tuple[float, int], ...] = ()  # each different number, ascending, with its rows
    no_numbers: int = 0  # cells that should be a number and are none; they are among the blank ones
    answer_lengths: tuple[int, ...] = ()  # characters of the answers to write, of as many rows as ``lengths``
    none_of_them: int = 0  # rows with several labels to choose from that have none of them
    raw: bool = False  # nothing is asked of the texts; a row that has one counts as labelled


def summarise(source_id: str, question: Question) -> Summary:
    """Counts for the sentence and the figures of the Data page; the question may have no answer column yet."""
    rows = load_source(source_id).rows
    texts = _spread_texts(source_id, question)
    lengths = tuple(map(len, texts))
    if question.raw:
        filled = sum(count for cell, count in cell_counts(source_id, question.text[0]).items() if cell.strip())
        return Summary(rows, filled, rows - filled, (), lengths, (), raw=True)
    if question.written:
        return _of_answers(source_id, question, rows, lengths)
    if question.number:
        counts = Counter[float]()
        filled = 0
        for cell, count in cell_counts(source_id, question.label).items():
            filled += count if cell.strip() else 0
            if not math.isnan(number := read_number(cell)):
                counts[number] += count
        labelled = counts.total()
        return Summary(
            rows, labelled, rows - labelled, (), lengths, (), tuple(sorted(counts.items())), filled - labelled
        )
    of_labels, labelled, none = _count_labels(source_id, question)
    ordered = sorted(of_labels.items(), key=lambda item: (-item[1], item[0]))
    return Summary(
        rows=rows,
        labelled=labelled,
        blank=rows - labelled,
        label_counts=tuple(ordered),
        lengths=lengths,
        singles=tuple(name for name, count in ordered if count == 1),
        none_of_them=none,
    )


def _of_answers(source_id: str, question: Question, rows: int, lengths: tuple[int, ...]) -> Summary:
    answered = {
        cell: count
        for cell, count in cell_counts(source_id, question.label).items()
        if (last_answer(cell) if question.dialogue else cell.strip())
    }
    some = spread_rows(source_id, [question.label], MEASURED_TEXTS)[question.label]
    written = [last_answer(cell) if question.dialogue else cell.strip() for cell in some]
    labelled = sum(answered.values())
    of_answers = tuple(len(answer) for answer in written if answer)
    return Summary(rows, labelled, rows - labelled, (), lengths, (), answer_lengths=of_answers)


def _count_labels(source_id: str, question: Question) -> tuple[Counter[str], int, int]:
    """Rows of each label, rows that are labelled, and of these, those with no label at all."""
    counts = Counter[str]()
    if question.label_columns:
        frame = read_rows(source_id, question.label_columns)
        labelled = ~frame.apply(is_blank).all(axis=1)
        yes = frame.apply(says_yes)[labelled]
        counts.update({name: int(yes[name].sum()) for name in question.label_columns if yes[name].any()})
        return counts, int(labelled.sum()), int((~yes.any(axis=1)).sum())
    rows = 0
    for cell, count in (cell_counts(source_id, question.label) if question.label else {}).items():
        labels = split_labels(cell, question.separators) if question.separators else (cell,) * bool(cell.strip())
        counts.update(dict.fromkeys(labels, count))
        rows += count if labels else 0
    return counts, rows, 0


def _spread_texts(source_id: str, question: Question) -> list[str]:
    columns = (*question.text, question.second) if question.second else question.text
    some = spread_rows(source_id, columns, MEASURED_TEXTS)
    texts = render(default_template(question.text), question.text, some)
    if question.second:
        texts = [f"{first} {second}" for first, second in zip(texts, some[question.second], strict=True)]
    return texts
