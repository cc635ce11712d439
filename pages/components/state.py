"""What this session looks at: the current dataset and run, in the URL first, so that refresh and links work.

Knows ids only; what a run or a dataset is, ``pipeline.actions`` says.
"""

import streamlit as st

from pages.components import language as languages
from pages.components.navigation import link, show_empty
from pages.components.text import show_error, t
from pipeline.actions.data import Dataset, get_dataset, list_datasets
from pipeline.actions.runs import RunInfo, get_run, list_runs
from pipeline.errors import DataError, RunNotFound

RUN = "run"  # session key and parameter in the URL
DATASET = "dataset"
NEW = "new"  # parameter in the URL: the Data page asks for a file, whatever is current
SOURCE = "source"  # session key and parameter in the URL: a file that was brought and is not a dataset yet


def language() -> str:
    """The reader's language, one of ``pipeline.i18n.LANGUAGES``."""
    return languages.language()


def choose_run(run_id: str) -> None:
    """From now on this session looks at that run."""
    st.session_state[RUN] = run_id
    st.query_params[RUN] = run_id


def choose_dataset(dataset_id: str) -> None:
    """From now on this session looks at that dataset."""
    st.session_state[DATASET] = dataset_id
    forget_source()
    st.query_params[DATASET] = dataset_id


def choose_source(source_id: str) -> None:
    """From now on the Data page is about that file, until it becomes a dataset or another one is chosen."""
    st.session_state[SOURCE] = source_id
    st.query_params[SOURCE] = source_id
    st.query_params.pop(NEW, None)


def forget_source() -> None:
    """The file that was brought last became a dataset, or is gone."""
    st.session_state.pop(SOURCE, None)
    st.query_params.pop(SOURCE, None)


def chosen_source() -> str:
    """Id of the file that was brought last and is not a dataset yet, "" where there is none."""
    return _asked(SOURCE)


def current_run() -> RunInfo | None:
    """The run that the URL or this session names, else None, also where it has been deleted."""
    asked = _asked(RUN)
    try:
        return get_run(asked) if asked else None
    except RunNotFound:
        return None


def current_dataset() -> Dataset | None:
    """The dataset that the URL or this session names, else the current run's; None also where it was deleted."""
    run = current_run()
    asked = _asked(DATASET) or (run.dataset if run else "")
    try:
        return get_dataset(asked) if asked else None
    except DataError:
        return None


def pick_run(*, finished: bool = False) -> RunInfo:
    """The run that this page is about: asked for, else the newest; without one the page says so and ends.

    Args:
        finished: only a run that has a model serves this page.
    """
    asked = _asked(RUN)
    if asked:
        try:
            run = get_run(asked)
        except RunNotFound as error:
            st.session_state.pop(RUN, None)
            show_error(error)
            link("home.py", t("All runs"))
            st.stop()
    else:
        run = _newest_run(finished)
    if finished and not run.has_model:
        show_empty(
            t("The run {run} has no model yet.", run=run.name), t("Watch it"), "train/monitor.py", **{RUN: run.id}
        )
    choose_run(run.id)
    if not asked:
        st.rerun()  # the bar above was drawn before there was a choice
    return run


def pick_dataset() -> Dataset:
    """The dataset that this page is about: asked for, else the newest; without one the page says so and ends."""
    asked = _asked(DATASET)
    if asked:
        try:
            dataset = get_dataset(asked)
        except DataError as error:
            st.session_state.pop(DATASET, None)
            show_error(error)
            link("data/read.py", t("Choose your data"))
            st.stop()
    else:
        datasets = list_datasets()
        if not datasets:
            show_empty(t("There is no dataset yet."), t("Choose your data"), "data/read.py")
        dataset = datasets[0]
    choose_dataset(dataset.id)
    if not asked:
        st.rerun()  # as in pick_run
    return dataset


def _asked(key: str) -> str:
    return st.query_params.get(key) or st.session_state.get(key) or ""


def _newest_run(finished: bool) -> RunInfo:
    runs = list_runs()
    if not runs:
        show_empty(t("Nothing has been trained yet."), t("Choose a model"), "train/start.py")
    return next((run for run in runs if run.has_model or not finished), runs[0])
