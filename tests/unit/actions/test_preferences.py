"""Preferences are kept once a pair, can be taken back, and are read like a file that somebody brings."""

import pytest

from pipeline.actions import data
from pipeline.actions.preferences import (
    Preference,
    bring_judged,
    bring_preferences,
    judged_preferences,
    list_preferences,
    prefer,
    take_back,
)
from pipeline.data.question import question_of
from pipeline.errors import UnfitData
from pipeline.judge.asking import ask_all
from pipeline.judge.judgement import read_verdicts
from pipeline.judge.spec import JudgeSpec
from pipeline.judge.summary import summarise
from pipeline.runs.progress import Silent
from tests.unit.judge.scripted import Scripted, judgement, likes_good, material


def preference(number: int, *, turned: bool = False) -> Preference:
    answers = (f"Certainly, here is answer {number}.", f"no {number}")
    better, worse = answers[::-1] if turned else answers
    return Preference(f"Say\n{number}, please", better, worse, "tuned", "base")


def test_a_second_thought_replaces_the_first_and_can_be_taken_back(home):
    prefer(preference(1))
    prefer(preference(2))
    prefer(preference(1, turned=True))
    assert list_preferences() == (preference(2), preference(1, turned=True))
    take_back(preference(1).pair)
    take_back("nothing")
    assert list_preferences() == (preference(2),)


def test_nothing_is_kept_where_there_is_nothing_to_prefer(home):
    with pytest.raises(UnfitData, match="No preference"):
        bring_preferences()
    for worse in (" ", "the same "):
        with pytest.raises(UnfitData, match="nothing to prefer"):
            prefer(Preference("ask", "the same", worse, "a", "b"))
    assert list_preferences() == ()


def test_they_are_a_file_that_a_model_learns_from(home):
    for number in range(20):
        prefer(preference(number))
    source = bring_preferences()
    question = question_of(source.id)
    assert (question.text, question.label, question.rejected) == (("instruction",), "chosen", "rejected")
    dataset = data.create_dataset(
        source.id, name="votes", text=question.text, label=question.label, written=True, rejected=question.rejected
    )
    counts = data.row_counts(dataset)
    assert counts.train + counts.validation + counts.test == 20


@pytest.mark.parametrize("mode", ["pairwise", "score100"])
def test_what_a_judge_prefers_is_such_a_file_too(home, mode):
    judged = judgement(JudgeSpec(mode), material(12))
    ask_all(judged, Scripted(likes_good), Silent())
    found = summarise(judged, read_verdicts(judged.id))
    preferred = judged_preferences(judged, found)
    assert preferred[3] == Preference("question 3", "good 3", "bad 3", "tuned", "base")
    assert len(preferred) == 12
    question = question_of(bring_judged(judged, found).id)
    assert (question.label, question.rejected) == ("chosen", "rejected")
    assert list_preferences() == ()


def test_a_judge_that_contradicts_itself_prefers_nothing(home):
    judged = judgement(JudgeSpec("pairwise"), material(12))
    ask_all(judged, Scripted(lambda prompt: '{"winner": "A"}'), Silent())
    found = summarise(judged, read_verdicts(judged.id))
    assert judged_preferences(judged, found) == ()
    with pytest.raises(UnfitData, match="prefers no answer"):
        bring_judged(judged, found)


def test_equal_scores_and_missing_ones_are_no_preference(home):
    judged = judgement(JudgeSpec("score100"), material(2))
    ask_all(judged, Scripted(lambda prompt: "50" if "question 0" in prompt.user else "?"), Silent())
    assert judged_preferences(judged, summarise(judged, read_verdicts(judged.id))) == ()
