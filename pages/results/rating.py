"""Rate answers: which is better, or how good is it? Blind, by keyboard, so that a judge can be held against people."""

import contextlib
from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.components.navigation import link
from pages.components.text import show_error, show_heading, show_note, t, tn
from pages.results.trust import JUDGEMENT, show_answer
from pipeline.actions.judge import get_judgement, list_judgements
from pipeline.errors import N_, JudgementNotFound, TuneDeskError
from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.ratings import (
    LONGEST_NAME,
    STEPS,
    USUAL_SIZE,
    Rating,
    Sample,
    Task,
    keep_sample,
    rate,
    read_ratings,
    read_sample,
    sample,
    score_of_step,
    take_back,
    tasks,
    tidy_rater,
)

RATER = "rater"  # parameter in the URL: a refresh goes on where this person was
UNDO_KEY = "Backspace"
# What each step means, from 1 on.
STEP_NAMES = (N_("Useless"), N_("Poor"), N_("Fair"), N_("Good"), N_("Perfect"))


def named_judgement() -> Judgement | None:
    """The one that the URL names; None where it names none, or none that there is, which the page then says."""
    asked = st.query_params.get(JUDGEMENT, "")
    try:
        return get_judgement(asked) if asked else None
    except TuneDeskError as error:
        show_error(error)
        return None


def show_judgements() -> None:
    """All that can be rated, each with the way to it."""
    show_heading(
        t("Rate answers"), t("Rated blind by people, answers show how far a judge can be trusted. Choose which ones.")
    )
    judgements = list_judgements()
    if not judgements:
        show_note(t("There is no judgement yet. Have a judge score some answers first."))
        link("results/judge.py")
    for one in judgements:
        rows = tn("{n} row", "{n} rows", one.prompts)
        link("results/rating.py", f"{one.name} · {rows}", **{JUDGEMENT: one.id})


def begin(judgement: Judgement, chosen: Sample | None) -> None:
    """Ask who rates and, before the first one does, how many rows."""
    count = len(judgement.material.items)
    show_heading(
        t("Rate answers"),
        t("You see answers without their authors, in an order drawn by lot. One key each, and you can stop any time."),
    )
    with st.form("begin", border=False, enter_to_submit=True, width=480):
        name = st.text_input(t("Your name"), max_chars=LONGEST_NAME, key="name", help=t("Ratings are kept under it."))
        size = st.number_input(
            t("Rows to rate, of {n}", n=f"{count:,}"),
            min_value=chosen.size if chosen else 1,
            max_value=count,
            value=max(min(USUAL_SIZE, count), chosen.size if chosen else 1),
            key="size",
            help=t(
                "Drawn at random, the same rows for everybody. About half a minute each; 20 are the least that tell."
            ),
        )
        pressed = st.form_submit_button(t("Begin"), type="primary")
    if pressed and not tidy_rater(name):
        show_note(t("Enter a name first."))
    elif pressed:
        if chosen is None or size > chosen.size:
            keep_sample(judgement.id, sample(judgement, int(size), chosen.seed if chosen else 0))
        st.query_params[JUDGEMENT] = judgement.id
        st.query_params[RATER] = tidy_rater(name)
        st.rerun()


def show_rating(judgement: Judgement, chosen: Sample, rater: str) -> None:
    """The next thing that this person has not rated, or that there is none."""
    todo = tasks(judgement, chosen, rater)
    done = {(one.item, one.contestant): one for one in read_ratings(judgement.id) if one.rater == rater}
    left = [task for task in todo if _about(judgement, task) not in done]
    if not left:
        show_heading(
            tn("You have rated {n} answer", "You have rated all {n}", len(todo)),
            t("Thank you. Somebody else may rate the same ones: how far people agree is what a judge is held against."),
        )
        link("results/judge.py", t("See how far the judge agrees"), **{JUDGEMENT: judgement.id})
    else:
        _show_task(judgement, left[0], rater, len(todo) - len(left), len(todo))
    _show_ways(judgement, list(done.values()))


def _show_task(judgement: Judgement, task: Task, rater: str, done: int, total: int) -> None:
    item, pairs = judgement.material.items[task.item], judgement.spec.mode == "pairwise"
    show_heading(
        t("Which answer is better?") if pairs else t("How good is this answer?"),
        t("{done} of {total} rated. {rater}, press a key or a button.", done=done, total=total, rater=rater),
    )
    st.progress(done / total)
    show_answer(t("Asked"), item.asked)
    if item.reference:
        with st.expander(t("Right answer")):
            show_answer(t("Right answer"), item.reference)
    for number, (place, who) in enumerate(zip(st.columns(len(task.shown), gap="medium"), task.shown, strict=True)):
        with place, st.container(border=True):
            show_answer(t("Answer {n}", n=number + 1) if pairs else t("Answer"), item.answers[who])
    with st.container(horizontal=True, key="ways"):
        if pairs:
            for key, place_of, label in (("1", 0, t("Answer 1")), ("2", 1, t("Answer 2")), ("0", TIE, t("Neither"))):
                _offer(judgement, task, rater, key, label, place=place_of)
        else:
            for step, label in zip(STEPS, STEP_NAMES, strict=True):
                _offer(judgement, task, rater, str(step), t(label), score=score_of_step(step, judgement.spec))


def _offer(
    judgement: Judgement,
    task: Task,
    rater: str,
    key: str,
    label: str,
    *,
    place: int | None = None,
    score: float | None = None,
) -> None:
    # The key of the widget names the task: a second press that comes late rates the same one again, not the next.
    st.button(
        label,
        shortcut=key,
        key=f"rate-{task.item}-{task.shown[0]}-{key}",
        on_click=_keep,
        args=(partial(rate, judgement, task, rater, place=place, score=score),),
    )


def _keep(action: Callable[[], None]) -> None:
    # Deleted by somebody else meanwhile: the page that follows says that there is no such judgement.
    with contextlib.suppress(JudgementNotFound):
        action()


def _show_ways(judgement: Judgement, done: list[Rating]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="ending"):
        if done:
            # Without a help text: Streamlit draws a button with one twice, and both hear the key.
            st.button(
                t("Undo"),
                icon=":material/undo:",
                type="tertiary",
                shortcut=UNDO_KEY,
                key=f"undo-{len(done)}",
                on_click=_keep,
                args=(partial(take_back, judgement, done[-1]),),
            )
        if st.button(t("Rate more, or as somebody else"), type="tertiary", key="others"):
            st.query_params.pop(RATER, None)
            st.rerun()


def _about(judgement: Judgement, task: Task) -> tuple[int, int]:
    return task.item, 0 if judgement.spec.mode == "pairwise" else task.shown[0]


judgement = named_judgement()
if judgement is None:
    show_judgements()
    st.stop()
chosen, rater = read_sample(judgement.id), tidy_rater(st.query_params.get(RATER, ""))
if chosen is None or not rater:
    begin(judgement, chosen)
else:
    show_rating(judgement, chosen, rater)
