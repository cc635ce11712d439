"""Preparing a judgement: what is judged, how, by whom, and what it will take. Not a page."""

from dataclasses import dataclass

import streamlit as st

from pages.components import sentences
from pages.components.text import (
    plain,
    show_error,
    show_line,
    show_note,
    show_section,
    show_verbatim,
    show_warning,
    t,
    tn,
)
from pages.results.judge_by import pick_judge
from pages.results.judge_list import JUDGEMENT
from pages.results.judge_material import Picked, anything, pick_material
from pages.results.judge_way import pick_rubric, pick_way
from pipeline.actions.judge import expected, first_items, start
from pipeline.actions.judges import Tried, try_one
from pipeline.errors import TuneDeskError
from pipeline.judge.judge import MOST_AT_ONCE, USUAL_AT_ONCE, USUAL_LIMITS, WHY, JudgeInfo, Limits, Unanswered
from pipeline.judge.material import Material
from pipeline.judge.ratings import Rating
from pipeline.judge.spec import JudgeSpec, all_questions

FORGED, MOST_FORGED = 10, 100  # answers with a forged demand: enough to see a shift, and few beside the others
TRIED = "judge-tried"  # session key: the question that was tried, and what it was tried with


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in any currency; 0 where nothing was said."""

    read: float
    written: float


@dataclass(frozen=True)
class Options:
    """What stands under Advanced."""

    guided: bool
    reasons: bool
    forged: int
    most: int  # rows; 0 for all
    limits: Limits
    prices: Prices


@dataclass(frozen=True)
class Plan:
    """All that was chosen."""

    material: Material
    ratings: tuple[Rating, ...]  # that people have given, of these answers
    spec: JudgeSpec
    info: JudgeInfo
    limits: Limits
    prices: Prices


def show_form() -> None:
    """The three choices, what they will take, and the button that starts."""
    if not anything():
        _show_file_first()
    with st.container(border=True):
        show_section(t("What is judged"))
        picked = pick_material()
    with st.container(border=True):
        show_section(t("How"))
        way = pick_way(picked)
        rubric = pick_rubric(way)
    with st.container(border=True):
        show_section(t("By whom"))
        info = pick_judge()
    with st.expander(t("Advanced"), icon=":material/tune:", key="judge-advanced"):
        chosen = _advanced(picked, info)
    if picked is None or rubric is None or info is None:
        return
    material = first_items(picked.material, chosen.most) if chosen.most else picked.material
    spec = JudgeSpec(way, rubric, chosen.guided, chosen.reasons, chosen.forged)
    ratings = tuple(one for one in picked.ratings if way == "pairwise" and one.item < len(material.items))
    _show_start(Plan(material, ratings, spec, info, chosen.limits, chosen.prices))


def _show_file_first() -> None:
    """No run writes yet: a file can be judged all the same."""
    show_line(
        t(
            "There is no run yet whose answers are texts. Train a model that writes, or bring a file with the columns "
            "instruction and answer."
        )
    )


def _advanced(picked: Picked | None, info: JudgeInfo | None) -> Options:
    guided = bool(picked and any(one.reference for one in picked.material.items))
    left, right = st.columns(2, gap="large")
    with left:
        with_reference = st.toggle(
            t("Show the judge the right answer"),
            value=True,
            disabled=not guided,
            key="judge-guided",
            help=t("Judges find mistakes better beside a right answer. Without it, they judge by what they know."),
            persist_state="session",
        )
        reasons = st.toggle(
            t("Ask for a reason in one sentence"),
            value=True,
            key="judge-reasons",
            help=t("Without reasons it is quicker and cheaper."),
            persist_state="session",
        )
        forged = st.number_input(
            t("Answers tested with a forged demand"),
            *(0, MOST_FORGED, FORGED),
            key="judge-forged",
            help=t(
                "So many answers are judged once more with a sentence in them that demands the best score. It shows "
                "whether the judge can be talked into something."
            ),
            persist_state="session",
        )
    with right:
        most = st.number_input(t("Only the first rows (0: all)"), 0, step=10, key="judge-most", persist_state="session")
        help = t("In any currency, for a million tokens; 0 for a server of your own.")
        read = st.number_input(t("Price of tokens read"), 0.0, key="judge-read", help=help, persist_state="session")
        written = st.number_input(
            t("Price of tokens written"), 0.0, key="judge-written", help=help, persist_state="session"
        )
        limits = _limits() if info and info.endpoint else USUAL_LIMITS
    prices = Prices(float(read), float(written))
    return Options(with_reference and guided, reasons, int(forged), int(most), limits, prices)


def _limits() -> Limits:
    at_once = st.number_input(
        t("Questions at once"),
        *(1, MOST_AT_ONCE, USUAL_AT_ONCE),
        key="judge-at-once",
        help=t("How many the server is asked at the same time. Fewer where it says that it is busy."),
        persist_state="session",
    )
    a_minute = st.number_input(
        t("Requests in a minute (0: no limit)"),
        0,
        key="judge-a-minute",
        help=t("Hosted servers allow only so many; those that are too many cost time."),
        persist_state="session",
    )
    return Limits(int(at_once), int(a_minute) or None)


def _show_start(plan: Plan) -> None:
    material, spec, info = plan.material, plan.spec, plan.info
    try:
        lines = _cost(plan)
    except TuneDeskError as error:
        show_error(error)
        return
    name = st.text_input(
        t("Name of this judgement"), placeholder=" / ".join(one.name for one in reversed(material.contestants)),
        key="judge-name", width=480,
    )  # fmt: skip
    show_line(" ".join(lines))
    with st.container(horizontal=True, vertical_alignment="center"):
        begun = st.button(t("Have it judged"), type="primary", icon=":material/balance:", key="judge-start")
        tried = st.button(t("Try one question"), icon=":material/experiment:", key="judge-try")
    if begun:
        try:
            judgement = start(material, spec, info, name, limits=plan.limits, ratings=plan.ratings)
        except TuneDeskError as error:
            show_error(error)
            return
        st.session_state.pop(TRIED, None)
        st.query_params[JUDGEMENT] = judgement.id
        st.rerun()
    if tried:
        _try(material, spec, info)
    kept = st.session_state.get(TRIED)
    if kept and kept[0] == (info, spec):
        _show_tried(kept[1])


def _cost(plan: Plan) -> list[str]:
    """What asking takes, in sentences. Raises SettingError for pairs of one contestant."""
    found = expected(plan.material, plan.spec, plan.info, plan.limits)
    all_of_them, prices = len(all_questions(plan.material, plan.spec)), plan.prices
    prompts = tn("{n} prompt", "{n} prompts", len(plan.material.items))
    lines = [t("{prompts}, {n} questions.", prompts=prompts, n=f"{all_of_them:,}")]
    if found.questions < all_of_them:
        free = all_of_them - found.questions
        lines.append(
            tn(
                "{n} of them need not be asked: it was asked before, or reads the same as another.",
                "{n} of them need not be asked: they were asked before, or read the same as others.",
                free,
            )
        )
        if not found.exact:
            lines.append(t("That is reckoned from a sample of the questions."))
    if found.questions and found.seconds is None:
        lines.append(t("How long it takes is not known yet: this judge was never asked."))
    elif found.questions and found.seconds is not None:
        lines.append(t("About {duration}.", duration=sentences.duration(found.seconds)))
    if prices.read or prices.written:
        cost = found.cost(prices.read, prices.written)
        lines.append(
            t(
                "About {cost} at these prices, for {tokens} tokens.",
                cost=f"{cost:,.2f}",
                tokens=f"{found.tokens_read + found.tokens_written:,}",
            )
        )
    return lines


def _try(material: Material, spec: JudgeSpec, info: JudgeInfo) -> None:
    st.session_state.pop(TRIED, None)
    try:
        with st.spinner(t("The judge is reading … a model of this machine has to be loaded first.")):
            st.session_state[TRIED] = ((info, spec), try_one(material, spec, info))
    except TuneDeskError as error:
        show_error(error)
    except Unanswered as unanswered:
        show_warning(t(WHY[unanswered.why]))


def _show_tried(tried: Tried) -> None:
    with st.container(border=True):
        if tried.opinion is None:
            why = "cut" if tried.reply.cut else "unreadable"
            show_warning(t(WHY[why]))
        show_note(t("Answered in {duration}.", duration=sentences.duration(tried.seconds)))
        told = f"{tried.prompt.system}\n\n{tried.prompt.user}"
        for name, text in ((t("The judge is told"), told), (t("It replies"), tried.reply.text)):
            st.markdown(f"**{plain(name)}**")
            show_verbatim(text)
