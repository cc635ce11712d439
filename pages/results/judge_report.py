"""One judgement: while the judge is asked, where it stopped, and what came of it. Not a page."""

import streamlit as st

from pages.components import sentences_judged, state
from pages.components.jobs import watch
from pages.components.text import show_error, show_heading, show_note, show_warning, t, tn
from pages.results.judge_by import offer_key
from pages.results.judge_figures import show_figures
from pages.results.judge_learn import offer_learning
from pages.results.judge_list import JUDGEMENT, offer_delete
from pages.results.judge_rows import offer_files, show_rows
from pages.results.trust import show_bias, show_trust
from pipeline.actions.jobs import job_info
from pipeline.actions.judge import resume, summary
from pipeline.actions.trust import bias, trust
from pipeline.errors import TuneDeskError
from pipeline.judge.judge import PASSING
from pipeline.judge.judgement import Judgement, read_verdicts
from pipeline.judge.side_by_side import judged_rows
from pipeline.judge.spec import all_questions
from pipeline.judge.summary import Summary

NEWS = 0.2  # share of new verdicts after which the figures are drawn anew while the judge is asked


def show_judgement(judgement: Judgement) -> None:
    """What is known of it now; a refresh, or the link, leads back here."""
    verdicts = read_verdicts(judgement.id)
    found = summary(judgement.id)
    show_heading(_first_line(judgement, found), sentences_judged.said().grounds(judgement, found))
    over = _follow(judgement, len(verdicts))
    if warning := sentences_judged.said().trust(judgement.judge):
        show_warning(warning)
    if over:
        _offer_more(judgement, found, len(all_questions(judgement.material, judgement.spec)) - len(verdicts))
        _show_controls(judgement, found)
    if found.answered:
        _show_missing(found)
        show_figures(judgement, found)
        if over:
            show_trust(judgement, trust(judgement.id))
            show_bias(judgement, bias(judgement.id))
            offer_learning(judgement, found)
        show_rows(judgement, judged_rows(judgement, verdicts, found))


def _first_line(judgement: Judgement, found: Summary) -> str:
    try:
        if not job_info(judgement.job).over:
            return t("The judge is reading the answers")
    except TuneDeskError:
        pass  # it is said below
    return sentences_judged.said().headline(judgement, found)


def _follow(judgement: Judgement, drawn: int) -> bool:
    """How far the job is, or why it failed; whether it is over."""
    try:
        if not job_info(judgement.job).over:
            show_note(t("You may close this page: the work goes on, and its link leads back."))
        job = watch(judgement.job, lambda: len(read_verdicts(judgement.id)) > (1 + NEWS) * drawn)
    except TuneDeskError as error:
        show_error(error)
        return True
    return job is not None


def _offer_more(judgement: Judgement, found: Summary, left: int) -> None:
    """Go on with what was not asked, forged demands too, or ask once more what the server did not answer."""
    again = sum(count for cause, count in found.missing.items() if cause in PASSING)
    if not left and not again:
        return
    if not left:
        label = tn("Ask {n} question again", "Ask {n} questions again", again)
    else:
        label = t("Resume judging")
        show_note(t("It has not come to its end. What was answered is kept, and is not asked again."))
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(label, type="primary", icon=":material/play_arrow:", key="judge-resume")
        if judgement.judge.endpoint:
            offer_key(judgement.judge.endpoint)
    if pressed:
        try:
            resume(judgement.id)
        except TuneDeskError as error:
            show_error(error)
        else:
            st.rerun()


def _show_missing(found: Summary) -> None:
    reasons = sentences_judged.said().missing(found)
    if not reasons:
        return
    count = sum(found.missing.values())
    title = tn("{n} verdict is missing", "{n} verdicts are missing", count)
    if sentences_judged.said().usable(found) or not found.done:
        show_note(f"{title}: {' '.join(reasons)}")
    else:
        show_warning(f"{title}. {' '.join(reasons)}")


def _show_controls(judgement: Judgement, found: Summary) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.answered:
            offer_files(judgement, found)
        if st.button(t("All judgements"), icon=":material/arrow_back:", type="tertiary", key="all-judgements"):
            st.query_params.pop(JUDGEMENT, None)
            if run := judgement.material.contestants[-1].run:
                state.choose_run(run)
            st.rerun()
        st.space("stretch")
        offer_delete(judgement.head)
