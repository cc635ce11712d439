"""Storage: what takes up disk space, and what can go?"""

from functools import partial

import streamlit as st

from pages.components import sentences, sentences_runs
from pages.components.confirm import confirm
from pages.components.text import show_heading, show_line, show_note, show_section, t
from pipeline.actions.data import delete_dataset, list_datasets
from pipeline.actions.runs import delete, list_runs
from pipeline.actions.storage import StorageRow, empty, free_bytes, usage

MARGIN = 5_000_000_000  # bytes; with less free, a training with a large model may not find room


def show_row(row: StorageRow) -> None:
    """One kind of thing, its size, and the button where it can be made again."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show_line(t(row.title))
        show_note(f"{sentences.size(row.bytes) if row.bytes else '0 MB'} · {row.entries:,}")
        if row.can_empty:
            confirm(
                t("Empty"),
                t("Remove {what}? What is needed again is computed or asked for again.", what=t(row.title)),
                partial(empty, row.kind),
                key=f"empty-{row.kind}",
                disabled=not row.entries,
            )


rows = usage()
used = sum(row.bytes for row in rows)
show_heading(
    t("{used} in use, {free} free", used=sentences.size(used), free=sentences.size(free_bytes())),
    t("Everything lies in one folder on this machine. What you brought or trained stays until you delete it."),
)
if free_bytes() < MARGIN:
    show_line(t("The disk is nearly full. Empty what can be made again, or delete runs that you do not need."))

kept, spare = st.columns(2, gap="large")
with kept, st.container(border=True, height="stretch"):
    show_section(t("Yours"))
    for row in rows:
        if not row.can_empty:
            show_row(row)
with spare, st.container(border=True, height="stretch"):
    show_section(t("Can be made again"), t("Emptying it loses nothing but time."))
    for row in rows:
        if row.can_empty:
            show_row(row)

show_section(t("Runs"), t("A run keeps its model, its measurements and its checkpoints."))
runs = list_runs()
if not runs:
    show_note(t("There are no runs."))
for run in runs:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show_line(run.name)
        show_note(f"{sentences_runs.outcome(run)} · {sentences.moment(run.created, st.context.timezone_offset)}")
        confirm(
            t("Delete"),
            t("Delete the run {run} with its model? This cannot be undone.", run=run.name),
            partial(delete, run.id),
            key=f"run-{run.id}",
            disabled=not run.over,
        )

show_section(t("Datasets"), t("Deleting one leaves its runs as they are."))
datasets = list_datasets()
if not datasets:
    show_note(t("There are no datasets."))
for dataset in datasets:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        show_line(dataset.name)
        show_note(sentences.moment(dataset.created, st.context.timezone_offset))
        confirm(
            t("Delete"),
            t("Delete the dataset {dataset}? The runs that were trained on it stay.", dataset=dataset.name),
            partial(delete_dataset, dataset.id),
            key=f"dataset-{dataset.id}",
        )
