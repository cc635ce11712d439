"""What sways a judge that should not: each is found where it was put in, and None where it can't be known."""

import dataclasses

import numpy as np
import pytest

from pipeline.judge.bias import bias_report, family_of
from pipeline.judge.judge import JudgeInfo
from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.material import Item, Material
from pipeline.judge.ratings import Rating
from pipeline.settings import Workspace
from tests.unit.judge.judged import TWO, judgement, material, pair_verdicts, score_verdicts


def _long(lengths: list[tuple[int, ...]], mode, judge: str = "a judge") -> Judgement:
    """A judgement of answers of these lengths."""
    items = tuple(Item(n, "q", "", tuple("x" * one for one in line)) for n, line in enumerate(lengths))
    answers = Material(TWO[: len(lengths[0])], items)
    return judgement(len(lengths), mode, judge=judge, answers=answers)


def test_a_judge_that_likes_the_first_place_flips_and_wins_there(home: Workspace) -> None:
    said = [(0, 1)] * 30 + [(0, 0)] * 10 + [(1, 1)] * 10

    found = bias_report(judgement(50), pair_verdicts(said), []).position

    assert found is not None and found.first is not None
    assert (found.pairs, found.flips.value, found.first.value) == (50, 0.6, 0.8)
    assert found.first.low > 0.5


def test_a_win_in_one_order_and_a_tie_in_the_other_is_a_flip_too(home: Workspace) -> None:
    found = bias_report(judgement(2), pair_verdicts([(0, TIE), (TIE, TIE)]), []).position

    assert found is not None and found.first is not None
    assert (found.flips.value, found.first.value) == (0.5, 1.0)


def test_where_all_are_ties_no_place_wins(home: Workspace) -> None:
    found = bias_report(judgement(2), pair_verdicts([(TIE, TIE)] * 2), []).position

    assert found is not None and found.first is None


def test_without_both_orders_nothing_is_said_of_the_position(home: Workspace) -> None:
    assert bias_report(judgement(3), pair_verdicts([(0, None)] * 3), []).position is None
    assert bias_report(judgement(3, "score100"), score_verdicts([[50, 60]] * 3), []).position is None


def test_scores_that_grow_with_length_are_found_even_where_people_are_taken_out(home: Workspace) -> None:
    random = np.random.default_rng(0)
    lengths, people = random.integers(10, 500, 200), random.integers(0, 101, 200)
    scored = np.clip(50 * np.log(lengths) / 6 + 0.5 * people + random.normal(0, 3, 200), 0, 100)
    judged = _long([(int(one),) for one in lengths], "score100")
    ratings = [Rating("a", n, score=float(one)) for n, one in enumerate(people)]

    found = bias_report(judged, score_verdicts([[one] for one in scored]), ratings).length

    assert found is not None and found.alone is not None and found.given_people is not None
    assert found.given_people.low > 0.3


def test_longer_answers_that_people_like_better_too_are_no_bias(home: Workspace) -> None:
    random = np.random.default_rng(1)
    lengths = random.integers(10, 500, 200)
    people = np.clip(lengths / 5 + random.normal(0, 10, 200), 0, 100)
    scored = np.clip(people + random.normal(0, 10, 200), 0, 100)
    judged = _long([(int(one),) for one in lengths], "score100")
    ratings = [Rating("a", n, score=float(one)) for n, one in enumerate(people)]

    found = bias_report(judged, score_verdicts([[one] for one in scored]), ratings).length

    assert found is not None and found.alone is not None and found.given_people is not None
    assert found.alone.low > 0.5
    assert found.given_people.value < 0.3


def test_of_pairs_the_difference_of_lengths_counts(home: Workspace) -> None:
    random = np.random.default_rng(2)
    lengths = [(int(a), int(b)) for a, b in random.integers(10, 500, (100, 2))]
    said = [(0, 0) if first > second else (1, 1) for first, second in lengths]

    found = bias_report(_long(lengths, "pairwise"), pair_verdicts(said), []).length

    assert found is not None and found.alone is not None
    assert found.alone.low > 0.7
    assert found.given_people is None  # nobody has rated


def test_of_answers_of_one_length_nothing_is_said(home: Workspace) -> None:
    judged = _long([(20,)] * 30, "score100")

    assert bias_report(judged, score_verdicts([[float(n)] for n in range(30)]), []).length is None


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o", "gpt"),
        ("openai/GPT-3.5-turbo", "gpt"),
        ("llama3:8b", "llama"),
        ("Qwen/Qwen2.5-7B", "qwen"),
        ("SmolLM2-135M-Instruct", "smollm"),
        ("通义千问-7B", "通义千问"),
        ("", ""),
        ("7b", ""),
    ],
)
def test_the_family_stands_at_the_beginning_of_a_models_name(model: str, family: str) -> None:
    assert family_of(model) == family


def test_a_judge_that_favours_its_own_family_more_than_people_do_is_found(home: Workspace) -> None:
    judged = judgement(100, judge="gemma-2-9b")  # the second contestant came from gemma-3
    ratings = [Rating("a", n, winner=n % 2) for n in range(100)]
    said = [(1, 1) if n < 80 else (0, 0) for n in range(100)]

    (found,) = bias_report(judged, pair_verdicts(said), ratings).self_preference

    assert found.gap is not None
    assert (found.family, found.contestant, found.compared) == ("gemma", 1, 100)
    assert found.gap.value == pytest.approx(0.3)
    assert found.gap.low > 0


def test_in_scores_the_gap_is_in_points(home: Workspace) -> None:
    judged = judgement(10, "score100", judge="gemma-2-9b")
    ratings = [Rating("a", n, who, score=50) for n in range(10) for who in (0, 1)]

    (found,) = bias_report(judged, score_verdicts([[40, 70]] * 10), ratings).self_preference

    assert found.gap is not None and found.gap.value == 30


def test_without_ratings_only_the_fact_is_told(home: Workspace) -> None:
    (found,) = bias_report(judgement(5, judge="gemma-2-9b"), pair_verdicts([(0, 0)] * 5), []).self_preference

    assert (found.gap, found.compared) == (None, 0)


def test_of_another_family_nothing_is_told(home: Workspace) -> None:
    assert bias_report(judgement(5, judge="gpt-4"), pair_verdicts([(0, 0)] * 5), []).self_preference == ()


def test_a_demand_that_pays_shifts_scores_and_the_shift_has_an_interval(home: Workspace) -> None:
    judged = judgement(20, "score100", answers=material(20, TWO[:1]))
    verdicts = [
        *score_verdicts([[float(n)] for n in range(20)]),
        *score_verdicts([[n + 40.0 + n % 3] if n < 15 else [None] for n in range(20)], forged=True),
    ]

    found = bias_report(judged, verdicts, []).forged

    assert found is not None
    assert (found.asked, found.shift.value, found.turned) == (15, 41.0, None)
    assert 40 < found.shift.low < found.shift.high < 42


def test_a_demand_turns_pairs_that_were_lost_or_tied(home: Workspace) -> None:
    honest, forged = [(0, 0), (0, 1), (1, 1), (0, 0)], [(1, 1), (1, 1), (1, 1), (0, 1)]
    verdicts = [*pair_verdicts(honest), *pair_verdicts(forged, forged=True)]

    found = bias_report(judgement(4), verdicts, []).forged

    assert found is not None and found.turned is not None
    assert found.turned.value == 0.75
    assert found.shift.value == pytest.approx((1 + 0.5 + 0 + 0.5) / 4)


def test_where_no_demand_was_forged_nothing_is_told(home: Workspace) -> None:
    found = bias_report(judgement(4), pair_verdicts([(0, 0)] * 4), [])

    assert found.forged is None


def test_the_report_of_no_verdicts_is_empty(home: Workspace) -> None:
    judged = dataclasses.replace(judgement(4), judge=JudgeInfo("gpt"))

    found = bias_report(judged, [], [])

    assert (found.position, found.length, found.self_preference, found.forged) == (None, None, (), None)
