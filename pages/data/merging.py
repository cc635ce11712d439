"""A proposal to rename labels, to read and to change before it is taken: old name, new name, tick by tick."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.components.tables import fitting_height
from pages.components.text import t, visible
from pipeline.check.finding import Remedy
from pipeline.data.steps import RENAME_LABELS
from pipeline.data.view import View

SHOWN = 8  # proposals that are seen without scrolling


def proposal(view: View, remedy: Remedy) -> dict[str, str]:
    """Old name -> new name, where renaming labels is all that the remedy does to ``view``; else nothing."""
    before, added = remedy.view.steps[: len(view.steps)], remedy.view.steps[len(view.steps) :]
    if before != view.steps or len(added) != 1 or added[0].kind != RENAME_LABELS:
        return {}
    return dict(added[0].values)


def edit(names: Mapping[str, str], rows: Mapping[str, int], key: str) -> dict[str, str]:
    """Show the proposal; returns what of it is to be done: ticked, with a new name that is another one.

    Args:
        names: old name -> proposed name.
        rows: how many rows each label has now.
        key: tells this table from the others of the page.
    """
    ordered = sorted(names, key=lambda old: (names[old], -rows.get(old, 0), old))
    frame = pd.DataFrame(
        {
            "take": True,
            "old": [visible(old) for old in ordered],
            "rows": [rows.get(old, 0) for old in ordered],
            "new": [names[old] for old in ordered],
        }
    )
    edited = st.data_editor(
        frame,
        key=key,
        hide_index=True,
        height=fitting_height(len(frame), SHOWN),
        disabled=["old", "rows"],
        column_config={
            "take": st.column_config.CheckboxColumn(
                t("Rename"), width="small", help=t("Untick what is really a label of its own.")
            ),
            "old": st.column_config.TextColumn(
                t("Label in the file"), help=t("Spaces and signs that one cannot see are shown as ␣ or by their code.")
            ),
            "rows": st.column_config.NumberColumn(t("Rows"), width="small"),
            "new": st.column_config.TextColumn(
                t("New name"), required=True, max_chars=200, help=t("Click into a cell to write another name.")
            ),
        },
        alt=t("Labels that would be renamed, each with its new name"),
    )
    wanted = zip(ordered, edited["take"], edited["new"], strict=True)
    return {old: new.strip() for old, take, new in wanted if take and new and new.strip() not in ("", old)}
