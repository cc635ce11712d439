"""The steps of filling a file: choose it, start, wait, see what came of it. Not a page; ``fill.py`` draws it."""

from pathlib import Path

import streamlit as st

from pages.components import sentences
from pages.components.jobs import watch
from pages.components.text import plain, show_heading, show_note, show_problem, show_section, show_warning, t, tn
from pages.data.upload import upload
from pages.use import asking
from pages.use.filled import read_filled, show_filled, show_threshold
from pipeline.actions.jobs import job_info
from pipeline.actions.runs import RunInfo
from pipeline.actions.use import rows_to_fill, seconds_to_write, start_fill
from pipeline.data.source import Source, load_source
from pipeline.inference.saying import kind_of
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import load_spec
from pipeline.runs.store import get_job
from pipeline.settings import workspace

JOB = "job"  # parameter in the URL, so that a refresh or a closed browser loses nothing
UPLOADED = "to_fill"  # id of the Source that this session has brought


def show_job(job_id: str, info: BundleInfo) -> None:
    """How far the job is, then what came of it.

    Raises:
        TuneDeskError: no such job, it failed, or its file is gone.
    """
    request = get_job(job_id).request
    source = load_source(request["source"])
    if not job_info(job_id).over:
        show_heading(
            t("Filling {name}", name=source.name),
            t("You may close this page: the work goes on, and its link leads back."),
        )
    job = watch(job_id)
    if job is None:
        return
    if "path" not in job.result:
        show_heading(t("Stopped before the end"), t("Nothing was written."))
        return
    if job.state == "stopped":
        show_warning(t("Stopped before the end. What was written until then is kept: fill this file to go on."))
    new_cells = Path(request.get("new_cells", ""))  # jobs of earlier versions kept none
    filled = read_filled(source, info, Path(job.result["path"]), new_cells)
    show_filled(filled, source, job.result)
    if filled.labels and kind_of(info) != "number" and not info.format:
        show_section(t("How sure must it be?"))
        threshold = show_threshold(info.run, filled, request["threshold"], key=f"threshold-{job_id}")
        if st.button(t("Fill again with this threshold"), disabled=threshold == request["threshold"]):
            _begin(source, info, threshold)


def show_choices(run: RunInfo, info: BundleInfo) -> None:
    """The blank cells of the training file by one click, or another file."""
    show_heading(_title(info), _promise(run, info))
    training = load_source(load_spec(workspace().runs / info.run).view.source)
    blank = rows_to_fill(info.run, training.id)
    if blank:
        with st.container(border=True):
            show_section(t("The file it was trained on"), training.name)
            threshold = _ask_how(info, blank)
            label = tn("Fill {n} blank cell", "Fill the {n} blank cells", blank)
            if info.dialogue:
                label = tn("Answer {n} conversation", "Answer the {n} conversations", blank)
            if st.button(plain(label), type="primary", icon=":material/edit_note:", key="fill"):
                _begin(training, info, threshold)
    elif info.format:
        show_note(t("Every row of the training file has an answer already. Bring another file with the same columns."))
    else:
        show_note(t("Every row of the training file has a label already. Bring another file with the same columns."))
    with st.container(border=True):
        show_section(t("Another file"), t("It needs these columns: {columns}", columns=", ".join(_texts(info))))
        _show_upload(info)


def _title(info: BundleInfo) -> str:
    if info.format:
        return t("Let the model write the answers")
    if kind_of(info) == "number":
        return t("Let the model fill in the numbers")
    return t("Let the model fill in the labels")


def _ask_how(info: BundleInfo, rows: int) -> float:
    """What can be said before filling, and how sure the model must be."""
    if info.format:
        _show_time(info, rows)
        return 0.0
    if kind_of(info) == "number":
        show_note(asking.typical_error(info))
        return 0.0
    return show_threshold(info.run, None, 0.0, key="threshold")


def _show_time(info: BundleInfo, rows: int) -> None:
    """How long a model takes to write so many answers."""
    seconds = seconds_to_write(info.run, rows)
    if seconds is None:
        show_note(t("An answer takes this computer a second or so; the bar will show how far it is."))
    else:
        show_note(t("About {time}, as long as its test rows took.", time=sentences.duration(seconds)))


def _promise(run: RunInfo, info: BundleInfo) -> str:
    """What the model will do to a file."""
    names = {"run": run.name, "label": ", ".join(info.answers)}
    kind = kind_of(info)
    if info.dialogue:
        return t(
            "{run} answers every conversation in which the user has the last word, in a new column. Read its answers "
            "before you use them.",
            **names,
        )
    if info.format:
        return t(
            "{run} writes an answer into every blank cell of the column {label}, always with the likeliest words. Read "
            "its answers before you use them.",
            **names,
        )
    if kind == "number":
        return t("{run} fills the column {label} with numbers.", **names)
    if info.label_columns:
        return t("{run} fills these columns with yes and no as the file writes them: {label}.", **names)
    if kind == "labels":
        return t("{run} fills the column {label} with all labels that fit, separated as in the file.", **names)
    return t("{run} fills the column {label}, and says how sure it is of each row.", **names)


def _texts(info: BundleInfo) -> tuple[str, ...]:
    """The columns that the model reads."""
    return (*info.text, info.second) if info.second else info.text


def _show_upload(info: BundleInfo) -> None:
    brought = upload(t("The file to fill"))
    if brought is not None:
        st.session_state[UPLOADED] = brought.id
        st.rerun()
    if UPLOADED not in st.session_state:
        return
    source = load_source(st.session_state[UPLOADED])
    missing = [name for name in _texts(info) if name not in source.columns]
    if missing:
        show_problem(
            t(
                "{name} lacks the columns {missing}. Rename its columns to what the model was trained on: {columns}.",
                name=source.name,
                missing=", ".join(missing),
                columns=", ".join(_texts(info)),
            )
        )
        return
    if not source.rows:
        show_problem(t("{name} has no rows to fill.", name=source.name))
        return
    show_note(tn("{name}: {n} row", "{name}: {n} rows", source.rows, name=source.name))
    if info.format:
        _show_time(info, rows_to_fill(info.run, source.id))
    if st.button(t("Fill this file"), type="primary", icon=":material/edit_note:", key="fill_uploaded"):
        _begin(source, info, 0.0)


def _begin(source: Source, info: BundleInfo, threshold: float) -> None:
    st.session_state.pop(UPLOADED, None)
    only_blank = {*info.answers} <= {*source.columns}
    st.query_params[JOB] = start_fill(info.run, source.id, only_blank=only_blank, threshold=threshold)
    st.rerun()
