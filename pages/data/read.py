"""Data: what is in my file, and which columns play which part?"""

import streamlit as st

from pages.components import figures, sentences, state
from pages.components.navigation import go
from pages.components.text import (
    plain,
    show_error,
    show_figure,
    show_heading,
    show_note,
    show_section,
    show_text,
    show_warning,
    t,
    tn,
)
from pages.data import reading
from pages.data.upload import upload
from pages.data.versions import kept_steps
from pipeline.actions.data import Summary, create_dataset
from pipeline.data.source import Source, load_source
from pipeline.errors import TuneDeskError

NAMED = 5  # labels that a warning names


def choose_source() -> Source | None:
    """The file this page is about: one just uploaded, else the current dataset's."""
    if state.NEW in st.query_params:
        return None
    uploaded = st.session_state.get(state.SOURCE)
    dataset = state.current_dataset()
    if uploaded:
        return load_source(uploaded)
    return load_source(dataset.source) if dataset else None


def choose_columns(source: Source) -> tuple[tuple[str, ...], str]:
    """Text columns and label column ("" while none is chosen), as the dataset has them, else as guessed."""
    dataset = state.current_dataset()
    if dataset and dataset.source == source.id and not st.session_state.get(state.SOURCE):
        text, label = dataset.view.text, dataset.view.label
    else:
        guessed = reading.guess(source.id)
        text, label = guessed.text, guessed.label or ""
    left, right = st.columns(2)
    chosen = left.multiselect(
        t("Text columns"),
        source.columns,
        default=list(text),
        key=f"text-{source.id}",
        placeholder=t("Choose what the model reads"),
        help=t("What the model reads. Several columns are joined into one text, field by field."),
    )
    options = [column for column in source.columns if column not in chosen]
    label = right.selectbox(
        t("Label column"),
        options,
        index=options.index(label) if label in options else None,
        key=f"label-{source.id}",
        placeholder=t("Choose what the model learns to say"),
        help=t("What the model learns to say. Rows where it is blank are the rows to fill in."),
    )
    return tuple(chosen), label or ""


def show_findings(source: Source) -> None:
    """What the reader had to repair or set aside, one line each."""
    for finding in source.report.findings:
        show_warning(t(finding.message, **sentences.values(finding.values)))


def show_singles(summary: Summary) -> None:
    """Labels that only one row has can be learned but not measured."""
    if summary.singles:
        named = ", ".join(summary.singles[:NAMED]) + ("…" if len(summary.singles) > NAMED else "")
        show_warning(
            tn(
                "One label has a single row and stays in training: {labels}. It cannot be measured.",
                "{n} labels have a single row each and stay in training: {labels}. They cannot be measured.",
                len(summary.singles),
                labels=named,
            )
        )


def show_charts(summary: Summary) -> None:
    """Label counts and text lengths, side by side."""
    left, right = st.columns(2, gap="large")
    with left:
        show_section(tn("{n} label", "{n} labels", len(summary.label_counts)))
        most, rows = summary.label_counts[0]
        show_figure(
            figures.label_counts(summary.label_counts, rows=t("Rows"), others=t("all others")),
            alt=t("Rows of each label; the most frequent is {label} with {rows}.", label=most, rows=rows),
        )
    with right:
        show_section(t("Length of the texts"))
        middle = sorted(summary.lengths)[len(summary.lengths) // 2]
        show_figure(
            figures.lengths(summary.lengths, title=t("Characters"), rows=t("Rows")),
            alt=t("Length of the texts; half of them have at most {n} characters.", n=middle),
        )


def take(source: Source, text: tuple[str, ...], label: str, then: str) -> None:
    """Freeze the choice as a dataset and go on to the page ``then``; remedies that were taken stay."""
    steps = kept_steps(source.id, label)
    try:
        dataset = create_dataset(source.id, name=source.name, text=text, label=label, steps=steps)
    except TuneDeskError as error:
        show_error(error)
        return
    state.choose_dataset(dataset.id)
    go(then, dataset=dataset.id)


def show_source(source: Source) -> None:
    """The answer, then the columns, then what the answer rests on."""
    head = st.container()
    text, label = choose_columns(source)
    error = reading.problem(source.id, text, label)
    with head:
        summary = reading.summary(source.id, text or source.columns[:1], label)
        show_heading(sentences.rows(summary), source.name)
    show_findings(source)
    if error is not None:
        show_error(error)
    else:
        show_singles(summary)
    with st.container(horizontal=True):
        unfit = error is not None
        if st.button(t("Next: check"), type="primary", icon=":material/arrow_forward:", disabled=unfit, key="next"):
            take(source, text, label, "data/check.py")
        if st.button(t("Straight to training"), type="tertiary", disabled=unfit, key="skip"):
            take(source, text, label, "train/start.py")
    show_section(t("The first rows as read"))
    st.dataframe(reading.first_rows(source.id), alt=t("The first rows of the file as they were read"), height=300)
    if error is None:
        show_charts(summary)
    if len(text) > 1:
        show_section(t("What the model reads"), t("The text columns of the first row, joined."))
        with st.container(border=True):
            show_text(reading.example(source.id, text))


def show_uploader() -> None:
    """Take a file; once it was read, the page is about it."""
    arrived = upload(t("CSV, TSV, Excel, JSON, JSON Lines or Parquet"))
    if arrived:
        st.session_state[state.SOURCE] = arrived.id
        st.query_params.pop(state.NEW, None)
        st.rerun()


try:
    source = choose_source()
except TuneDeskError as error:
    show_error(error)
    source = None
if source:
    show_source(source)
    with st.expander(plain(t("Another file")), icon=":material/upload_file:"):
        show_uploader()
else:
    show_heading(
        t("Bring your file"),
        t("A column with texts and a column with labels. Rows whose label is blank are filled in later."),
    )
    show_uploader()
    show_note(t("No file at hand? Start with a sample on the Home page."))
