"""What a model says about a text or a pasted column, on the page that asks it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import figures_results
from pages.components.sentences import percent
from pages.components.tables import PERCENT, confidence_column, text_column
from pages.components.text import plain, show_figure, show_line, show_note, show_section, t, tn
from pages.use import asking, pasted
from pipeline.actions.use import Classified
from pipeline.inference.saying import kind_of, write_number
from pipeline.runs.bundle import BundleInfo

MOST_LABELS = 12  # bars of labels, those that are given among them
MOST_CLASSES = 8  # bars; what comes after them is added up


def show_answer(answer: Classified, info: BundleInfo) -> None:
    """One text, or two that are compared: the answer, how sure it is, and the labelled rows that are most alike."""
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, height="stretch"):
        show_note(t("The model says"))
        show_said(answer, info)
    with right, st.container(border=True, height="stretch"):
        show_section(t("Most similar labelled rows"), t("What the model has seen that is most like this text."))
        for neighbour in answer.nearest:
            alike = t("similarity {value}", value=f"{neighbour.similarity:.2f}")
            st.markdown(f"**{plain(neighbour.label or '–')}** · :gray[{plain(alike)}]")
            st.text(figures_results.shorten(" ⇄ ".join(filter(None, (neighbour.text, neighbour.second))), 240))


def show_said(answer: Classified, info: BundleInfo, key: str = "probabilities") -> None:
    """The answer alone, and how sure it is; ``key`` tells its figure from others of the page."""
    kind = kind_of(info)
    if kind == "number":
        st.header(plain(write_number(info, answer.number or 0.0)), anchor=False)
        show_note(asking.typical_error(info))
    elif kind == "labels":
        _show_labels(answer, info, key)
    else:
        _show_class(answer, key)


def _show_class(answer: Classified, key: str) -> None:
    ranked = sorted(answer.probabilities, key=lambda pair: -pair[1])
    shown = ranked[:MOST_CLASSES]
    rest = sum(share for _, share in ranked[MOST_CLASSES:])
    if ranked[MOST_CLASSES:]:
        shown.append((t("{n} other classes", n=len(ranked) - MOST_CLASSES), rest))
    st.header(plain(answer.label), anchor=False)
    show_figure(
        figures_results.probabilities(shown),
        alt=t("The probability of each class; {label} has {share}", label=answer.label, share=percent(ranked[0][1])),
        key=key,
    )


def _show_labels(answer: Classified, info: BundleInfo, key: str) -> None:
    """Each label that is given as a badge, then every label's probability against its threshold."""
    if answer.labels:
        with st.container(horizontal=True, gap="small"):
            for label in answer.labels:
                st.badge(plain(label), color="blue")
    else:
        show_line(t("None of the labels."))
    limits = dict(zip(info.labels, info.thresholds, strict=True))
    ranked = sorted(answer.probabilities, key=lambda pair: (pair[0] not in answer.labels, -pair[1]))
    shown = ranked[: max(MOST_LABELS, len(answer.labels))]
    show_figure(
        figures_results.against_thresholds([(label, share, limits[label]) for label, share in shown]),
        alt=t(
            "The probability of each label beside its threshold; given: {labels}",
            labels=", ".join(answer.labels) or "–",
        ),
        key=key,
    )
    show_note(t("A label is given from its threshold on (the mark), which was chosen on the validation rows."))


def show_column(texts: Sequence[str], answers: Sequence[Classified], info: BundleInfo) -> None:
    """A pasted column: a table, and the labels to copy back, in the order and number of the lines pasted.

    Args:
        texts: every pasted line, blank ones too.
        answers: one for each line that is not blank, in order.
        info: of the model that answered.
    """
    waiting = iter(answers)
    lines = [next(waiting) if text.strip() else None for text in texts]
    labels = [_written(answer, info) if answer else "" for answer in lines]
    show_section(tn("{n} answer", "{n} answers", len(answers)), asking.typical_error(info))
    columns: dict[str, list[object]] = {"text": list(texts), "label": list(labels)}
    if kind_of(info) != "number":
        columns["confidence"] = [PERCENT * answer.confidence if answer else None for answer in lines]
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        column_config={
            "text": text_column(t("Text")),
            "label": st.column_config.TextColumn(asking.answer_column(info)),
            "confidence": confidence_column(),
        },
        alt=t("The pasted lines with their answers"),
    )
    show_note(t("Copy the answers and paste them beside your column: one a line, blank lines stay blank."))
    st.code(pasted.for_clipboard(labels), language=None, height=min(60 + 22 * len(labels), 260))


def _written(answer: Classified, info: BundleInfo) -> str:
    """An answer as a cell of a spreadsheet."""
    if answer.number is not None:
        return write_number(info, answer.number)
    return (info.separators[:1] or ",").join(answer.labels) if kind_of(info) == "labels" else answer.label
