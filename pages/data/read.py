"""Data: what is in my file, and which columns play which part?"""

import streamlit as st

from pages.components import figures, sentences, state
from pages.components.text import (
    plain,
    show_error,
    show_figure,
    show_heading,
    show_note,
    show_section,
    show_warning,
    t,
    tn,
)
from pages.data import reading
from pages.data.account import show_account
from pages.data.choices import show_choices
from pages.data.differently import show_differently
from pages.data.making import show_making
from pages.data.pictures import show_numbers
from pages.data.upload import READING, follow, show_limit, upload
from pipeline.actions.bring_file import import_name
from pipeline.actions.jobs import job_info
from pipeline.actions.summary import Summary
from pipeline.check.spelling import visible
from pipeline.data.source import Source, load_source
from pipeline.errors import TuneDeskError


def show_reading() -> None:
    """While a large file is read, the page is about nothing else; once it is, about that file."""
    job = st.query_params[READING]
    if not job_info(job).over:
        show_heading(
            t("Reading {name}", name=import_name(job)),
            t("You may close this page: the work goes on, and its link leads back."),
        )
    source = follow(READING)
    if READING in st.query_params:
        st.stop()
    if source:
        look_at(source)


def look_at(source: Source) -> None:
    """From now on the page is about this file."""
    state.choose_source(source.id)
    st.rerun()


def choose_source() -> Source | None:
    """The file this page is about: one just brought, else the current dataset's."""
    if state.NEW in st.query_params:
        return None
    if brought := state.chosen_source():
        return load_source(brought)
    dataset = state.current_dataset()
    return load_source(dataset.source) if dataset else None


def show_labels(summary: Summary) -> None:
    """Rows of each label."""
    show_section(tn("{n} label", "{n} labels", len(summary.label_counts)), sentences.answers(summary))
    counts = [(visible(label), rows) for label, rows in summary.label_counts]
    most, rows = counts[0]
    show_figure(
        figures.label_counts(counts, rows=t("Rows"), others=t("all others")),
        alt=t("Rows of each label; the most frequent is {label} with {rows}.", label=most, rows=rows),
    )
    if summary.none_of_them:
        show_note(tn("{n} row has none of the labels.", "{n} rows have none of the labels.", summary.none_of_them))


def show_charts(summary: Summary) -> None:
    """Label counts and text lengths, side by side; texts alone have no labels."""
    looked_at = len(summary.lengths)
    if summary.raw:
        show_lengths(t("Length of the texts"), summary.lengths, looked_at, summary.rows, "texts")
        return
    left, right = st.columns(2, gap="large")
    with left:
        if summary.answer_lengths:
            show_lengths(t("Length of the answers"), summary.answer_lengths, looked_at, summary.rows, "answers")
        elif summary.numbers:
            show_numbers(summary.numbers)
        else:
            show_labels(summary)
    with right:
        show_lengths(t("Length of the texts"), summary.lengths, looked_at, summary.rows, "texts")


def show_lengths(title: str, lengths: tuple[int, ...], looked_at: int, rows: int, key: str) -> None:
    """How many characters the texts of the rows that were looked at have, out of all ``rows``."""
    show_section(title)
    middle = sorted(lengths)[len(lengths) // 2]
    show_figure(
        figures.lengths(lengths, title=t("Characters"), rows=t("Rows")),
        alt=t("{what}: half of them have at most {n} characters.", what=title, n=middle),
        key=f"lengths-{key}",
    )
    if looked_at < rows:
        show_note(t("Measured on {n} rows, evenly spread over the file.", n=f"{looked_at:,}"))


def show_without_rows(source: Source) -> None:
    """Nothing can be chosen yet: what is there, what to do, and other ways to read."""
    aside = source.report.rows_set_aside
    if aside:
        show_heading(tn("The only row could not be read", "None of the {n} rows could be read", aside), source.name)
        show_account(source)
    else:
        show_heading(
            tn("{n} column name and no rows", "{n} column names and no rows", len(source.columns)), source.name
        )
        show_warning(
            t(
                "This file has column names and no rows below them: fill in rows, or export the table again, and bring "
                "that file. If its first line is a row, read it differently with 0 as the line with the column names."
            )
        )
        show_account(source)
        st.dataframe(reading.first_rows(source.id), alt=t("The column names of the file"))
    again = show_differently(source)
    if again:
        look_at(again)
    show_uploader()


def show_source(source: Source) -> None:
    """The answer and the choices, then what they rest on, then other ways to read."""
    if not source.rows:
        show_without_rows(source)
        return
    summary = show_choices(source)
    show_section(t("The first rows as read"))
    st.dataframe(reading.first_rows(source.id), alt=t("The first rows of the file as they were read"), height=300)
    again = show_differently(source)
    if again:
        look_at(again)
    if summary:
        show_charts(summary)
    with st.expander(plain(t("Another file")), icon=":material/upload_file:"):
        show_uploader()


def show_uploader() -> None:
    """Take a file; once it was read, the page is about it."""
    arrived = upload(t("CSV, TSV, Excel, JSON, JSON Lines or Parquet"))
    if arrived:
        look_at(arrived)


try:
    if READING in st.query_params:
        show_reading()
    show_making()
    source = choose_source()
except TuneDeskError as error:
    show_error(error)
    st.query_params.pop(READING, None)
    state.forget_source()
    source = None
if source:
    show_source(source)
else:
    show_heading(
        t("Bring your file"),
        t("A column with texts, and one with what is to be learned. Rows where that is blank are filled in later."),
    )
    show_uploader()
    show_note(t("No file at hand? Start with a sample on the Home page."))
    show_limit()
