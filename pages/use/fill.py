"""Fill: what belongs into the blank cells of a file?"""

import streamlit as st

from pages.components import state
from pages.components.jobs import job_in_url
from pages.components.navigation import show_empty
from pages.components.text import show_error, t
from pages.use import asking
from pages.use.filling import JOB, show_choices, show_job
from pipeline.actions.use import bundle_of
from pipeline.errors import TuneDeskError
from pipeline.runs.bundle import read_info

run = state.pick_run(finished=True)
try:
    info = read_info(bundle_of(run.id))
    if info.pretrained:
        show_empty(asking.read_only(run.name), t("Keep it as a base model"), "use/export.py", run=run.id)
    if job := job_in_url(JOB, run.id):
        show_job(job, info)
        if st.button(t("Fill another file"), icon=":material/arrow_back:"):
            del st.query_params[JOB]
            st.rerun()
    else:
        show_choices(run, info)
except TuneDeskError as error:
    show_error(error)
    st.query_params.pop(JOB, None)
