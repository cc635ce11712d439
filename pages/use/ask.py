"""Ask: what does the model say about a text, how sure is it, and which labelled rows are like it?"""

import pandas as pd
import streamlit as st

from pages.components import state
from pages.components.navigation import show_empty
from pages.components.text import plain, show_error, show_heading, show_note, show_problem, t
from pages.use import asking, pasted
from pages.use.answers import show_answer, show_column
from pipeline.actions.use import bundle_of, classify
from pipeline.errors import TuneDeskError
from pipeline.runs.bundle import read_info
from pipeline.tasks.task import read_inputs

ONE, MANY = "one", "many"
TALL, LOW = 140, 68  # pixels of a text box: for the only field, and for one of several

run = state.pick_run(finished=True)
try:
    info = read_info(bundle_of(run.id))
except TuneDeskError as error:
    show_error(error)
    st.stop()

if info.pretrained:
    show_empty(asking.read_only(run.name), t("Keep it as a base model"), "use/export.py", run=run.id)
if info.format:
    show_empty(asking.writes(run.name), t("Talk to it"), "use/playground.py", run=run.id)
show_heading(*asking.question(info, run.name))
columns = (*info.text, info.second) if info.second else info.text
modes = {
    ONE: t("Two texts") if info.second else t("One text"),
    MANY: t("Two columns from Excel") if len(columns) == 2 else t("A column from Excel"),
}
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
        height = TALL if len(columns) == 1 or info.second else LOW
        places = st.columns(2, gap="medium") if len(columns) == 2 and info.second else [st] * len(columns)
        cells = {
            name: [place.text_area(plain(name), height=height, key=f"field-{name}")]
            for name, place in zip(columns, places, strict=True)
        }
        rows = pd.DataFrame(cells, dtype=str)
    else:
        if len(columns) > 1:
            show_note(t("Columns in this order: {columns}", columns=", ".join(columns)))
        rows = pasted.read(st.text_area(t("Paste the cells here, one row a line"), height=240, key="pasted"), columns)
    asked = st.form_submit_button(t("Ask the model"), type="primary", icon=":material/send:")

inputs = read_inputs(info, rows)
texts = [" ⇄ ".join(row) if all(cell.strip() for cell in row) else "" for row in inputs.rows()]
filled = inputs.at(position for position, text in enumerate(texts) if text)
if asked and not len(filled):
    show_note(t("Type or paste both texts first.") if info.second else t("Type or paste a text first."))
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
            st.session_state["answers"] = (run.id, mode, texts, classify(run.id, filled.first, filled.second))
    except TuneDeskError as error:
        show_error(error)

answered = st.session_state.get("answers")
if answered and answered[:2] == (run.id, mode):
    if mode == ONE:
        show_answer(answered[3][0], info)
    else:
        show_column(answered[2], answered[3], info)
