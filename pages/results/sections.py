"""The sections of a report about classes: what is taken for what, class by class."""

import pandas as pd
import streamlit as st

from pages.components import figures_results, sentences_results
from pages.components.tables import PERCENT, percent_column, show_wrong_rows
from pages.components.text import show_line, show_note, show_section, t
from pages.results import confusions
from pipeline.evaluation.errors import wrong_rows
from pipeline.evaluation.report import ClassReport


def show_classes(report: ClassReport) -> None:
    """Every class with its own figures."""
    show_section(
        t("Class by class"),
        t(
            "Precision: of the rows that got this label, how many deserve it. Recall: of the rows of this class, how "
            "many were found. F1 is between the two."
        ),
    )
    rows = [
        {
            "label": row.label,
            "precision": PERCENT * row.precision,
            "recall": PERCENT * row.recall,
            "f1": PERCENT * row.f1,
            "support": row.support,
        }
        for row in report.per_class
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "label": st.column_config.TextColumn(t("Class"), pinned=True),
            "precision": percent_column(t("Precision")),
            "recall": percent_column(t("Recall")),
            "f1": percent_column("F1"),
            "support": st.column_config.NumberColumn(t("Test rows"), format="localized"),
        },
        alt=t("Precision, recall, F1 and number of test rows of each class"),
    )


def show_confusion(report: ClassReport) -> None:
    """Which classes are taken for which, and the rows behind a cell that somebody clicks."""
    show_section(t("What is taken for what"), t("Each line is a true class. Click a cell to see its wrong rows."))
    classes = list(range(len(report.labels)))
    if len(classes) > confusions.READABLE:
        classes = confusions.most_confused(report.confusion)
        show_note(t("The {shown} most confused of {classes} classes.", shown=len(classes), classes=len(report.labels)))
    matrix, beside = st.columns([3, 2], gap="large")
    st.html(figures_results.READABLE_CELLS)
    event = matrix.plotly_chart(
        figures_results.confusion(
            confusions.part(report.confusion, classes),
            [report.labels[index] for index in classes],
            hover=lambda true, guess, rows, share: "<br>".join(
                (
                    t("True class: {label}", label=true),
                    t("Predicted class: {label}", label=guess),
                    t("{rows} rows, {share} of the true class", rows=rows, share=share),
                )
            ),
            truth=t("True class"),
            predicted=t("Predicted class"),
        ),
        on_select="rerun",
        selection_mode="points",
        key="confusion",
        config={"displayModeBar": False},
        alt=sentences_results.confusion(report),
    )
    points = [point["customdata"] for point in event.selection.points if point.get("customdata")]
    with beside:
        show_mistakes(report)
    if points:
        show_cell(report, classes[points[0][0]], classes[points[0][1]])


def show_mistakes(report: ClassReport) -> None:
    """The most frequent mistakes as a table, which also a keyboard or a screen reader can use."""
    found = confusions.mistakes(report.confusion)
    if not found:
        show_note(t("No test row got a wrong label."))
        return
    rows = [
        {
            "truth": report.labels[mistake.truth],
            "predicted": report.labels[mistake.predicted],
            "rows": mistake.rows,
            "share": PERCENT * mistake.share,
        }
        for mistake in found
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "truth": st.column_config.TextColumn(t("True class")),
            "predicted": st.column_config.TextColumn(t("Taken for")),
            "rows": st.column_config.NumberColumn(t("Rows"), format="localized"),
            "share": percent_column(t("Share of the class")),
        },
        alt=t("The most frequent mistakes"),
    )


def show_cell(report: ClassReport, truth: int, predicted: int) -> None:
    """The rows of one cell of the matrix."""
    names = {"truth": report.labels[truth], "predicted": report.labels[predicted]}
    if truth == predicted:
        show_line(t("{count} rows of {truth} got the right label.", count=report.confusion[truth][truth], **names))
        return
    found = [
        row for row in wrong_rows(report.run) if (row.truth, row.predicted) == (names["truth"], names["predicted"])
    ]
    show_line(t("{count} rows of {truth} were taken for {predicted}.", count=len(found), **names))
    if found:
        show_wrong_rows(found, alt=t("The rows of the chosen cell"))
