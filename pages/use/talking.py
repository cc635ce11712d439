"""A conversation on the page: messages, answers as they come, and under each how it was written."""

import streamlit as st

from pages.components.sentences import percent
from pages.components.text import (
    show_error,
    show_markup,
    show_note,
    show_problem,
    show_text,
    show_verbatim,
    show_warning,
    t,
    tn,
)
from pages.use import sureness
from pages.use.answers import show_said
from pages.use.partners import describe
from pages.use.votes import can_be_compared, show_vote
from pipeline.actions.talk import Answer, Exchange, Talk
from pipeline.actions.use import bundle_of
from pipeline.errors import N_, TuneDeskError
from pipeline.runs.bundle import read_info

LOOK_SECONDS = 0.2  # between two looks at an answer that is being written: it flows, and costs a few milliseconds each
REASONS = {
    "end": N_("ended by itself"),
    "length": N_("cut at the longest length allowed"),
    "context": N_("cut: the model can read no more"),
}
_STYLE = """<style>
[class*="st-key-asked-"] [data-testid="stText"] { padding: 0.6rem 1rem; border-radius: 0.9rem;
  background: color-mix(in srgb, #2f6db5 18%, transparent); }
[class*="st-key-asked-"] { padding-left: 12%; }
</style>"""
_LARGE = """<style>
.st-key-talk [data-testid="stText"] { font-size: 1.6rem; line-height: 1.55; }
.st-key-talk .td-said { font-size: 1.4rem; }
.st-key-bar { display: none; }
</style>"""


def show_talk(talk: Talk, *, large: bool) -> None:
    """All that was said; what is being written flows by itself. ``large``: for people far from the screen."""
    show_markup(_STYLE + (_LARGE if large else ""))
    writing = talk.writing  # asked once: it may end at any moment, and the last message stands in one of the two places
    with st.container(key="talk"):
        done = talk.exchanges[:-1] if writing else talk.exchanges
        for place, exchange in enumerate(done):
            _show_exchange(exchange, place, large=large)
        if writing:
            _show_asked(talk.exchanges[-1], len(done))
            _show_writing(talk)


@st.fragment(run_every=LOOK_SECONDS)
def _show_writing(talk: Talk) -> None:
    """The answers that are being written; the page is drawn anew once they are complete."""
    talk.look()
    if not talk.writing:
        st.rerun()
    for answer, column in zip(talk.exchanges[-1].answers, _columns(talk.exchanges[-1]), strict=True):
        with column, st.container(border=True, height="stretch"):
            show_note(f"{answer.partner.name} · {describe(answer.partner)}")
            show_text(f"{answer.text}▌" if answer.state == "writing" else answer.text)
            show_note(_going_on(answer))
    if st.button(t("Stop"), icon=":material/stop_circle:", key="stop"):
        talk.stop()
        st.rerun()


def _show_exchange(exchange: Exchange, place: int, *, large: bool) -> None:
    _show_asked(exchange, place)
    for side, (answer, column) in enumerate(zip(exchange.answers, _columns(exchange), strict=True)):
        with column, st.container(border=True, height="stretch"):
            show_note(f"{answer.partner.name} · {describe(answer.partner)}")
            _show_answer(answer, f"{place}-{side}")
            if not large:
                _show_below(answer, f"{place}-{side}")
    if can_be_compared(exchange, place):
        show_vote(exchange)


def _show_asked(exchange: Exchange, place: int) -> None:
    with st.container(key=f"asked-{place}", horizontal_alignment="right"):
        st.text(exchange.asked, width="content")


def _show_answer(answer: Answer, key: str) -> None:
    if answer.error:
        show_error(answer.error)
    elif answer.state == "failed":
        show_problem(t("Something went wrong that should not have. It stands in the server's log."))
    elif answer.label:
        try:
            show_said(answer.label, read_info(bundle_of(answer.partner.id)), key=f"said-{key}")
        except TuneDeskError as error:  # the run was deleted meanwhile
            show_error(error)
    else:
        show_text(answer.text or "–")


def _show_below(answer: Answer, key: str) -> None:
    """How it was written, how sure the model was, and what it read."""
    if answer.prompt is None:
        return
    show_note(_facts(answer))
    if answer.prompt.left_out:
        show_warning(
            tn(
                "{n} message at the beginning was left out: the model cannot read so much at once.",
                "{n} messages at the beginning were left out: the model cannot read so much at once.",
                answer.prompt.left_out,
            )
        )
    mean = sureness.mean_sureness(answer.tokens)
    if mean is not None:
        label = t("How sure the model was of each word: {share} on average", share=percent(mean))
        part = st.expander(label, type="compact", on_change="rerun", key=f"sure-{key}")
        if part.open:
            with part:
                show_markup(sureness.markup(answer.tokens))
    part = st.expander(t("The prompt as sent"), type="compact", on_change="rerun", key=f"prompt-{key}")
    if part.open:
        with part:
            show_verbatim(answer.prompt.prompt)


def _going_on(answer: Answer) -> str:
    if answer.state != "writing":
        return ""
    if answer.prompt is None:
        return t("The model is being loaded …")
    if not answer.tokens:
        return tn("Reading {n} token …", "Reading {n} tokens …", answer.prompt.tokens)
    return t("{rate} tokens a second", rate=f"{answer.rate:.1f}")


def _facts(answer: Answer) -> str:
    why = t(REASONS[answer.end.reason]) if answer.end else t("stopped")
    count = tn("{n} token", "{n} tokens", len(answer.tokens))
    rate = t("{rate} tokens a second", rate=f"{answer.rate:.1f}")
    return f"{count} · {rate} · {why}"


def _columns(exchange: Exchange) -> list[st.delta_generator.DeltaGenerator]:
    return st.columns(len(exchange.answers), gap="medium")
