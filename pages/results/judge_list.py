"""Judgements that are kept, each with its figure and the way to it. Not a page."""

import contextlib
from datetime import datetime
from functools import partial

import streamlit as st

from pages.components import sentences_judged, state
from pages.components.confirm import confirm
from pages.components.text import plain, show_note, show_section, t
from pipeline.actions import judge as actions
from pipeline.actions.judge import list_judgements, summary
from pipeline.errors import JudgementNotFound
from pipeline.i18n import spoken_day
from pipeline.judge.judgement import Head
from pipeline.judge.summary import Summary

JUDGEMENT = "judgement"  # parameter in the URL: a refresh finds the judgement again
AT_ONCE = 8


def show_list() -> None:
    """The judgements of the current run first, then the others, the newest first; nothing where there is none."""
    run = state.current_run()
    found = list_judgements()
    if not found:
        return
    own = {one.id for one in found if run and run.id in (who.run for who in one.contestants)}
    found = tuple(sorted(found, key=lambda one: one.id not in own))
    show_section(t("Judgements so far"))
    pages = -(-len(found) // AT_ONCE)
    page = st.pagination(pages, key=f"judgements-{pages}") if pages > 1 else 1
    for one in found[(page - 1) * AT_ONCE : page * AT_ONCE]:
        with contextlib.suppress(JudgementNotFound):  # somebody else has deleted it meanwhile
            _show(one, summary(one.id))


def open_judgement(judgement_id: str) -> None:
    """From now on the page shows that judgement."""
    st.query_params[JUDGEMENT] = judgement_id


def delete(judgement_id: str) -> None:
    """Delete it, and show the list. Raises JudgeError while it is going on."""
    actions.delete(judgement_id)
    st.query_params.pop(JUDGEMENT, None)


def offer_delete(judgement: Head) -> None:
    """The button that deletes, after it has asked."""
    confirm(
        t("Delete"),
        t("The verdicts and the ratings of {name} are deleted. This cannot be undone.", name=judgement.name),
        partial(delete, judgement.id),
        key=judgement.id,
    )


def _show(judgement: Head, found: Summary) -> None:
    day = spoken_day(datetime.fromisoformat(judgement.created).date(), state.language())
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.button(
                plain(judgement.name),
                type="tertiary",
                icon=":material/balance:",
                key=f"open-{judgement.id}",
                on_click=open_judgement,
                args=(judgement.id,),
            )
            words = (
                sentences_judged.said().judge(judgement.judge),
                t(sentences_judged.MODES[judgement.spec.mode]),
                day,
            )
            show_note(" · ".join(words))
        show_note(sentences_judged.said().means(judgement, found), width="content")
        offer_delete(judgement)
