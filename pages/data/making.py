"""A dataset that is being made: of a large file a job divides the rows, and the page waits for it.

The job stands in the URL, so that a refresh takes it up again.
"""

import streamlit as st

from pages.components import state
from pages.components.jobs import watch
from pages.components.navigation import go
from pages.components.text import show_error, show_heading, show_note, t
from pipeline.actions.data import Made, divided_name
from pipeline.actions.jobs import job_info
from pipeline.errors import TuneDeskError

DIVIDING = "dividing"  # parameter in the URL: id of the job that divides the rows
THEN = "then"  # parameter in the URL: the page that shows the dataset once it is there

PAGES = ("data/check.py", "train/start.py")


def settle(made: Made, then: str) -> None:
    """Go on to the page ``then`` (one of PAGES) with the dataset; while a job makes it, show how far that is."""
    if made.dataset is not None:
        _go_on(made.dataset.id, then)
    st.query_params[DIVIDING] = made.job
    st.query_params[THEN] = then
    st.rerun()


def show_making() -> None:
    """While a job divides the rows that the URL names, the page is about nothing else; once it is over, it goes on."""
    if DIVIDING not in st.query_params:
        return
    job_id = st.query_params[DIVIDING]
    try:
        name = divided_name(job_id)
        if not job_info(job_id).over:
            show_heading(
                t("Dividing the rows of {name} into training, validation and test", name=name),
                t("You may close this page: the work goes on, and its link leads back."),
            )
        job = watch(job_id)
        if job is None:
            st.stop()
    except TuneDeskError as error:
        show_error(error)
        job = None
    then = st.query_params.get(THEN, "")
    for parameter in (DIVIDING, THEN):
        st.query_params.pop(parameter, None)
    if job is None:
        return
    if "dataset" not in job.result:
        show_note(t("Stopped. The rows were not divided."))
        return
    _go_on(job.result["dataset"], then if then in PAGES else PAGES[0])


def _go_on(dataset_id: str, then: str) -> None:
    state.choose_dataset(dataset_id)
    go(then, dataset=dataset_id)
