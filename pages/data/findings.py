"""The findings of the data check as cards: what it is, why it matters, rows that show it, and what would help."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.components import sentences
from pages.components.tables import fitting_height, text_column
from pages.components.text import plain, show_note, show_section, t, tn, visible
from pages.data import merging
from pages.data.overview import overview
from pages.data.versions import become
from pipeline.actions.check import apply, rename
from pipeline.actions.data import Dataset
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.errors import N_

SHOWN = 4  # examples that are seen without scrolling
NUMBERED = 4  # rows of an example that are told by their number
# A word and a sign each: the colour only helps.
WORDS = {
    Severity.BLOCKING: (N_("Serious"), ":material/report:", "red"),
    Severity.WARNING: (N_("Worth fixing"), ":material/warning:", "orange"),
    Severity.NOTE: (N_("Good to know"), ":material/info:", "blue"),
}


def show_severity(severity: Severity) -> None:
    """How much something matters, as a sign with a word."""
    word, icon, colour = WORDS[severity]
    st.badge(t(word), icon=icon, color=colour)


def show_findings(dataset: Dataset, findings: Sequence[CheckFinding]) -> None:
    """One card a finding, in the order given."""
    for position, finding in enumerate(findings):
        with st.container(border=True):
            _show_finding(dataset, finding, key=f"{position}-{dataset.id}")


def _show_finding(dataset: Dataset, finding: CheckFinding, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        show_severity(finding.severity)
        if finding.rows:
            show_note(tn("{n} row", "{n} rows", finding.rows))
    values = sentences.values(finding.values)
    show_section(t(finding.message, **values), t(finding.why, **values))
    names = merging.proposal(dataset.view, finding.remedies[0]) if finding.remedies else {}
    chosen = {}
    if names:
        chosen = merging.edit(names, dict(overview(dataset.view).counts), key=f"merge-{key}")
    elif finding.examples:
        _show_examples(finding.examples)
    _show_remedies(dataset, finding, names, chosen, key)


def _show_remedies(
    dataset: Dataset, finding: CheckFinding, names: dict[str, str], chosen: dict[str, str], key: str
) -> None:
    """The remedies as buttons; of a proposal of names, ``chosen`` is what a person left of it."""
    with st.container(horizontal=True):
        for position, remedy in enumerate(finding.remedies):
            recommended = position == 0
            pressed = st.button(
                plain(t(remedy.title, **sentences.values(remedy.values))),
                type="secondary" if recommended else "tertiary",
                icon=":material/healing:" if recommended else None,
                disabled=recommended and bool(names) and not chosen,
                key=f"remedy-{position}-{key}",
            )
            if pressed:
                edited = recommended and chosen != names
                become(partial(rename, dataset, chosen, finding.kind) if edited else partial(apply, dataset, remedy))


def _show_examples(examples: Sequence[Example]) -> None:
    frame = pd.DataFrame(
        {
            "rows": [_numbers(example.rows) for example in examples],
            "text": [example.text for example in examples],
            "note": [visible(example.note) for example in examples],
        }
    )
    filled = [name for name in frame if frame[name].any()]
    st.dataframe(
        frame[filled],
        hide_index=True,
        height=fitting_height(len(frame), SHOWN),
        column_config={
            "rows": st.column_config.TextColumn(t("Row"), width="small"),
            "text": text_column(t("Example")),
            "note": st.column_config.TextColumn(t("Beside it"), width="medium"),
        },
        alt=t("Rows that show what is meant"),
    )


def _numbers(rows: Sequence[int]) -> str:
    """Numbers of rows as the file counts them: the first row under the header is 1."""
    return ", ".join(f"{row + 1}" for row in rows[:NUMBERED]) + (" …" if len(rows) > NUMBERED else "")
