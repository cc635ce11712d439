"""The prompts of a judgement side by side, with what the judge said of each answer; and both files. Not a page."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from pages.components import sentences, sentences_judged, state
from pages.components.files import safe_name
from pages.components.text import plain, show_note, show_section, t
from pages.results.said import AT_ONCE
from pages.results.trust import show_answer
from pipeline.errors import N_
from pipeline.judge.export import as_csv, as_html
from pipeline.judge.judgement import Judgement, read_verdicts
from pipeline.judge.side_by_side import JudgedRow, Remark, judged_rows
from pipeline.judge.summary import Summary
from pipeline.judge.telling import tell

# What comes first, by the name of the order: its title of two contestants, and of one, and what rows are sorted by.
# Rows without a verdict have no place in an order of figures: they come last.
ORDERS: dict[str, tuple[str, str, Callable[[JudgedRow], Any]]] = {
    "lost": (N_("Lost most"), N_("Lowest score"), lambda row: (row.standing is None, row.standing or 0.0)),
    "gained": (N_("Gained most"), N_("Highest score"), lambda row: (row.standing is None, -(row.standing or 0.0))),
    "missing": (N_("Without a verdict"), N_("Without a verdict"), lambda row: not row.missing),
    "file": (N_("As in the file"), N_("As in the file"), lambda row: row.row),
}


def show_rows(judgement: Judgement, rows: Sequence[JudgedRow]) -> None:
    """All prompts, some at a time."""
    show_section(t("Read it side by side"))
    chosen = _choose(rows, alone=len(judgement.material.contestants) == 1)
    if not chosen:
        show_note(t("No row has these words."))
        return
    pages = -(-len(chosen) // AT_ONCE)
    page = st.pagination(pages, key=f"judged-{pages}-{st.session_state['judge-order']}") if pages > 1 else 1
    for row in chosen[(page - 1) * AT_ONCE : page * AT_ONCE]:
        _show(row, judgement)


def offer_files(judgement: Judgement, found: Summary) -> None:
    """Both ways to take it away; they are made when somebody clicks."""
    language = state.language()

    def rows() -> tuple[JudgedRow, ...]:
        return judged_rows(judgement, read_verdicts(judgement.id), found)

    now = sentences.moment(datetime.now(UTC), st.context.timezone_offset)
    st.download_button(
        t("Download as CSV"),
        data=lambda: as_csv(judgement, rows(), language),
        file_name=safe_name(judgement.name, ".csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="judge-csv",
    )
    st.download_button(
        t("Download as one page (HTML)"),
        data=lambda: as_html(tell(judgement, found, rows(), language, now)),
        file_name=safe_name(judgement.name, ".html"),
        mime="text/html",
        on_click="ignore",
        icon=":material/description:",
        key="judge-html",
        help=t("To send or to print: the verdict, its figures and the rows with the largest difference."),
    )


def _choose(rows: Sequence[JudgedRow], *, alone: bool) -> list[JudgedRow]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(t("Look for"), placeholder=t("Words of the question or an answer"), key="judge-words")
        order = st.selectbox(
            t("Show first"), list(ORDERS), format_func=lambda name: t(ORDERS[name][int(alone)]), key="judge-order",
            width=260,
        )  # fmt: skip
    return sorted((row for row in rows if row.mentions(words.strip())), key=ORDERS[order][2])


def _show(row: JudgedRow, judgement: Judgement) -> None:
    with st.container(border=True):
        show_section(t("Row {row}", row=f"{row.row + 1:,}"), sentences_judged.said().verdict(row, judgement))
        for cause in row.missing:
            show_note(sentences_judged.said().why(cause))
        show_answer(t("Asked"), row.asked)
        places = iter(st.columns(len(row.answers) + bool(row.reference), gap="medium"))
        if row.reference:
            with next(places):
                show_answer(t("Right answer"), row.reference)
        for one, contestant, place in zip(row.answers, judgement.material.contestants, places, strict=True):
            with place:
                show_answer(contestant.name, one.text)
                if judgement.spec.mode != "pairwise":
                    _show_score(one.score, one.remarks, judgement)
        for remark in row.remarks:
            said = remark.reason or (sentences_judged.said().why(remark.missing) if remark.missing else "")
            if said:
                show_note(t("{name} shown first: {reason}", name=remark.about, reason=said))


def _show_score(score: float | None, remarks: Sequence[Remark], judgement: Judgement) -> None:
    mode = judgement.spec.mode
    words = t("no score") if score is None else sentences_judged.said().figure(score, mode)
    st.markdown(f":primary-badge[{plain(words)}]" if score is not None else f":gray-badge[{plain(words)}]")
    for one in remarks:
        value = "" if one.score is None or not one.about else f"{one.score:g}"
        about = " ".join(filter(None, (one.about, value)))
        if line := ": ".join(filter(None, (about, one.reason))):
            show_note(line)
