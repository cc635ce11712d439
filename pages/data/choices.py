"""The choices of the Data page: what is asked of the file, the template, how rows are divided, and the way on."""

from dataclasses import replace

import streamlit as st

from pages.components import sentences, state
from pages.components.text import show_error, show_heading, show_warning, t, tn
from pages.data import reading
from pages.data.account import show_account
from pages.data.dividing import Division, choose_division, division_of
from pages.data.making import settle
from pages.data.question import choose_question, show_learned
from pages.data.template import choose_template
from pages.data.versions import kept_steps
from pipeline.actions.data import Dataset, make_dataset
from pipeline.actions.summary import Summary
from pipeline.data.question import Question
from pipeline.data.source import Source
from pipeline.errors import TuneDeskError
from pipeline.templates.columns import default_template

NAMED = 5  # labels that a warning names


def show_choices(source: Source) -> Summary | None:
    """The parts of the columns, the template, the division, and the way on. None while nothing can be learned."""
    dataset = _dataset_of(source)
    head = st.container()
    question = choose_question(source, dataset)
    text = question.text
    error = reading.problem(source.id, question)
    summary = reading.summary(source.id, question if text else replace(question, text=source.columns[:1]))
    with head:
        show_heading(sentences.rows(summary), source.name)
        show_account(source)
    if error is not None:
        show_error(error)
    else:
        _show_singles(summary)
        _show_no_numbers(summary, question)
    template: str | None = ""
    if len(text) > 1 and not question.written:
        current = dataset.view.template if dataset and dataset.view.text == text else ""
        template = choose_template(source, text, current)
    if error is None and template is not None:
        show_learned(source, question, template or default_template(text))
    guessed = Division(test_column=reading.roles(source.id).test_column or "")
    taken = (*text, question.second, *question.answers)
    division = choose_division(source, taken, division_of(dataset) if dataset else guessed)
    ready = error is None and template is not None and division is not None
    with st.container(horizontal=True):
        check = st.button(
            t("Next: check"), type="primary", icon=":material/arrow_forward:", disabled=not ready, key="next"
        )
        train = st.button(t("Straight to training"), type="tertiary", disabled=not ready, key="skip")
    if check or train:
        then = "data/check.py" if check else "train/start.py"
        _take(source, question, template or "", division or Division(), then)
    return summary if error is None else None


def _take(source: Source, question: Question, template: str, division: Division, then: str) -> None:
    """Freeze the choice as a dataset and go on to the page ``then``; remedies that were taken stay."""
    steps = kept_steps(source.id, question.answers)
    try:
        with st.spinner(t("Dividing the rows into training, validation and test …")):
            made = make_dataset(
                source.id,
                question,
                name=source.name,
                template=template,
                group=division.group,
                time=division.time,
                date_order=division.date_order,
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


def _show_no_numbers(summary: Summary, question: Question) -> None:
    """Cells that should be a number and are none."""
    if summary.no_numbers:
        show_warning(
            tn(
                "{n} cell of {column} is no number and counts as blank.",
                "{n} cells of {column} are no numbers and count as blank.",
                summary.no_numbers,
                column=question.label,
            )
        )
