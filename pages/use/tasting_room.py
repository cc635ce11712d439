"""One tasting: opened for a room, watched while the votes come in, and what came of it. Not a page."""

from html import escape

import segno
import streamlit as st

from pages.components.confirm import confirm
from pages.components.navigation import link
from pages.components.sentences import HOUR
from pages.components.text import (
    show_error,
    show_heading,
    show_markup,
    show_note,
    show_section,
    show_success,
    show_text,
    show_verbatim,
    show_warning,
    t,
    tn,
)
from pages.use.tasting_tally import markup
from pages.use.votes import show_kept
from pipeline.actions import tasting as actions
from pipeline.actions.preferences import list_preferences
from pipeline.actions.tasting import LOOPBACK, OPEN_SECONDS, Door, Tally, Tasting
from pipeline.errors import TuneDeskError

TASTING = "tasting"  # parameter in the URL: a refresh finds the tasting again
LARGE, NAMES = "tasting-large", "tasting-names"
LOOK_SECONDS = 1.0  # between two looks at the votes
_LARGE = """<style>
.st-key-bar { display: none; }
.st-key-tasting-link code { font-size: 1.3rem; }
</style>"""


def show_tasting(tasting: Tasting) -> None:
    """What can be done with it now: open it, watch it, or keep what came of it."""
    door = actions.door_of(tasting.id)
    if actions.is_over(tasting.id):
        _show_result(tasting)
    elif door:
        _show_open(tasting, door)
    else:
        _show_ready(tasting)


def _show_ready(tasting: Tasting) -> None:
    show_heading(
        t("The answers are written"),
        tn("{n} prompt, two answers each.", "{n} prompts, two answers each.", len(tasting.pairs)),
    )
    if tasting.same:
        show_warning(
            tn(
                "{n} prompt was left out: both answers are the same, or one is blank.",
                "{n} prompts were left out: both answers are the same, or one is blank.",
                len(tasting.same),
            )
        )
    address = st.selectbox(
        t("Open it under this address of the machine"),
        actions.addresses(),
        format_func=lambda one: (
            t("{address}, this machine alone: to try it out", address=one) if one == LOOPBACK else one
        ),
        key="tasting-address",
        width=420,
    )
    if address != LOOPBACK:
        show_warning(
            t(
                "Everybody in the same network who has the link can read these answers and vote, and who wants to can "
                "vote more than once. Nothing else of this machine is shown. A firewall may have to let it through."
            )
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("Open the tasting"), type="primary", icon=":material/sensors:", key="open"):
            try:
                actions.open_door(tasting, address)
            except TuneDeskError as error:
                show_error(error)
            else:
                st.rerun()
        if actions.tally(tasting).phones and st.button(t("Close for good"), icon=":material/done_all:", key="close"):
            _close(tasting)
        _show_way_back()
        st.space("stretch")
        _show_delete(tasting)
    show_note(
        t("It closes by a click, when the server ends, and by itself after {n} hours.", n=round(OPEN_SECONDS / HOUR))
    )
    _show_answers(tasting, names=False)


def _show_open(tasting: Tasting, door: Door) -> None:
    large = st.session_state.get(LARGE, False)
    if large:
        show_markup(_LARGE)
    show_heading(t("Which answer is better?"), "" if large else t("Open the link with your phone and tap."))
    code, votes = st.columns([2, 3], gap="large", vertical_alignment="center")
    with code:
        show_markup(_code(door.link(tasting), large=large))
        with st.container(key="tasting-link"):
            show_verbatim(door.link(tasting))
    with votes:
        _show_votes(tasting)
    with st.container(horizontal=True, vertical_alignment="center", key="tasting-controls"):
        if st.button(t("Close for good"), type="primary", icon=":material/done_all:", key="close"):
            _close(tasting)
        st.toggle(t("Show the names"), key=NAMES, help=t("Otherwise they are shown once it is closed."))
        st.toggle(t("Presentation"), key=LARGE, help=t("Large type, for a room."), persist_state="session")


@st.fragment(run_every=LOOK_SECONDS)
def _show_votes(tasting: Tasting) -> None:
    """The bars, drawn anew every second; once it is over, the page is."""
    if actions.door_of(tasting.id) is None:
        st.rerun()
    tally = actions.tally(tasting)
    large = st.session_state.get(LARGE, False)
    show_markup(markup(tasting, tally, names=st.session_state.get(NAMES, False), large=large))


def _show_result(tasting: Tasting) -> None:
    tally = actions.tally(tasting)
    show_heading(_verdict(tally, tasting), _why(tally))
    show_markup(markup(tasting, tally, names=True, large=False))
    with st.container(horizontal=True, vertical_alignment="center"):
        if tally.phones and st.button(
            t("Keep these votes as preferences"),
            type="primary",
            icon=":material/bookmark_add:",
            key="keep",
            help=t("Of each prompt, the answer that most found better: a model can learn to prefer such answers."),
        ):
            st.session_state[_kept_key(tasting)] = actions.keep_preferences(tasting)
        if tally.phones:
            link("results/judge.py", t("Have a model judge these answers, too"), tasted=tasting.id)
        _show_way_back()
        st.space("stretch")
        _show_delete(tasting)
    _show_what_was_kept(tasting)
    _show_answers(tasting, names=True)


def _verdict(tally: Tally, tasting: Tasting) -> str:
    if not tally.phones:
        return t("Nobody has voted")
    if tally.preferred is None:
        return t("No clear preference")
    return t("The answers of {name} were liked better", name=tasting.models[tally.preferred])


def _why(tally: Tally) -> str:
    if tally.phones and tally.preferred is None:
        return t("So few votes can come out like this by chance: the interval spans 50%.")
    return ""


def _show_what_was_kept(tasting: Tasting) -> None:
    kept = st.session_state.get(_kept_key(tasting))
    if kept is None:
        return
    words = [
        tn("{n} preference is kept of this tasting.", "{n} preferences are kept of this tasting.", kept.preferences)
    ]
    if kept.ties:
        words.append(tn("{n} prompt ended in a tie: left out.", "{n} prompts ended in a tie: left out.", kept.ties))
    if kept.silent:
        words.append(tn("{n} prompt got no vote: left out.", "{n} prompts got no vote: left out.", kept.silent))
    show_success(" ".join(words))
    show_kept(len(list_preferences()))


def _show_answers(tasting: Tasting, *, names: bool) -> None:
    part = st.expander(t("The answers"), type="compact", on_change="rerun", key=f"answers-{tasting.id}")
    if not part.open:
        return
    with part:
        for pair in tasting.pairs:
            with st.container(border=True):
                show_text(pair.prompt)
                for letter, name, answer, column in zip("AB", tasting.models, pair.answers, st.columns(2), strict=True):
                    with column:
                        show_note(f"{letter} · {name}" if names else letter)
                        show_text(answer)
        if tasting.same:
            show_section(t("Left out: both answers are the same, or one is blank"))
            for prompt in tasting.same:
                show_text(prompt)


def _show_way_back() -> None:
    if st.button(t("All tastings"), icon=":material/arrow_back:", type="tertiary", key="all-tastings"):
        st.query_params.pop(TASTING)
        st.rerun()


def _show_delete(tasting: Tasting) -> None:
    def delete() -> None:
        actions.delete_tasting(tasting.id)
        st.query_params.pop(TASTING)

    confirm(
        t("Delete"),
        t(
            "The answers and the votes of this tasting are deleted; preferences that were kept stay. This cannot be "
            "undone."
        ),
        delete,
        key=tasting.id,
    )


def _close(tasting: Tasting) -> None:
    actions.close(tasting.id)
    st.session_state[LARGE] = False
    st.rerun()


def _kept_key(tasting: Tasting) -> str:
    return f"tasting-kept-{tasting.id}"


def _code(link: str, *, large: bool) -> str:
    """The link as a QR code, dark on white in both themes: cameras expect it so, with a white edge of four modules."""
    picture = segno.make(link, error="m", micro=False).svg_data_uri(scale=8, border=4, dark="#000000", light="#ffffff")
    label = escape(t("QR code with the link"))
    style = f"width: 100%; max-width: {34 if large else 26}rem; border-radius: .6rem"
    return f'<img src="{picture}" alt="{label}" style="{style}">'
