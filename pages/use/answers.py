"""What a model says about a text or a pasted column, on the page that asks it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import figures_results
from pages.components.sentences import percent
from pages.components.tables import PERCENT, confidence_column, text_column
from pages.components.text import plain, show_figure, show_note, show_section, t, tn
from pages.use import pasted
from pipeline.actions.use import Classified

MOST_CLASSES = 8  # bars; what comes after them is added up


def show_answer(answer: Classified) -> None:
    """One text: its label, how sure the model is, and the labelled rows that are most like it."""
    ranked = sorted(answer.probabilities, key=lambda pair: -pair[1])
    shown = ranked[:MOST_CLASSES]
    rest = sum(share for _, share in ranked[MOST_CLASSES:])
    if ranked[MOST_CLASSES:]:
        shown.append((t("{n} other classes", n=len(ranked) - MOST_CLASSES), rest))
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, height="stretch"):
        show_note(t("The model says"))
        st.header(plain(answer.label), anchor=False)
        show_figure(
            figures_results.probabilities(shown),
            alt=t(
                "The probability of each class; {label} has {share}", label=answer.label, share=percent(ranked[0][1])
            ),
            key="probabilities",
        )
    with right, st.container(border=True, height="stretch"):
        show_section(t("Most similar labelled rows"), t("What the model has seen that is most like this text."))
        for neighbour in answer.nearest:
            alike = t("similarity {value}", value=f"{neighbour.similarity:.2f}")
            st.markdown(f"**{plain(neighbour.label)}** · :gray[{plain(alike)}]")
            st.text(figures_results.shorten(neighbour.text, 240))


def show_column(texts: Sequence[str], answers: Sequence[Classified]) -> None:
    """A pasted column: a table, and the labels to copy back, in the order and number of the lines pasted.

    Args:
        texts: every pasted line, blank ones too.
        answers: one for each line that is not blank, in order.
    """
    waiting = iter(answers)
    lines = [next(waiting) if text.strip() else None for text in texts]
    labels = [answer.label if answer else "" for answer in lines]
    show_section(tn("{n} label", "{n} labels", len(answers)))
    st.dataframe(
        pd.DataFrame(
            {
                "text": list(texts),
                "label": labels,
                "confidence": [PERCENT * answer.confidence if answer else None for answer in lines],
            }
        ),
        hide_index=True,
        column_config={
            "text": text_column(t("Text")),
            "label": st.column_config.TextColumn(t("Label")),
            "confidence": confidence_column(),
        },
        alt=t("The pasted lines with their labels"),
    )
    show_note(t("Copy the labels and paste them beside your column: one a line, blank lines stay blank."))
    st.code(pasted.for_clipboard(labels), language=None, height=min(60 + 22 * len(labels), 260))
