"""The choices of the Data page: text and label columns, the template, how rows are divided, and the way on."""

import streamlit as st

from pages.components import sentences, state
from pages.components.text import show_error, show_heading, show_warning, t, tn
from pages.data import reading
from pages.data.account import show_account
from pages.data.dividing import Division, choose_division, division_of
from pages.data.making import settle
from pages.data.template import choose_template
from pages.data.versions import kept_steps
from pipeline.actions.data import Dataset, Summary, make_dataset
from pipeline.data.source import Source
from pipeline.errors import TuneDeskError

NAMED = 5  # labels that a warning names


def show_choices(source: Source) -> Summary | None:
    """The parts of the columns, the template, the division, and the way on. None while nothing can be learned."""
    dataset = _dataset_of(source)
    head = st.container()
    text, label = _choose_columns(source, dataset)
    error = reading.problem(source.id, text, label)
    summary = reading.summary(source.id, text or source.columns[:1], label)
    with head:
        show_heading(sentences.rows(summary), source.name)
        show_account(source)
    if error is not None:
        show_error(error)
    else:
        _show_singles(summary)
    template: str | None = ""
    if len(text) > 1:
        current = dataset.view.template if dataset and dataset.view.text == text else ""
        template = choose_template(source, text, current)
    guessed = Division(test_column=reading.guess(source.id).test_column or "")
    division = choose_division(source, (*text, label), division_of(dataset) if dataset else guessed)
    ready = error is None and template is not None and division is not None
    with st.container(horizontal=True):
        check = st.button(
            t("Next: check"), type="primary", icon=":material/arrow_forward:", disabled=not ready, key="next"
        )
        train = st.button(t("Straight to training"), type="tertiary", disabled=not ready, key="skip")
    if check or train:
        then = "data/check.py" if check else "train/start.py"
        _take(source, text, label, template or "", division or Division(), then)
    return summary if error is None else None


def _take(source: Source, text: tuple[str, ...], label: str, template: str, division: Division, then: str) -> None:
    """Freeze the choice as a dataset and go on to the page ``then``; remedies that were taken stay."""
    steps = kept_steps(source.id, label)
    try:
        with st.spinner(t("Dividing the rows into training, validation and test …")):
            made = make_dataset(
                source.id,
                name=source.name,
                text=text,
                label=label,
                template=template,
                group=division.group,
                time=division.time,
                test_source_id=division.test_source_id,
                test_column=division.test_column,
                seed=division.seed,
                steps=steps,
            )
    except TuneDeskError as error:
        show_error(error)
        return
    settle(made, then)


def _dataset_of(source: Source) -> Dataset | None:
    """The current dataset, where the page shows the file that it was made from."""
    dataset = state.current_dataset()
    return dataset if dataset and dataset.source == source.id and not state.chosen_source() else None


def _choose_columns(source: Source, dataset: Dataset | None) -> tuple[tuple[str, ...], str]:
    """Text columns and label column ("" while none is chosen), as the dataset has them, else as guessed."""
    if dataset:
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


def _show_singles(summary: Summary) -> None:
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
