"""Bringing a base model as a folder or zip: the form, and how the check went."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from pages.components.jobs import watch
from pages.components.text import show_error, show_note, show_success, t
from pipeline.actions.models import start_bring
from pipeline.errors import TuneDeskError

JOB = "bring"  # parameter in the URL: id of the job that checks what was brought
PREFIX = "tunedesk-model-"
UPLOADED = "brought_upload"  # the temporary folder of an upload, removed when the job is over


def show_bring() -> None:
    """The form; after it, the progress and the outcome of what was brought last."""
    with st.form("bring", border=True):
        name = st.text_input(t("Name"), help=t("What it is called in the list of base models."), key="bring_name")
        path = st.text_input(
            t("Folder or zip on this machine"), placeholder="/home/me/models/roberta", key="bring_path"
        )
        zipped = st.file_uploader(t("Or upload a zip"), type=["zip"], key="bring_zip")
        sent = st.form_submit_button(t("Check and add"), icon=":material/add:")
    if sent:
        _begin(name.strip(), path.strip(), zipped)
    if JOB in st.query_params:
        show_outcome(st.query_params[JOB])


def _begin(name: str, path: str, zipped: Any) -> None:
    if not name or not (path or zipped):
        show_note(t("Give it a name, and say where the folder or zip is."))
        return
    try:
        st.query_params[JOB] = start_bring(_keep(zipped) if zipped else Path(path).expanduser(), name)
    except TuneDeskError as error:
        show_error(error)


def _keep(zipped: Any) -> Path:
    """The upload as a file that the job can read; the browser's name for it is not used."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    st.session_state[UPLOADED] = str(folder)
    with (folder / "model.zip").open("wb") as file:
        shutil.copyfileobj(zipped, file)
    return folder / "model.zip"


def show_outcome(job_id: str) -> None:
    """How far the job is that brings a model, and what came of it."""
    try:
        job = watch(job_id)
    except TuneDeskError as error:
        _forget_upload()
        show_error(error)
        return
    if job:
        _forget_upload()
    if job and "model" in job.result:
        show_success(t("{model} is ready.", model=job.result["model"]))


def _forget_upload() -> None:
    folder = st.session_state.pop(UPLOADED, None)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
