"""What is the answer like, and is one text read or are two compared? Asked in plain words, with the guess said.

Where nothing speaks for anything but one class a row and one text, the question is folded away.
"""

import streamlit as st

from pages.components.text import plain, show_note, show_section, t, tn
from pages.data import reading
from pipeline.actions.data import Dataset
from pipeline.data.question import Kind, Question, texts_alone
from pipeline.data.source import Source
from pipeline.errors import N_

KINDS: dict[Kind, tuple[str, str]] = {
    "one": (N_("One label a row"), N_("Such as a queue: every row belongs into exactly one.")),
    "joined": (N_("Several labels in one cell"), N_("Such as the tags of a ticket: one, two or more of them.")),
    "columns": (N_("Several yes-no columns"), N_("Each column is a label, and its cells say yes or no.")),
    "number": (N_("A number"), N_("Such as hours or a score: near the right number is nearly right.")),
    "written": (N_("A text to write"), N_("Such as the reply to a customer: the model learns to write it.")),
    "preferred": (N_("The better of two texts"), N_("Two answers a row: the model learns to prefer the better one.")),
    "dialogue": (N_("Whole conversations"), N_("Messages of user and assistant in one cell: what the assistant says.")),
    "raw": (
        N_("Nothing: learn from texts alone (continued pre-training)"),
        N_("The model reads your texts and gets to know their language. Labels or answers are learned afterwards."),
    ),
}
TEXTS = {
    False: (N_("One text"), N_("Each row is read by itself.")),
    True: (N_("Two texts that are compared"), N_("Such as two questions: do they mean the same?")),
}
WRITTEN: tuple[Kind, ...] = ("written", "preferred", "dialogue")
MOST_SEPARATORS = 8


def choose_question(source: Source, dataset: Dataset | None) -> Question:
    """Text columns, answer columns and what they mean; as the dataset has them, else as guessed."""
    initial = _of_dataset(dataset) if dataset else reading.guess(source.id)
    columns = st.container(horizontal=True)
    label = st.session_state.get(f"label-{source.id}", initial.label) or ""
    guessed = initial if label == initial.label else reading.guess_about(source.id, initial.text, label)
    separators = ""
    with _frame(source, guessed):
        kind = _choose_kind(source, guessed, label)
        if kind == "joined":
            separators = _choose_separators(source, guessed, label)
        pair = kind not in (*WRITTEN, "raw") and _choose_texts(source, guessed)
    with columns:
        if kind == "raw":
            column = _choose_raw(source, guessed)
            return texts_alone(column) if column else Question((), written=True, raw=True)
        if kind == "dialogue":
            label = _choose_conversations(source, guessed)
            return Question((label,) if label else (), label, written=True, dialogue=True)
        text, second = _choose_text_columns(source, initial, pair, written=kind in WRITTEN)
        taken = {*text, second}
        free = [column for column in source.columns if column not in taken]
        if kind == "columns":
            found = _choose_label_columns(source, guessed, free)
            return Question(text, label_columns=found, second=second)
        label = _choose_label(source, initial.label or label, free, written=kind in WRITTEN)
        rejected = _choose_rejected(source, initial.rejected, free, label) if kind == "preferred" else ""
    if kind in WRITTEN:
        return Question(text, label, written=True, rejected=rejected)
    return Question(text, label, separators, second=second, number=kind == "number")


def show_learned(source: Source, question: Question, template: str) -> None:
    """The first rows as texts with what is learned from them, where that is more than a cell of the file."""
    if question.raw or (question.kind == "one" and not question.second):
        return
    if question.written:
        _show_written(source, question)
        return
    rows = reading.learned(source.id, question, template)
    show_section(t("What is learned from the first rows"))
    answers = {
        "one": st.column_config.TextColumn(t("Label")),
        "number": st.column_config.NumberColumn(t("Number")),
    }
    st.dataframe(
        rows,
        column_config={
            "text": st.column_config.TextColumn(t("First text") if question.second else t("Text"), width="large"),
            "second": st.column_config.TextColumn(t("Second text"), width="large"),
            "answer": answers.get(question.kind) or st.column_config.ListColumn(t("Labels"), width="medium"),
        },
        alt=t("The first rows with a text, and what is learned from each"),
    )


def _show_written(source: Source, question: Question) -> None:
    show_section(
        t("What is learned from the first rows"),
        t("The model reads the instruction with its input, and learns to write the answer."),
    )
    st.dataframe(
        reading.first_exchanges(source.id, question),
        column_config={
            "instruction": st.column_config.TextColumn(t("Instruction"), width="medium"),
            "input": st.column_config.TextColumn(t("Input"), width="medium"),
            "answer": st.column_config.TextColumn(t("Answer"), width="large"),
            "rejected": st.column_config.TextColumn(t("Worse answer"), width="large"),
        },
        alt=t("The first rows with a text, and what is learned from each"),
    )


def _of_dataset(dataset: Dataset) -> Question:
    view = dataset.view
    return Question(
        view.text,
        view.label,
        view.separators,
        view.label_columns,
        view.second,
        view.number,
        view.written,
        view.dialogue,
        view.rejected,
        view.raw,
    )


def _frame(source: Source, guessed: Question) -> "st.delta_generator.DeltaGenerator":
    """In sight where there is doubt, else folded away."""
    doubt = guessed.kind != "one" or guessed.second or reading.could_be_number(source.id, guessed.label)
    if not doubt:
        return st.expander(
            plain(t("The answer is something else: several labels, a number, or none at all")), icon=":material/help:"
        )
    frame = st.container(border=True)
    with frame:
        show_section(t("What is the answer like?"))
    return frame


def _choose_conversations(source: Source, guessed: Question) -> str:
    chosen: str | None = st.selectbox(
        t("Column with the conversations"),
        source.columns,
        index=source.columns.index(guessed.label) if guessed.dialogue else None,
        key=f"conversations-{source.id}",
        placeholder=t("Choose what the model learns to say"),
        help=t("JSON lists of messages with role and content, as OpenAI and ShareGPT have them."),
    )
    return chosen or ""


def _choose_raw(source: Source, guessed: Question) -> str:
    column = guessed.text[0] if guessed.text else None
    chosen: str | None = st.selectbox(
        t("Column with the texts"),
        source.columns,
        index=source.columns.index(column) if column in source.columns else None,
        key=f"raw-{source.id}",
        placeholder=t("Choose what the model reads"),
        help=t("All of each text is learned; long ones are read in pieces. Rows where it is blank are left out."),
    )
    return chosen or ""


def _choose_kind(source: Source, guessed: Question, label: str) -> Kind:
    st.markdown(plain(_reason(source, guessed)))
    kinds = list(KINDS)
    chosen: Kind = st.radio(
        t("What is the answer like?"),
        kinds,
        index=kinds.index(guessed.kind),
        format_func=lambda kind: plain(t(KINDS[kind][0])),
        captions=[plain(t(KINDS[kind][1])) for kind in kinds],
        key=f"kind-{source.id}-{label}",
        label_visibility="collapsed",
    )
    return chosen


def _reason(source: Source, guessed: Question) -> str:
    """What the guess rests on."""
    if guessed.raw:
        return t("{column} holds texts, and no other column anything that could be an answer.", column=guessed.label)
    if guessed.kind == "dialogue":
        return t("The cells of {column} seem to be conversations.", column=guessed.label)
    if guessed.kind == "preferred":
        return t(
            "{column} seems to hold the better answers, and {other} the worse ones.",
            column=guessed.label,
            other=guessed.rejected,
        )
    if guessed.kind == "written":
        return t(
            "{column} seems to hold answers to {asked}: texts to write, no classes.",
            column=guessed.label,
            asked=", ".join(guessed.text),
        )
    if guessed.kind == "joined":
        return t(
            "Cells of {column} seem to hold several labels, with {marks} between them.",
            column=guessed.label,
            marks=" ".join(guessed.separators),
        )
    if guessed.kind == "columns":
        return tn(
            "{n} column seems to say yes or no to a label: {columns}.",
            "{n} columns seem to say yes or no to a label each: {columns}.",
            len(guessed.label_columns),
            columns=", ".join(guessed.label_columns),
        )
    if guessed.kind == "number":
        return t("The cells of {column} seem to be amounts.", column=guessed.label)
    if reading.could_be_number(source.id, guessed.label):
        return t(
            "The cells of {column} are digits of a few values. They are taken for names of classes; if more or less "
            "of something is meant, choose a number.",
            column=guessed.label,
        )
    return t("Each row seems to have one label.") if guessed.label else t("No label column was found yet.")


def _choose_texts(source: Source, guessed: Question) -> bool:
    if len(source.columns) < 3:  # two texts and an answer
        return False
    if guessed.second:
        st.markdown(
            plain(
                t(
                    "{first} and {second} seem to be two texts that are compared.",
                    first=guessed.text[0],
                    second=guessed.second,
                )
            )
        )
    chosen: bool = st.radio(
        t("How many texts does a row have?"),
        list(TEXTS),
        index=int(bool(guessed.second)),
        format_func=lambda pair: plain(t(TEXTS[pair][0])),
        captions=[plain(t(caption)) for _, caption in TEXTS.values()],
        key=f"texts-{source.id}",
        label_visibility="collapsed" if guessed.second else "visible",
        horizontal=True,
    )
    return chosen


def _choose_text_columns(
    source: Source, initial: Question, pair: bool, *, written: bool
) -> tuple[tuple[str, ...], str]:
    if written:
        name = t("Instruction, then its input")
        purpose = t("The first column says what is to be done, the others what it is to be done with.")
    else:
        name = t("First text") if pair else t("Text columns")
        purpose = t("What the model reads. Several columns are joined into one text, field by field.")
    chosen = st.multiselect(
        name,
        source.columns,
        default=list(initial.text),
        key=f"text-{source.id}",
        placeholder=t("Choose what the model reads"),
        help=purpose,
    )
    if not pair:
        return tuple(chosen), ""
    options = [column for column in source.columns if column not in chosen]
    second = st.selectbox(
        t("Second text"),
        options,
        index=options.index(initial.second) if initial.second in options else None,
        key=f"second-{source.id}",
        placeholder=t("Choose what it is compared with"),
        help=t("The two texts are kept apart: the model reads one, then the other."),
    )
    return tuple(chosen), second or ""


def _choose_label(source: Source, label: str, options: list[str], *, written: bool) -> str:
    chosen: str | None = st.selectbox(
        t("Answer column") if written else t("Label column"),
        options,
        index=options.index(label) if label in options else None,
        key=f"label-{source.id}",
        placeholder=t("Choose what the model learns to say"),
        help=t("What the model learns to say. Rows where it is blank are the rows to fill in."),
    )
    return chosen or ""


def _choose_rejected(source: Source, rejected: str, options: list[str], label: str) -> str:
    free = [column for column in options if column != label]
    chosen: str | None = st.selectbox(
        t("Column with the worse answers"),
        free,
        index=free.index(rejected) if rejected in free else None,
        key=f"rejected-{source.id}",
        placeholder=t("Choose what the model learns to avoid"),
        help=t("Rows where one of the two answers is blank, or both are the same, are not learned from."),
    )
    return chosen or ""


def _choose_label_columns(source: Source, guessed: Question, options: list[str]) -> tuple[str, ...]:
    chosen = st.multiselect(
        t("Label columns"),
        options,
        default=[column for column in guessed.label_columns if column in options],
        key=f"labels-{source.id}",
        placeholder=t("Choose the columns that say yes or no"),
        help=t(
            "1, yes, true, x, 是 or √ in a cell means that the row has this label. Rows with blank cells only are "
            "the rows to fill in."
        ),
    )
    return tuple(chosen)


def _choose_separators(source: Source, guessed: Question, label: str) -> str:
    marks: str = st.text_input(
        t("Between two labels of a cell stands"),
        value=" ".join(guessed.separators) or ",",
        max_chars=MOST_SEPARATORS,
        key=f"separators-{source.id}-{label}",
        width=240,
        help=t("One sign or several, such as , or ; or 、 with spaces between them."),
    )
    separators = "".join(dict.fromkeys(marks.replace(" ", "")))
    if not separators:
        show_note(t("Without a sign every cell is one label."))
    return separators
