"""The sections of a report about rows with several labels: label by label, each at its threshold."""

import pandas as pd
import streamlit as st

from pages.components.tables import PERCENT, percent_column
from pages.components.text import show_section, t
from pipeline.evaluation.set_report import LabelRow, SetReport


def show_labels(report: SetReport) -> None:
    """Every label with its own figures, the worst first."""
    show_section(
        t("Label by label"),
        t(
            "Precision: of the rows that got this label, how many deserve it. Recall: of the rows that have it, how "
            "many got it. A row gets a label from its threshold on, which was chosen on the validation rows."
        ),
    )
    rows = [_row(row) for row in sorted(report.per_label, key=lambda row: (row.f1, row.label))]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "label": st.column_config.TextColumn(t("Label"), pinned=True),
            "f1": percent_column("F1"),
            "precision": percent_column(t("Precision")),
            "recall": percent_column(t("Recall")),
            "threshold": st.column_config.NumberColumn(t("Threshold"), format="%.0f%%"),
            "support": st.column_config.NumberColumn(
                t("Test rows"), format="localized", help=t("Rows that truly have the label.")
            ),
            "missed": st.column_config.NumberColumn(
                t("Missed"), format="localized", help=t("Rows that have the label and did not get it.")
            ),
            "wrong": st.column_config.NumberColumn(
                t("Wrongly given"), format="localized", help=t("Rows that got the label and do not have it.")
            ),
        },
        alt=t("Precision, recall, F1, threshold and counts of each label"),
    )


def _row(row: LabelRow) -> dict[str, object]:
    found = round(row.recall * row.support)
    given = round(found / row.precision) if row.precision else 0
    return {
        "label": row.label,
        "f1": PERCENT * row.f1,
        "precision": PERCENT * row.precision,
        "recall": PERCENT * row.recall,
        "threshold": PERCENT * row.threshold,
        "support": row.support,
        "missed": row.support - found,
        "wrong": given - found if row.precision else None,
    }
