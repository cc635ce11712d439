"""What is judged: the answers of a run beside another model's, of a file, or of a blind tasting. Not a page."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components import state
from pages.components.text import show_error, show_note, t, tn, told_apart
from pages.data.upload import upload
from pipeline.actions.judge import BASE, columns_of, judgeable_runs, of_file, of_run
from pipeline.actions.runs import RunInfo
from pipeline.actions.tasting import Tasting
from pipeline.actions.trust import labelled_tasting, tastings_with_votes
from pipeline.data.source import Source, load_source
from pipeline.errors import N_, TuneDeskError
from pipeline.judge.gather import JudgedColumns
from pipeline.judge.material import Material
from pipeline.judge.ratings import Rating
from pipeline.runs.spec import load_spec
from pipeline.settings import workspace

FILE = "judged"  # parameter in the URL, session key: the file that was brought to be judged
READING = "judged-import"  # parameter in the URL: id of the job that reads it
TASTING = "tasted"  # parameter in the URL: the tasting whose answers are to be judged
RUN, TABLE, TASTED = "run", "file", "tasting"
KINDS = {RUN: N_("The answers of a run"), TABLE: N_("A file with answers"), TASTED: N_("A blind tasting")}
ALONE = ""  # beside nothing


@dataclass(frozen=True)
class Picked:
    """What was chosen."""

    material: Material
    ratings: tuple[Rating, ...] = ()  # of a tasting: its votes


def anything() -> bool:
    """Whether a run has answers that can be judged."""
    return bool(judgeable_runs())


def pick_material() -> Picked | None:
    """The choice; None as long as something is missing, which is said."""
    runs, tastings = judgeable_runs(), tastings_with_votes()
    kinds = [*([RUN] if runs else []), TABLE, *([TASTED] if tastings else [])]
    kind = TABLE
    if len(kinds) > 1:
        # A link, or a refresh, with a file in it is about that file.
        usual = TABLE if FILE in st.query_params or READING in st.query_params else kinds[0]
        if TASTED in kinds and TASTING in st.query_params:
            usual = TASTED
        kind = st.segmented_control(
            t("What is judged"),
            kinds,
            format_func=lambda one: t(KINDS[one]),
            default=usual,
            required=True,
            label_visibility="collapsed",
            key="judge-kind",
        )
    try:
        if kind == TASTED:
            return _of_tasting(tastings)
        return _of_run(runs) if kind == RUN else _of_file()
    except TuneDeskError as error:
        show_error(error)
        return None


def _of_run(runs: Sequence[RunInfo]) -> Picked:
    by_id = {run.id: run for run in runs}
    current = state.current_run()
    usual = current.id if current and current.id in by_id else runs[0].id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("Run"),
            list(by_id),
            list(by_id).index(usual),
            format_func=lambda one: by_id[one].name,
            key=f"judge-run-{usual}",  # another run in the bar at the top is another one here
            width=380,
            persist_state="session",
        )
        names = {
            BASE: t("{model}, before it was tuned", model=by_id[chosen].base_model),
            **{run.id: run.name for run in runs if run.id != chosen},
            ALONE: t("nothing: its answers alone"),
        }
        other = st.selectbox(
            t("Beside"),
            list(names),
            format_func=names.__getitem__,
            key=f"judge-other-{chosen}",
            width=380,
            help=t("Both are judged on the same prompts, so that the difference is theirs."),
        )
        columns = _columns(chosen)
        group = st.selectbox(
            t("Count also by"),
            ["", *columns],
            format_func=lambda one: one or t("nothing"),
            key=f"judge-group-{chosen}",
            width=220,
            help=t("A column of the file, such as a category: figures are shown for each of its values, too."),
        )
    material = of_run(chosen, other, group)
    show_note(tn("{n} prompt of its test rows.", "{n} prompts of its test rows.", len(material.items)))
    return Picked(material)


def _of_tasting(tastings: Sequence[Tasting]) -> Picked:
    names = told_apart({one.id: " / ".join(one.models) for one in tastings})
    asked = st.query_params.get(TASTING, "")
    chosen = st.selectbox(
        t("Tasting"),
        list(names),
        list(names).index(asked) if asked in names else 0,
        format_func=names.__getitem__,
        key="judge-tasting",
        width=480,
    )
    labelled = labelled_tasting(chosen)
    votes = tn("{n} vote", "{n} votes", len(labelled.ratings))
    show_note(t("{votes}: with pairs, they show how far people and judge agree.", votes=votes))
    return Picked(labelled.material, labelled.ratings)


def _columns(run_id: str) -> tuple[str, ...]:
    """The columns of the file that a run was trained on, but for what it reads and writes."""
    view = load_spec(workspace().runs / run_id).view
    try:
        return tuple(name for name in load_source(view.source).columns if name not in (*view.text, view.label))
    except TuneDeskError:
        return ()


def _of_file() -> Picked | None:
    brought = upload(t("A file with instruction and answer"), READING)
    if brought is not None:
        st.query_params[FILE] = brought.id
        st.rerun()
    asked = st.query_params.get(FILE, "")
    if not asked:
        show_note(
            t(
                "It needs a column with what was asked and one with the answer, or two with the answers of two models. "
                "A right answer helps."
            )
        )
        return None
    source = load_source(asked)
    columns = _pick_columns(source)
    if columns is None:
        return None
    material = of_file(source.id, columns)
    left_out = source.rows - len(material.items)
    words = tn("{name}: {n} prompt.", "{name}: {n} prompts.", len(material.items), name=source.name)
    if left_out:
        words += " " + tn("{n} row lacks something.", "{n} rows lack something.", left_out)
    show_note(words)
    return Picked(material)


def _pick_columns(source: Source) -> JudgedColumns | None:
    try:
        guessed = columns_of(source.id)
    except TuneDeskError as error:
        show_error(error)
        guessed = JudgedColumns((), ())
    names = list(source.columns)
    optional = ["", *names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.multiselect(
            t("Asked"), names, list(guessed.asked), key=f"judge-asked-{source.id}", placeholder=t("Choose columns")
        )
        answers = st.multiselect(
            t("Answer, or two answers"),
            names,
            list(guessed.answers),
            max_selections=2,
            key=f"judge-answers-{source.id}",
            placeholder=t("Choose columns"),
            help=t("Of two, the second is the one in question."),
        )
        reference = st.selectbox(
            t("Right answer"),
            optional,
            optional.index(guessed.reference),
            format_func=lambda one: one or t("none"),
            key=f"judge-reference-{source.id}",
            width=220,
        )
        group = st.selectbox(
            t("Count also by"),
            optional,
            format_func=lambda one: one or t("nothing"),
            key=f"judge-group-{source.id}",
            width=220,
        )
    if not asked or not answers:
        return None
    return JudgedColumns(tuple(asked), tuple(answers), reference, group)
