"""Home: where was I? Runs that are going on, the last results, and a sample to start with."""

import streamlit as st

from pages.components import cards, state
from pages.components.models import offer_starters
from pages.components.navigation import go
from pages.components.text import show_error, show_heading, show_note, show_section, t, tn
from pipeline.actions.runs import list_runs
from pipeline.actions.samples import Sample, import_sample, samples
from pipeline.errors import TuneDeskError

LAST_RESULTS = 6


def start_with(sample: Sample) -> None:
    """Import the sample, unless it is there, and show it on the Data page."""
    try:
        with st.spinner(t("Reading the sample …")):
            dataset = import_sample(sample.name)
    except TuneDeskError as error:
        show_error(error)
        return
    state.choose_dataset(dataset.id)
    go("data/read.py", dataset=dataset.id)


runs = list_runs()
active = [run for run in runs if not run.over]
over = [run for run in runs if run.over]
if active:
    show_heading(tn("{n} run is going on", "{n} runs are going on", len(active)))
    cards.show_active()
elif over:
    show_heading(t("Nothing is running. Here is what you have so far."))
else:
    show_heading(
        t("Turn a table of texts and labels into a model that fills in the rest"),
        t(
            "Bring a file with a column of texts and a column of labels, or start with a sample. "
            "Nothing leaves this computer."
        ),
    )
if over:
    show_section(t("Last results"))
    cards.show_results(over[:LAST_RESULTS])
    if len(over) > LAST_RESULTS:
        show_note(t("Older runs: choose one in the bar at the top."))
    show_section(t("Start something new"))
if st.button(t("Start with your own file"), type="primary", icon=":material/upload_file:", key="own"):
    go("data/read.py", **{state.NEW: "file"})
show_note(t("Or with a sample that comes with TuneDesk:"))
with st.grid(3, min_column_width=260):
    for sample in samples():
        with st.container(border=True, height="stretch"):
            show_section(t(sample.title))
            show_note(t(sample.description))
            st.space("stretch")
            if st.button(t("Start with this"), key=f"sample-{sample.name}", icon=":material/play_arrow:"):
                start_with(sample)
offer_starters()
