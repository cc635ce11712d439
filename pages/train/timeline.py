"""When a run came into which state, as a row of small badges under the heading. Not a page."""

from itertools import pairwise
from typing import Literal

import streamlit as st

from pages.components import sentences, sentences_runs
from pages.components.text import plain, show_note, t, tn
from pipeline.actions.runs import timeline
from pipeline.jobs import Moment

# Runs that were resumed many times have long stories; their end is what matters.
SHOWN = 8

Colour = Literal["gray", "blue", "orange", "green", "red"]
COLOURS: dict[str, Colour] = {
    "running": "blue", "stalled": "orange", "stopping": "orange", "finished": "green", "failed": "red",
}  # fmt: skip
ICONS = {
    "queued": ":material/hourglass_empty:", "starting": ":material/rocket_launch:", "running": ":material/school:",
    "stalled": ":material/pause_circle:", "stopping": ":material/front_hand:", "stopped": ":material/stop_circle:",
    "finished": ":material/check_circle:", "failed": ":material/error:",
}  # fmt: skip


def show_timeline(run_id: str) -> None:
    """One badge for each state: its name, since when by the reader's clock, and how long it lasted."""
    moments = timeline(run_id)
    if len(moments) > SHOWN:
        show_note(tn("Earlier: {n} change more", "Earlier: {n} changes more", len(moments) - SHOWN))
    with st.container(horizontal=True, gap="small"):
        for moment, until in pairwise((*moments[-SHOWN:], None)):
            st.badge(
                plain(_words(moment, until)), icon=ICONS[moment.state], color=COLOURS.get(moment.state, "gray"),
                help=plain(t(moment.note)) if moment.note else None,
            )  # fmt: skip


def _words(moment: Moment, until: Moment | None) -> str:
    clock = sentences.clock(moment.since, st.context.timezone_offset)
    name = t(sentences_runs.STATES[moment.state])
    if until is None:
        return t("{state} since {clock}", state=name, clock=clock) if moment.state in GOING_ON else f"{name} {clock}"
    lasted = sentences.duration((until.since - moment.since).total_seconds())
    return t("{state} {clock}, for {time}", state=name, clock=clock, time=lasted)


GOING_ON = ("queued", "starting", "running", "stalled", "stopping")
