"""The bar at the top of every page: which dataset, which run, which language. Choosing here changes all pages."""

import streamlit as st

from pages.components import sentences_runs, state
from pages.components.language import language_switch
from pages.components.text import t, told_apart
from pipeline.actions.data import list_datasets
from pipeline.actions.runs import RunInfo, list_runs

DATASET_KEY, RUN_KEY = "bar_dataset", "bar_run"


def show_bar() -> None:
    """Draw the bar; a part of which there is nothing yet is left out."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        _dataset()
        _run()
        st.space("stretch")
        language_switch()


def _dataset() -> None:
    names = {dataset.id: dataset.name for dataset in list_datasets()}
    current = state.current_dataset()
    if not names:
        return
    if current and current.id not in names:
        names[current.id] = t("{name}, earlier version", name=current.name)
    names = told_apart(names)
    st.session_state[DATASET_KEY] = current.id if current else None
    st.selectbox(
        t("Current dataset"),
        list(names),
        format_func=lambda key: names.get(key, key),
        key=DATASET_KEY,
        placeholder=t("No dataset chosen"),
        on_change=lambda: state.choose_dataset(st.session_state[DATASET_KEY]),
        icon=":material/table_chart:",
        label_visibility="collapsed",
        width=260,
    )


def _run() -> None:
    names = {run.id: f"{_standing(run)} · {run.name}" for run in list_runs()}
    current = state.current_run()
    if not names:
        return
    st.session_state[RUN_KEY] = current.id if current else None
    st.selectbox(
        t("Current run"),
        list(names),
        format_func=lambda key: names.get(key, key),
        key=RUN_KEY,
        placeholder=t("No run chosen"),
        on_change=lambda: state.choose_run(st.session_state[RUN_KEY]),
        icon=":material/model_training:",
        label_visibility="collapsed",
        width=380,
    )


def _standing(run: RunInfo) -> str:
    """The bar is not drawn anew while a run goes on, so it says nothing that would grow old."""
    return sentences_runs.outcome(run) if run.over else t("under way")
