"""The frame around every page: the path Data → Train → Results → Use, what is looked at, and the language."""

import sys
from pathlib import Path

# The server runs this file as a script; pages import each other from the folder above.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402

from pages.components.bar import show_bar  # noqa: E402
from pages.components.navigation import sections  # noqa: E402

page = st.navigation(sections(), position="top")
st.navigation(sections(here=page.url_path), position="top")  # again, now that it is known which step to mark
st.set_page_config(page_title=f"{page.title} · TuneDesk", page_icon=f"{ROOT}/pages/mark.svg", layout="wide")
st.logo(f"{ROOT}/pages/logo.svg")
show_bar()
page.run()
