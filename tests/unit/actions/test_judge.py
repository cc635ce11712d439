"""Judgements are started, gone on with and deleted, by several people at once and whatever happened to their jobs."""

import pytest

from pipeline.actions import judge as judging
from pipeline.errors import JudgeError, JudgementNotFound, SettingError
from pipeline.judge.asking import ask_all
from pipeline.judge.judge import JudgeInfo, Limits
from pipeline.judge.judgement import Verdict, VerdictWriter, load, read_verdicts
from pipeline.judge.ratings import Rating, add_ratings, read_ratings
from pipeline.judge.spec import JudgeSpec, Question
from pipeline.runs.progress import Silent
from pipeline.settings import Workspace
from tests.unit.judge.scripted import INFO, Scripted, judgement, likes_good, material

SCORES, PAIRS = JudgeSpec("score100"), JudgeSpec("pairwise")


def test_a_judgement_whose_job_is_not_known_any_more_can_be_gone_on_with_and_deleted(home: Workspace) -> None:
    made = judgement(SCORES)
    again = judging.resume(made.id)
    assert again.job != made.job
    assert load(made.id).job == again.job
    other = judgement(SCORES)
    judging.delete(other.id)
    assert [one.id for one in judging.list_judgements()] == [made.id]


def test_of_two_people_who_go_on_at_once_the_second_one_hears_that_it_goes_on(home: Workspace) -> None:
    made = judgement(SCORES)
    judging.resume(made.id)
    with pytest.raises(JudgeError, match="already"):
        judging.resume(made.id)
    with pytest.raises(JudgeError, match="still being asked"):
        judging.delete(made.id)


def test_a_rating_that_comes_after_the_judgement_was_deleted_brings_nothing_back(home: Workspace) -> None:
    made = judgement(PAIRS)
    judging.delete(made.id)
    with pytest.raises(JudgementNotFound):
        add_ratings(made, [Rating("ann", 0, winner=1)])
    assert not made.folder.exists()


def test_figures_follow_the_verdicts(home: Workspace) -> None:
    made = judgement(SCORES)
    assert judging.summary(made.id).answered == 0
    ask_all(made, Scripted(likes_good), Silent())
    assert judging.summary(made.id).answered == len(read_verdicts(made.id)) == 6


def test_how_hard_a_server_may_be_asked_is_kept_and_tells_how_long_it_takes(home: Workspace) -> None:
    with VerdictWriter(judgement(SCORES).id) as writer:
        writer.write([Verdict("some key", Question(0), score=50.0, seconds=2.0)])
    more = material(40)
    usual, slow = (judging.expected(more, SCORES, INFO, one) for one in (Limits(4), Limits(4, a_minute=20)))
    assert (usual.seconds, slow.seconds) == (80 * 2.0 / 4, 80 * 3.0)
    started = judging.start(more, SCORES, JudgeInfo("x", INFO.endpoint), limits=Limits(2, 30))
    assert load(started.id).limits == Limits(2, 30)


@pytest.mark.parametrize("values", [(0, None), (1000, None), (1, 0)])
def test_limits_that_let_nothing_through_or_everything_are_refused(values: tuple[int, int | None]) -> None:
    with pytest.raises(SettingError):
        Limits(*values)


def test_ratings_that_came_with_the_answers_stand_beside_the_verdicts(home: Workspace) -> None:
    made = judging.start(material(), PAIRS, INFO, ratings=[Rating("ann", 0, winner=1)])
    assert read_ratings(made.id) == (Rating("ann", 0, winner=1),)
