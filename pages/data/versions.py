"""Another version of the dataset: made by a remedy, looked at, and the list of what was done so far."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.components import sentences_steps, state
from pages.components.language import language
from pages.components.text import plain, show_error, show_line, show_note, show_section, t
from pages.data import reading
from pages.data.making import settle
from pipeline.actions.check import redivide, take_back
from pipeline.actions.data import Dataset, Made
from pipeline.data.by_time import NEWER, TOO_NEW, UNDATED
from pipeline.data.split import load_split
from pipeline.data.steps import READ_OTHERWISE, Step
from pipeline.errors import TuneDeskError
from pipeline.i18n import spoken_day


def become(change: Callable[[], Made]) -> None:
    """Make another version and look at it from now on; where it cannot be made, say why."""
    try:
        made = change()
    except TuneDeskError as error:
        show_error(error)
        return
    if made.dataset is None:
        settle(made, "data/check.py")
        return
    state.choose_dataset(made.dataset.id)
    st.rerun()


def kept_steps(source_id: str, answers: tuple[str, ...]) -> tuple[Step, ...]:
    """The remedies of the current dataset, where it is about the same labels of the same file; else none.

    How columns are read is what is being chosen anew.
    """
    current = state.current_dataset()
    if current is None or (current.source, current.view.answer_columns) != (source_id, answers):
        return ()
    return tuple(step for step in current.view.steps if step.kind not in READ_OTHERWISE)


def show_done(dataset: Dataset) -> None:
    """The remedies that were taken, in their order, each with the way back; nothing where there are none."""
    view = dataset.view
    if not view.steps and not view.group and not view.time:
        return
    with st.container(border=True):
        show_section(t("Done so far"), t("Your file stays as it is. Everything here can be taken back."))
        for position, step in enumerate(view.steps):
            # A second click on this button is not one on the step that comes up in its place.
            key = f"take-back-{position}-{dataset.id}"
            _show_one(sentences_steps.step(step), partial(take_back, dataset, position), key)
        if view.group:
            back = partial(redivide, dataset, time=view.time, date_order=view.date_order)
            _show_one(sentences_steps.group(view.group), back, key="take-back-group")
        if view.time:
            _show_one(sentences_steps.time(view.time), partial(redivide, dataset, group=view.group), "take-back-time")
            _show_order(dataset)
            _show_notes(dataset)


def _show_order(dataset: Dataset) -> None:
    """How the dates of the time column are read, where they could be read otherwise, and the way to that."""
    view = dataset.view
    dates = reading.date_order(view.source, view.time, view.date_order)
    if not dates.example:
        return
    # What the file says itself needs no saying: then the version is the one that was there before.
    order = "" if reading.date_order(view.source, view.time, "").order == dates.opposite else dates.opposite
    other = partial(redivide, dataset, group=view.group, time=view.time, date_order=order)
    day = spoken_day(dates.day(dates.opposite), language())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show_note(sentences_steps.date_order(dates))
        if st.button(
            plain(t("Read it as {date}", date=day)), icon=":material/swap_horiz:", type="tertiary", key="swap-dates"
        ):
            become(other)


def _show_notes(dataset: Dataset) -> None:
    """What dividing by time has brought about: rows without a date, classes that came later, newer rows that train."""
    for note in load_split(dataset.split).notes:
        if note.kind in (UNDATED, TOO_NEW, NEWER):
            show_note(t(note.message, **dict(note.values)))


def _show_one(words: str, back: Callable[[], Made], key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show_line(words)
        if st.button(plain(t("Take back")), icon=":material/undo:", type="tertiary", key=key):
            become(back)
