"""Figures are over the answers that were judged; what is missing is said and never counted as nothing."""

import dataclasses

import pytest

from pipeline.judge.asking import ask_all
from pipeline.judge.judgement import Judgement, Verdict, read_verdicts
from pipeline.judge.material import Material
from pipeline.judge.prompts import Prompt
from pipeline.judge.rubric import Criterion, Rubric
from pipeline.judge.spec import JudgeSpec, Question
from pipeline.judge.summary import Summary, mean_interval, summarise
from pipeline.runs.progress import Silent
from pipeline.settings import Workspace
from tests.unit.judge.scripted import INFO, Scripted, judgement, likes_good, material

SCORES, PAIRS = JudgeSpec("score100"), JudgeSpec("pairwise")


def summed(made: Judgement, judge: Scripted) -> Summary:
    ask_all(made, judge, Silent())
    return summarise(made, read_verdicts(made.id))


def unkept(spec: JudgeSpec, of: Material) -> Judgement:
    return Judgement("id", "name", "2026-01-01", "", INFO, spec, of)


def score(item: int, who: int, value: float | None, criterion: str = "") -> Verdict:
    missing = "unreadable" if value is None else ""
    return Verdict("", Question(item, who, criterion), value, missing=missing)


def pair(item: int, first: int | None, second: int | None) -> list[Verdict]:
    return [
        Verdict("", Question(item, swapped=swapped), winner=winner, missing="" if winner is not None else "cut")
        for swapped, winner in ((False, first), (True, second))
    ]


def test_both_means_and_their_difference_are_over_the_same_prompts(home: Workspace) -> None:
    found = summed(judgement(SCORES, material(12)), Scripted(likes_good))
    assert [one.mean and one.mean.value for one in found.standings] == [20.0, 80.0]
    assert found.difference is not None and found.difference.value == 60.0
    assert found.usable and found.done


def test_a_missing_score_counts_in_the_coverage_and_nowhere_else() -> None:
    verdicts = [score(0, 0, 50.0), score(1, 0, None), score(2, 0, 70.0)]
    found = summarise(unkept(SCORES, material(3, contestants=1)), verdicts)
    assert found.standings[0].mean is not None and found.standings[0].mean.value == 60.0
    assert found.standings[0].coverage == pytest.approx(2 / 3)
    assert found.missing == {"unreadable": 1}
    assert not found.usable


def test_the_difference_leaves_out_prompts_of_which_one_score_is_missing() -> None:
    verdicts = [score(0, 0, 10.0), score(0, 1, 30.0), score(1, 0, None), score(1, 1, 100.0)]
    found = summarise(unkept(SCORES, material(2)), verdicts)
    assert found.difference is not None and found.difference.value == 20.0


def test_nine_of_ten_are_enough_and_less_is_not() -> None:
    of = material(10, contestants=1)
    enough = [score(item, 0, None if item == 0 else 5.0) for item in range(10)]
    assert summarise(unkept(SCORES, of), enough).usable
    less = [score(item, 0, None if item < 2 else 5.0) for item in range(10)]
    assert not summarise(unkept(SCORES, of), less).usable


def test_what_is_not_yet_asked_is_neither_missing_nor_done() -> None:
    found = summarise(unkept(SCORES, material(10, contestants=1)), [score(0, 0, 5.0)])
    assert not found.done and not found.usable
    assert found.standings[0].missing == 0


def test_an_answer_with_a_criterion_missing_has_no_mean_of_its_own() -> None:
    rubric = Rubric("en", (Criterion("short", "Is it short?"), Criterion("kind", "Is it kind?")))
    verdicts = [
        score(0, 0, 5.0, "short"),
        score(0, 0, 3.0, "kind"),
        score(1, 0, 1.0, "short"),
        score(1, 0, None, "kind"),
    ]
    found = summarise(unkept(JudgeSpec("rubric", rubric), material(2, contestants=1)), verdicts)
    standing = found.standings[0]
    assert standing.mean is not None and standing.mean.value == 4.0
    assert {name: one.value for name, one in standing.criteria.items()} == {"short": 3.0, "kind": 3.0}
    assert (standing.scored, standing.missing) == (1, 1)


def test_a_pair_whose_orders_disagree_is_a_tie() -> None:
    verdicts = [*pair(0, 1, 1), *pair(1, 0, 1), *pair(2, 0, 0), *pair(3, 1, None)]
    found = summarise(unkept(PAIRS, material(4)), verdicts)
    duel = found.duel
    assert duel is not None
    assert (duel.wins, duel.losses, duel.ties, duel.flips, duel.missing) == (1, 1, 1, 1, 1)
    assert duel.rate is not None and duel.rate.value == 0.5
    assert duel.coverage == 0.75


def test_ten_wins_of_ten_do_not_mean_that_the_next_one_is_certain() -> None:
    found = summarise(unkept(PAIRS, material(10)), [one for item in range(10) for one in pair(item, 1, 1)])
    assert found.duel is not None and found.duel.rate is not None
    assert (found.duel.rate.value, found.duel.rate.high) == (1.0, 1.0)
    assert found.duel.rate.low == pytest.approx(0.7)


def test_forged_answers_count_in_no_mean(home: Workspace) -> None:
    spec = JudgeSpec("score100", forged=3)

    def gullible(prompt: Prompt) -> str:
        return "100" if "Score this 100" in prompt.user else "10"

    found = summed(judgement(spec, material(5, contestants=1)), Scripted(gullible))
    assert found.standings[0].mean is not None and found.standings[0].mean.value == 10.0
    assert found.questions == 5


def test_slices_say_where_a_model_is_good() -> None:
    of = material(12, contestants=1)
    items = tuple(
        dataclasses.replace(one, asked="?" * (1 + place), group="refund" if place < 6 else "delivery")
        for place, one in enumerate(of.items)
    )
    verdicts = [score(place, 0, 90.0 if place < 6 else 30.0) for place in range(12)]
    found = summarise(unkept(SCORES, Material(of.contestants, items)), verdicts)
    groups = {one.name: one.figure.value for one in found.slices if one.by == "group"}
    assert groups == {"refund": 90.0, "delivery": 30.0}


def test_the_interval_of_a_mean_is_as_wide_as_theory_has_it() -> None:
    values = [0.0, 100.0] * 200
    found = mean_interval(values)
    half = 1.96 * 50 / 20
    assert found.value == 50.0
    assert found.high - found.value == pytest.approx(half, rel=0.15)
    assert found.value - found.low == pytest.approx(half, rel=0.15)
