"""Export: how do I take the model away, and does it answer the same elsewhere?"""

from typing import Literal

import streamlit as st

from pages.components import sentences, state
from pages.components.bringing import JOB as BRING
from pages.components.bringing import show_outcome
from pages.components.files import safe_name
from pages.components.jobs import job_in_url, watch
from pages.components.text import show_error, show_heading, show_line, show_note, show_section, t
from pipeline.actions.export import start_export
from pipeline.actions.models import start_bring
from pipeline.actions.runs import RunInfo
from pipeline.actions.use import bundle_of
from pipeline.errors import TuneDeskError
from pipeline.export import pretrained, written
from pipeline.inference.saying import kind_of
from pipeline.jobs import JobInfo
from pipeline.runs.bundle import BundleInfo, read_info

JOB = "export"  # parameter in the URL: a refresh shows how far it is


def show_download(job: JobInfo | None, info: BundleInfo) -> None:
    """What was made, the proof that it answers the same, and the file itself; nothing before it is there."""
    if job is None or "path" not in job.result:
        return
    result = job.result
    proved = {"size": sentences.size(result["bytes"]), "parity": f"{result['parity']:.1e}"}
    if info.pretrained:
        show_line(
            t(
                "{size}. Checked: loaded with transformers alone, what is hidden of test rows surprises it as much, up "
                "to {parity} bits a token.",
                **proved,
            )
        )
    elif info.format:
        show_line(
            t(
                "{size}. Checked: asked by transformers alone, it reads the same tokens and is as sure of the right "
                "answers, up to {parity} bits a character.",
                **proved,
            )
        )
    else:
        show_line(
            t(
                "{size}. Checked: loaded with transformers alone, its probabilities differ by at most {parity}.",
                **proved,
            )
        )
    # Not a download button: that would hold the whole model in the server's memory.
    st.link_button(t("Download"), f"api/exports/{job.id}", type="primary", icon=":material/download:")


def example(info: BundleInfo, folder: str) -> str:
    """A program that uses the exported folder, for what this model reads and answers."""
    if info.pretrained:
        encoder = written.has_encoder(bundle_of(info.run))
        return pretrained.program(info, folder, t("The beginning of a text"), encoder=encoder)
    if info.format:
        encoder = written.has_encoder(bundle_of(info.run))
        return written.program(info, folder, t("What it is to do"), t("What that is about"), encoder=encoder)
    text, first, second = t("The text to label"), t("The one text"), t("The other text")
    asked = f'{{"text": "{first}", "text_pair": "{second}"}}' if info.second else f'"{text}"'
    more = {
        "class": "",
        "labels": ', top_k=None, function_to_apply="sigmoid"',
        "number": ', function_to_apply="none"',
    }[kind_of(info)]
    return (
        "from transformers import pipeline\n\n"
        f'classify = pipeline("text-classification", model="{folder}")\n'
        f"print(classify({asked}, truncation=True{more}))"
    )


def show_keep(run: RunInfo, info: BundleInfo) -> None:
    """The trained model as a base model that others are trained from: first to read, then to label, write or prefer."""
    purpose = t("Kept under a name of its own, it stands among the base models, for another file or for preferences.")
    if info.pretrained:
        purpose = t("Kept under a name of its own, it stands among the base models, to learn your labels or answers.")
    with st.container(border=True):
        show_section(t("Train on from this model"), purpose)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(t("Name"), value=safe_name(run.name, ""), key="keep_name", width=320, max_chars=80)
            kind: Literal["primary", "secondary"] = "primary" if info.pretrained else "secondary"
            kept = st.button(t("Keep as a base model"), type=kind, icon=":material/deployed_code:", key="keep")
        if kept and name.strip():
            try:
                st.query_params[BRING] = start_bring(bundle_of(run.id), name.strip())
            except TuneDeskError as error:
                show_error(error)
        if BRING in st.query_params:
            show_outcome(st.query_params[BRING])


run = state.pick_run(finished=True)
info = read_info(bundle_of(run.id))
show_heading(
    t("Take the model with you"),
    t("The file holds everything that is needed to run {run} elsewhere, without TuneDesk.", run=run.name),
)
if info.pretrained:  # what most people want of it
    show_keep(run, info)
with st.container(border=True):
    show_section(
        t("Hugging Face folder (zip)"),
        t("For Python with the library transformers, on any machine. Weights as safetensors, nothing that runs code."),
    )
    job = ""
    try:
        if job := job_in_url(JOB, run.id):
            show_download(watch(job), info)
    except TuneDeskError as error:
        show_error(error)
        job = ""
    if not job and st.button(
        t("Make the file"),
        type="secondary" if info.pretrained else "primary",
        icon=":material/archive:",
        key="make",
    ):
        st.query_params[JOB] = start_export(run.id, "hf")
        st.rerun()

folder = safe_name(run.name, "")
show_section(t("Use it in a few lines"), t("Unpack the zip into a folder called {folder}.", folder=folder))
st.code(example(info, folder), language="python")
if info.thresholds:
    show_note(t("Each label has a threshold of its own; they stand in the file tunedesk.json of the folder."))
if info.template and not info.format:
    show_note(t("The model was trained on several columns. Join the cells of a row in this way:"))
    st.code(info.template, language=None)
if not info.pretrained:
    show_keep(run, info)
