"""Runs as cards: those that go on, refreshed by themselves, and those that are over."""

from collections.abc import Sequence

import streamlit as st

from pages.components import sentences, sentences_plan, sentences_runs
from pages.components.navigation import link
from pages.components.text import plain, show_note
from pipeline.actions.runs import RunInfo, list_runs

REFRESH_SECONDS = 2.0


@st.fragment(run_every=REFRESH_SECONDS)
def show_active() -> None:
    """One card for every run that goes on; the page is drawn anew when one of them ends."""
    active = [run for run in list_runs() if not run.over]
    seen = st.session_state.get("active_runs")
    st.session_state["active_runs"] = {run.id for run in active}
    if seen is not None and seen - st.session_state["active_runs"]:
        st.rerun()
    for run in active:
        with st.container(border=True):
            link("train/monitor.py", run.name, run=run.id)
            st.progress(sentences_runs.share(run), text=plain(sentences_runs.going_on(run)))
            show_note(f"{run.dataset_name} · {run.base_model} · {sentences_plan.preset(run.preset)}")


def show_results(runs: Sequence[RunInfo]) -> None:
    """One card for every run, its score first."""
    with st.grid(3, min_column_width=260):
        for run in runs:
            with st.container(border=True, height="stretch"):
                link("results/report.py" if run.has_model else "train/monitor.py", run.name, run=run.id)
                name, value = sentences.score(run.metrics)
                if name:
                    st.metric(name, value)
                if beside := sentences.beside_score(run.metrics):
                    show_note(beside)
                show_note(sentences.verdict(run.verdict, run.metrics) or sentences_runs.state(run))
                st.space("stretch")
                show_note(
                    f"{run.dataset_name} · {run.base_model} · {sentences_plan.preset(run.preset)} · "
                    + sentences.moment(run.ended or run.created, st.context.timezone_offset)
                )
