"""Who judges: a model of this machine, or a server by its address, model and key. Not a page.

The key goes from its field to the model host's memory and is wiped from this session in the same step.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components import sentences_judged
from pages.components.navigation import link
from pages.components.text import show_error, show_line, show_note, show_warning, t, tn
from pages.use.partners import describe
from pipeline.actions.judges import connect, local_judges, who
from pipeline.actions.write import Partner
from pipeline.errors import N_, TuneDeskError
from pipeline.judge.judge import JudgeInfo
from pipeline.settings import workspace

HERE, SERVER = "here", "server"
KINDS = {HERE: N_("A model of this machine"), SERVER: N_("A server")}
ADDRESS, KEY, FOUND = "judge-address", "judge-key", "judge-found"
AGAIN, FOUND_AGAIN = "judge-key-again-typed", "judge-key-again-found"
EXAMPLE = "http://localhost:11434/v1"


@dataclass(frozen=True)
class Found:
    """What came of connecting to a server."""

    address: str
    models: tuple[str, ...] = ()
    error: TuneDeskError | None = None


def pick_judge() -> JudgeInfo | None:
    """The choice; None as long as something is missing, which is said."""
    kind = st.segmented_control(
        t("By whom"),
        list(KINDS),
        format_func=lambda one: t(KINDS[one]),
        default=SERVER if workspace().judge_endpoint else HERE,
        required=True,
        label_visibility="collapsed",
        key="judge-by",
        persist_state="session",
    )
    try:
        info = _pick_here() if kind == HERE else _pick_server()
    except TuneDeskError as error:
        show_error(error)
        return None
    if info and (warning := sentences_judged.said().trust(info)):
        show_warning(warning)
    return info


def offer_key(address: str) -> None:
    """A field for the key of a server that is asked already: keys are forgotten after a while."""
    with st.popover(t("Give the key again"), icon=":material/key:"), st.form("judge-key-again", border=False):
        st.text_input(t("Key"), type="password", key=AGAIN, autocomplete="off")
        st.form_submit_button(t("Connect"), icon=":material/link:", on_click=_connect_again, args=(address,))
    found: Found | None = st.session_state.pop(FOUND_AGAIN, None)
    if found and found.error:
        show_error(found.error)
    elif found:
        show_note(t("The server takes it."))


def _pick_here() -> JudgeInfo | None:
    found = _by_name(local_judges())
    if not found:
        show_line(t("There is no model here that writes, and so none that could judge."))
        link("models.py", t("Download one"))
        return None
    chosen = st.selectbox(
        t("Model"),
        list(found),
        format_func=lambda one: f"{found[one].name} · {describe(found[one])}",
        key="judge-local",
        width=420,
        persist_state="session",
    )
    return who(chosen)


def _by_name(judges: Sequence[Partner]) -> dict[str, Partner]:
    """Each by the name that verdicts are kept under; a run whose name another has too, by its id."""
    times = Counter(one.name for one in judges)
    return {one.id if times[one.name] > 1 and one.kind == "run" else one.name: one for one in judges}


def _pick_server() -> JudgeInfo | None:
    with (
        st.form("judge-server", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            t("Address of the server"),
            workspace().judge_endpoint,
            key=ADDRESS,
            placeholder=EXAMPLE,
            width=380,
            help=t("Of any server that speaks OpenAI's language: Ollama, vLLM, llama.cpp, or a hosted one."),
        )
        st.text_input(
            t("Key"),
            type="password",
            key=KEY,
            width=260,
            autocomplete="off",
            help=t("Kept in memory only, and sent to this server alone. Leave it blank where none is needed."),
        )
        st.form_submit_button(t("Connect"), icon=":material/link:", on_click=_connect)
    found: Found | None = st.session_state.get(FOUND)
    if found is None:
        show_note(t("Texts and right answers are sent to this server."))
        return None
    if found.error:
        show_error(found.error)
        return None
    show_note(
        tn("{host} lists {n} model.", "{host} lists {n} models.", len(found.models),
           host=sentences_judged.said().host(found.address))
    )  # fmt: skip
    model = st.selectbox(
        t("Model"),
        found.models,
        index=0 if len(found.models) == 1 else None,
        accept_new_options=True,
        placeholder=t("Choose a model, or type its name"),
        key=f"judge-model-{found.address}",
        width=420,
    )
    return who(model, found.address) if model else None


def _connect() -> None:
    address = st.session_state.get(ADDRESS, "").strip()
    found = _hand_over(KEY, address)
    st.session_state[FOUND] = found if address else None


def _connect_again(address: str) -> None:
    st.session_state[FOUND_AGAIN] = _hand_over(AGAIN, address)


def _hand_over(field: str, address: str) -> Found:
    """Wipe the key from its field, whatever comes of it, and ask the server with it for its models."""
    key = st.session_state.get(field, "")
    st.session_state[field] = ""
    try:
        return Found(address, connect(address, key))
    except TuneDeskError as error:
        return Found(address, error=error)
