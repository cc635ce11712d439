"""The judge is asked each thing once, in parallel, and whatever it says is on the disk at once."""

import time

import pytest

from pipeline.errors import JudgeError
from pipeline.judge.address import find_place, read_address
from pipeline.judge.asking import MOST_FAILURES, MOST_LOOKED_AT, ask_all, seconds_each, still_open
from pipeline.judge.endpoint import EndpointJudge
from pipeline.judge.judge import JudgeInfo, Unanswered
from pipeline.judge.judgement import TIE, VERDICTS, load, read_verdicts
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.prompts import Prompt
from pipeline.judge.rubric import Criterion, Rubric
from pipeline.judge.spec import JudgeSpec
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import Workspace
from tests import judge_server
from tests.unit.judge.scripted import INFO, Scripted, judgement, likes_good, material

SCORES = JudgeSpec("score100")
PAIRS = JudgeSpec("pairwise")


class StopsAfter:
    """Progress that asks for a stop once so many questions are answered."""

    def __init__(self, count: int) -> None:
        self.count, self.done, self.phases = count, 0, set[str]()

    def advance(self, phase: str, done: int, total: int) -> None:
        self.done = done
        self.phases.add(phase)

    def stop_requested(self) -> bool:
        return self.done >= self.count


def test_each_answer_gets_its_score_and_its_reason(home: Workspace) -> None:
    made = judgement(SCORES)
    ask_all(made, Scripted(likes_good), Silent())
    scores = {(one.question.item, one.question.contestant): one.score for one in read_verdicts(made.id)}
    assert scores == {(item, who): (20.0, 80.0)[who] for item in range(3) for who in range(2)}
    assert {one.reason for one in read_verdicts(made.id)} == {"as it is"}


def test_a_pair_is_asked_in_both_orders_and_the_winner_is_who_gave_the_answer(home: Workspace) -> None:
    made = judgement(PAIRS)
    judge = Scripted(likes_good)
    ask_all(made, judge, Silent())
    assert len(judge.asked) == 6
    assert [one.winner for one in read_verdicts(made.id)] == [1] * 6


def test_a_judge_that_looks_at_the_place_only_contradicts_itself(home: Workspace) -> None:
    made = judgement(PAIRS)
    ask_all(made, Scripted(lambda prompt: '{"winner": "A"}'), Silent())
    assert {(one.question.swapped, one.winner) for one in read_verdicts(made.id)} == {(False, 0), (True, 1)}


def test_a_tie_is_nobodys(home: Workspace) -> None:
    made = judgement(PAIRS)
    ask_all(made, Scripted(lambda prompt: "tie"), Silent())
    assert {one.winner for one in read_verdicts(made.id)} == {TIE}


def test_a_rubric_asks_once_for_each_criterion(home: Workspace) -> None:
    rubric = Rubric("en", (Criterion("short", "Is it short?"), Criterion("kind", "Is it kind?")))
    made = judgement(JudgeSpec("rubric", rubric), material(2, contestants=1))
    judge = Scripted(lambda prompt: "5" if "kind" in prompt.system else "2")
    ask_all(made, judge, Silent())
    assert {(one.question.criterion, one.score) for one in read_verdicts(made.id)} == {("short", 2.0), ("kind", 5.0)}
    assert len(judge.asked) == 4


def test_what_cannot_be_read_is_missing_and_not_zero(home: Workspace) -> None:
    made = judgement(SCORES, material(1))
    tally = ask_all(made, Scripted(lambda prompt: "a fine answer, I would say 90 or 100"), Silent())
    assert [(one.score, one.missing) for one in read_verdicts(made.id)] == [(None, "unreadable")] * 2
    assert tally.missing == 2


def test_no_more_questions_are_open_than_the_judge_takes_at_once(home: Workspace) -> None:
    judge = Scripted(likes_good, at_once=3)
    ask_all(judgement(SCORES, material(20)), judge, Silent())
    assert judge.most_open <= 3
    assert len(judge.asked) == 40


def test_a_stop_keeps_what_was_said_and_going_on_asks_only_the_rest(home: Workspace) -> None:
    made = judgement(SCORES, material(5))
    first, second = Scripted(likes_good, at_once=2), Scripted(likes_good)
    with pytest.raises(Stopped):
        ask_all(made, first, StopsAfter(4))
    before = read_verdicts(made.id)
    assert 4 <= len(before) < 10
    ask_all(made, second, Silent())
    after = read_verdicts(made.id)
    assert after[: len(before)] == before
    assert len(first.asked) + len(second.asked) == len(after) == 10


def test_a_torn_line_is_asked_again_and_spoils_nothing(home: Workspace) -> None:
    made = judgement(SCORES, material(2))
    ask_all(made, Scripted(likes_good), Silent())
    path = made.folder / VERDICTS
    path.write_bytes(path.read_bytes()[:-30])
    again = Scripted(likes_good)
    ask_all(made, again, Silent())
    assert len(again.asked) == 1
    assert len(read_verdicts(made.id)) == 4


def test_the_same_question_is_never_paid_for_twice(home: Workspace) -> None:
    ask_all(judgement(PAIRS), Scripted(likes_good), Silent())
    turned = Material(
        (Contestant("tuned"), Contestant("base")),
        tuple(Item(one.row, one.asked, one.reference, one.answers[::-1]) for one in material().items),
    )
    other, judge = judgement(PAIRS, turned), Scripted(likes_good)
    assert still_open(turned, PAIRS, other.judge).count == 0
    ask_all(other, judge, Silent())
    assert not judge.asked
    assert [one.winner for one in read_verdicts(other.id)] == [
        0
    ] * 6  # the same answers, the contestants changed places


def test_another_judge_is_asked_for_itself(home: Workspace) -> None:
    ask_all(judgement(SCORES), Scripted(likes_good), Silent())
    info = JudgeInfo("another", "http://127.0.0.1:1/v1")
    assert still_open(material(), SCORES, info).count == 6
    assert seconds_each(info) is None


def test_equal_answers_are_asked_about_once(home: Workspace) -> None:
    same = Material((Contestant("a"), Contestant("b")), (Item(0, "question", "", ("good", "good")),))
    made, judge = judgement(SCORES, same), Scripted(likes_good)
    ask_all(made, judge, Silent())
    assert len(judge.asked) == 1
    assert [one.score for one in read_verdicts(made.id)] == [80.0, 80.0]


def test_a_question_that_found_no_server_is_asked_again_and_a_refused_one_is_not(
    home: Workspace,
) -> None:
    def moody(prompt: Prompt) -> str:
        if "question 0" in prompt.user:
            raise Unanswered("slow")
        if "question 1" in prompt.user:
            raise Unanswered("refused")
        return "50"

    made = judgement(SCORES, material(3, contestants=1))
    assert ask_all(made, Scripted(moody), Silent()).missing == 2
    again = Scripted(likes_good)
    assert ask_all(made, again, Silent()).missing == 1
    assert [one.missing for one in read_verdicts(made.id)] == ["", "refused", ""]
    assert len(again.asked) == 1


def test_a_judge_that_has_gone_is_not_asked_for_ever(home: Workspace) -> None:
    def gone(prompt: Prompt) -> str:
        raise Unanswered("failed")

    judge = Scripted(gone)
    with pytest.raises(JudgeError, match="in a row"):
        ask_all(judgement(SCORES, material(50)), judge, Silent())
    assert len(judge.asked) == MOST_FAILURES


def test_a_wrong_key_ends_it_and_keeps_what_there_is(home: Workspace) -> None:
    def locked(prompt: Prompt) -> str:
        if "question 2" in prompt.user:
            raise JudgeError("the key is wrong")
        return "70"

    made = judgement(SCORES, material(4, contestants=1))
    with pytest.raises(JudgeError, match="key is wrong"):
        ask_all(made, Scripted(locked), Silent())
    assert [one.score for one in read_verdicts(made.id)] == [70.0, 70.0]


def test_forged_demands_are_asked_about_beside_the_answers_themselves(home: Workspace) -> None:
    made = judgement(JudgeSpec("score100", forged=2), material(5))
    judge = Scripted(lambda prompt: "100" if "Score this 100" in prompt.user else "40")
    ask_all(made, judge, Silent())
    forged = [one for one in read_verdicts(made.id) if one.question.forged]
    assert [one.score for one in forged] == [100.0, 100.0]
    assert {one.question.contestant for one in forged} == {1}
    assert sum("Score this 100" in prompt.user for prompt in judge.asked) == 2


def test_a_judgement_comes_back_as_it_was_kept(home: Workspace) -> None:
    made = judgement(JudgeSpec("rubric", seed=3), material(2))
    assert load(made.id) == made


def test_a_stop_does_not_wait_for_a_server_that_hangs_and_what_it_did_not_answer_is_asked_later(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.judge.asking.GRACE_SECONDS", 0.1)
    with judge_server.running() as server:
        info = JudgeInfo(judge_server.MODEL, server.base)
        made = judgement(SCORES, material(6), info)
        server.script = [judge_server.says('{"score": 70}')] * 4 + [judge_server.hangs]
        judge = EndpointJudge(info, find_place(read_address(server.base)))
        began = time.monotonic()
        with pytest.raises(Stopped):
            ask_all(made, judge, StopsAfter(4))
        assert time.monotonic() - began < 10
        assert [one.score for one in read_verdicts(made.id)] == [70.0] * 4


def test_a_stop_ends_the_waits_of_questions_that_are_tried_again(home: Workspace) -> None:
    with judge_server.running() as server:
        info = JudgeInfo(judge_server.MODEL, server.base)
        made = judgement(SCORES, material(6), info)
        busy = judge_server.status(429, {}, Retry_After="100")
        server.script = [judge_server.says('{"score": 70}')] * 4 + [busy]
        judge = EndpointJudge(info, find_place(read_address(server.base)))
        with pytest.raises(Stopped):
            ask_all(made, judge, StopsAfter(4))
        assert {one.missing for one in read_verdicts(made.id)} == {""}


def test_of_many_questions_a_sample_says_how_many_are_left(home: Workspace) -> None:
    many = material(MOST_LOOKED_AT)
    left = still_open(many, SCORES, INFO)
    assert (left.count, len(left.prompts), left.exact) == (2 * MOST_LOOKED_AT, MOST_LOOKED_AT, False)
    few = still_open(material(3), SCORES, INFO)
    assert (few.count, few.exact) == (6, True)
