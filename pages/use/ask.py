"""Ask: what does the model say about a text, how sure is it, and which labelled rows are like it?"""

import pandas as pd
import streamlit as st

from pages.components import state
from pages.components.text import plain, show_error, show_heading, show_note, show_problem, t
from pages.use import pasted
from pages.use.answers import show_answer, show_column
from pipeline.actions.use import bundle_of, classify
from pipeline.errors import TuneDeskError
from pipeline.runs.bundle import read_info
from pipeline.templates.columns import read_texts

ONE, MANY = "one", "many"
TALL, LOW = 140, 68  # pixels of a text box: for the only field, and for one of several

run = state.pick_run(finished=True)
try:
    info = read_info(bundle_of(run.id))
except TuneDeskError as error:
    show_error(error)
    st.stop()

show_heading(
    t("What should the label be?"),
    t("Answered by {run}, which chooses among {n} classes.", run=run.name, n=len(info.labels)),
)
modes = {ONE: t("One text"), MANY: t("A column from Excel")}
mode = st.segmented_control(
    t("What to ask"),
    list(modes),
    format_func=modes.__getitem__,
    default=ONE,
    required=True,
    key="mode",
    label_visibility="collapsed",
)
with st.form("ask", border=False):
    if mode == ONE:
        height = TALL if len(info.text) == 1 else LOW
        cells = {name: [st.text_area(plain(name), height=height, key=f"field-{name}")] for name in info.text}
        rows = pd.DataFrame(cells, dtype=str)
    else:
        if len(info.text) > 1:
            show_note(t("Columns in this order: {columns}", columns=", ".join(info.text)))
        rows = pasted.read(st.text_area(t("Paste the cells here, one row a line"), height=240, key="pasted"), info.text)
    asked = st.form_submit_button(t("Ask the model"), type="primary", icon=":material/send:")

texts = read_texts(info, rows)
filled = [text for text in texts if text.strip()]
if asked and not filled:
    show_note(t("Type or paste a text first."))
elif asked and len(texts) > pasted.MOST_LINES:
    show_problem(
        t(
            "That is {n} lines; at most {most} can be pasted at once. Use the page that fills a file.",
            n=f"{len(texts):,}",
            most=f"{pasted.MOST_LINES:,}",
        )
    )
elif asked:
    try:
        with st.spinner(t("The model is reading … the first time it has to be loaded.")):
            st.session_state["answers"] = (run.id, mode, texts, classify(run.id, filled))
    except TuneDeskError as error:
        show_error(error)

answered = st.session_state.get("answers")
if answered and answered[:2] == (run.id, mode):
    if mode == ONE:
        show_answer(answered[3][0])
    else:
        show_column(answered[2], answered[3])
