"""A file that somebody brings: the uploader, a path on the server, and how far the reading of a large one is.

Not a page: whatever page asks for a file draws it through this.
"""

import os
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.jobs import watch
from pages.components.text import plain, show_error, show_note, t
from pipeline.actions.bring_file import SUFFIXES, Arrival, import_name, resolve_allowed, start_import, take_upload
from pipeline.data.source import Source, load_source
from pipeline.errors import TuneDeskError
from pipeline.settings import workspace

READING = "import"  # parameter in the URL: id of the job that reads a file, so that a refresh takes it up again
_REFUSED = "refused_upload"  # why the file that this session has just brought was not taken
_TIMES = "uploads"  # how often this session has uploaded; part of the widget's key


def upload(label: str, parameter: str = READING) -> Source | None:
    """Draw the uploader or, while a large file is read, how far that is. The Source once there is one.

    Args:
        label: what is asked for, already translated.
        parameter: keeps the job in the URL; each uploader of a page needs one of its own.
    """
    if parameter in st.query_params and (source := follow(parameter)):
        return source
    if parameter in st.query_params:
        return None
    times = st.session_state.get(_TIMES, 0)
    file = st.file_uploader(label, type=SUFFIXES, key=f"{parameter}-{times}")
    if file is None:
        if refused := st.session_state.pop(_REFUSED, None):
            show_error(refused)
        return _from_server(parameter)
    # The next run of the page draws an empty uploader.
    st.session_state[_TIMES] = times + 1
    try:
        arrival = take_upload(file, file.name)
    except TuneDeskError as error:
        # At once: what somebody brings into the uploader of before would be lost without a word.
        st.session_state[_REFUSED] = error
        st.rerun()
    finally:
        _forget(file)
    return settle(arrival, parameter)


def settle(arrival: Arrival, parameter: str = READING) -> Source | None:
    """The Source where the file was read at once; else the page runs again and shows how far the job is."""
    if arrival.source is None:
        st.query_params[parameter] = arrival.job
        st.rerun()
    return arrival.source


def follow(parameter: str) -> Source | None:
    """How far the job of the URL is; the Source once it is over. A job that is over is forgotten, its error shown."""
    job_id = st.query_params[parameter]
    try:
        import_name(job_id)
        job = watch(job_id)
        if job is None:
            return None
        source = load_source(job.result["source"]) if "source" in job.result else None
    except TuneDeskError as error:
        show_error(error)
        source = None
    else:
        if source is None:
            show_note(t("Stopped. Nothing was kept of the file."))
    del st.query_params[parameter]
    return source


def show_limit() -> None:
    """How files come that are too large to upload, where no administrator has said so yet."""
    if not workspace().import_folders:
        show_note(
            t(
                "For files above {limit} MB, whoever runs this server can allow folders to be read from: set {setting} "
                "to their paths (between two of them stands “{separator}”).",
                limit=st.get_option("server.maxUploadSize"),
                setting="TUNEDESK_IMPORT_FOLDERS",
                separator=os.pathsep,
            )
        )


def _from_server(parameter: str) -> Source | None:
    """A path instead of an upload, where an administrator allows it."""
    folders = workspace().import_folders
    if not folders:
        return None
    with st.popover(plain(t("A file on the server, of any size")), icon=":material/folder_open:"):
        with st.form(f"path-{parameter}", border=False):
            text = st.text_input(
                t("Path on the server"),
                placeholder=str(folders[0] / "tickets.csv"),
                help=t(
                    "For files above {limit} MB, or those that are there already.",
                    limit=st.get_option("server.maxUploadSize"),
                ),
            )
            sent = st.form_submit_button(t("Read it"), icon=":material/description:")
        show_note(t("Files may be read from: {folders}", folders=", ".join(map(str, folders))))
        if sent and text.strip():
            try:
                path = resolve_allowed(text.strip())
            except TuneDeskError as error:
                show_error(error)
                return None
            return settle(Arrival(job=start_import(path, path.name)), parameter)
    return None


def _forget(file: Any) -> None:
    """Let go of the bytes: Streamlit itself keeps them in the server's memory until the tab is closed."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    file.close()
