"""A judge is trusted as far as it agrees with people, and no further than the ratings allow to say."""

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import accuracy_score, cohen_kappa_score

from pipeline.judge.judgement import TIE, Verdict
from pipeline.judge.material import Contestant
from pipeline.judge.ratings import Rating
from pipeline.judge.rubric import Criterion, Rubric
from pipeline.judge.spec import JudgeSpec, Question
from pipeline.judge.trust import FEWEST, TrustReport, people_say, sentence, trust_report
from pipeline.settings import Workspace
from tests.unit.judge.judged import TWO, judgement, material, pair_verdicts, score_verdicts


def _pairs(people: list[list[int]], judged: list[tuple[int | None, int | None]]) -> TrustReport:
    """Of what each rater said of each pair, and the judge in both orders."""
    ratings = [
        Rating(f"r{who}", item, winner=said) for who, line in enumerate(people) for item, said in enumerate(line)
    ]
    return trust_report(judgement(len(judged)), pair_verdicts(judged), ratings)


def _scores(people: list[list[float]], judged: list[float | None]) -> TrustReport:
    ratings = [Rating(f"r{who}", item, score=said) for who, line in enumerate(people) for item, said in enumerate(line)]
    answers = material(len(judged), TWO[:1])
    return trust_report(
        judgement(len(judged), "score100", answers=answers), score_verdicts([[one] for one in judged]), ratings
    )


def _words(report: TrustReport) -> str:
    message, values = sentence(report)
    return message.format(**values)


def test_of_pairs_accuracy_and_kappa_count_three_outcomes(home: Workspace) -> None:
    random = np.random.default_rng(0)
    people, judged = random.choice([0, 1, TIE], 200), random.choice([0, 1, TIE], 200)
    judged[:120] = people[:120]

    found = _pairs([list(map(int, people))], [(int(one), int(one)) for one in judged])

    assert found.agreed.accuracy.value == pytest.approx(accuracy_score(people, judged))
    assert found.agreed.kappa.value == pytest.approx(cohen_kappa_score(people, judged))
    assert found.agreed.spearman is None


def test_a_judge_that_always_says_the_first_one_is_a_coin(home: Workspace) -> None:
    people = [int(one) for one in np.random.default_rng(0).integers(0, 2, 100)]

    found = _pairs([people], [(0, 1)] * 100)  # the answer shown first, in either order

    assert found.verdict == "chance"
    assert found.agreed.preferred.value == 0.5
    assert _words(found) == (
        "This judge is not better than a coin: it finds the answer that people prefer in 50% (50% to 50%)."
    )


def test_a_judge_that_guesses_is_a_coin_and_its_interval_says_so(home: Workspace) -> None:
    random = np.random.default_rng(5)
    people = [int(one) for one in random.integers(0, 2, 200)]

    found = _pairs([people], [(int(a), int(b)) for a, b in random.integers(0, 2, (200, 2))])

    assert found.verdict == "chance"
    assert found.agreed.preferred.low < 0.5 < found.agreed.preferred.high


@pytest.mark.parametrize(("right", "word"), [(0.7, "weak"), (0.82, "fair"), (0.95, "good")])
def test_the_more_often_it_agrees_the_better_the_word(home: Workspace, right: float, word: str) -> None:
    people = [item % 2 for item in range(200)]
    judged = [one if item < right * 200 else 1 - one for item, one in enumerate(people)]

    assert _pairs([people], [(one, one) for one in judged]).verdict == word


def test_few_ratings_say_nothing_however_well_they_agree(home: Workspace) -> None:
    people = [item % 2 for item in range(FEWEST - 1)]

    found = _pairs([people], [(one, one) for one in people])

    assert found.verdict == "too_few"
    assert _words(found).startswith("Too few ratings to tell: people and judge have compared 19 pairs.")


def test_an_interval_from_chance_to_fair_is_too_few_and_not_chance(home: Workspace) -> None:
    people = [item % 2 for item in range(FEWEST)]
    judged = [one if item < 13 else 1 - one for item, one in enumerate(people)]

    assert _pairs([people], [(one, one) for one in judged]).verdict == "too_few"


def test_without_any_rating_there_are_no_figures(home: Workspace) -> None:
    found = _pairs([], [(0, 0)] * 30)

    assert (found.verdict, found.compared, found.raters, found.people) == ("too_few", 0, (), None)
    assert found.agreed.accuracy is None and found.agreed.kappa is None and found.agreed.preferred is None


def test_a_pair_that_was_not_judged_in_both_orders_is_left_out_and_counted(home: Workspace) -> None:
    found = _pairs([[0, 0, 0]], [(0, 0), (0, None), (None, None)])

    assert (found.compared, found.unjudged) == (1, 2)
    assert found.agreed.accuracy.value == 1


def test_a_judge_that_replies_but_gives_no_verdicts_is_told_apart_from_too_few_ratings(home: Workspace) -> None:
    found = _pairs([[0] * 30], [(0, 0)] * 3 + [(None, 0)] * 27)

    assert found.verdict == "too_few"
    assert _words(found).startswith("The judge gave no verdict on 27 of 30 rated answers or pairs")


def test_where_the_orders_disagree_the_outcome_is_a_tie(home: Workspace) -> None:
    assert _pairs([[0, TIE]], [(0, 1), (1, 0)]).agreed.accuracy.value == 0.5


def test_few_answers_cannot_show_that_a_judge_is_like_people(home: Workspace) -> None:
    truth = [item % 2 for item in range(40)]
    people = [[1 - one if item in odd else one for item, one in enumerate(truth)] for odd in ((0, 1), (2, 3), (4, 5))]
    judged = [1 - one if item in (6, 7, 8) else one for item, one in enumerate(truth)]

    found = _pairs(people, [(one, one) for one in judged])

    assert found.people is not None
    assert found.people.difference.low < -0.05 < 0 < found.people.difference.high
    assert found.verdict != "like_people"


def test_people_are_the_ceiling_and_a_judge_that_is_one_of_them_is_like_people(home: Workspace) -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 600)

    def person() -> list[int]:
        return [int(one) for one in np.where(random.random(600) < 0.8, truth, 1 - truth)]

    people, judge = [person(), person(), person()], person()

    found = _pairs(people, [(one, one) for one in judge])

    assert found.people is not None
    assert found.people.raters == 3
    alike = np.mean([np.mean(np.array(people[a]) == people[b]) for a, b in ((0, 1), (0, 2), (1, 2))])
    assert found.people.between.value == pytest.approx(alike)
    assert found.people.judge.value == pytest.approx(np.mean([np.mean(np.array(judge) == one) for one in people]))
    assert found.people.difference.value == pytest.approx(found.people.judge.value - alike)
    assert found.verdict == "like_people"


@pytest.mark.parametrize(("right", "word"), [(30, "chance"), (40, "weak"), (51, "fair"), (60, "good")])
def test_where_people_always_name_one_side_kappa_says_nothing_and_the_share_found_decides(
    home: Workspace, right: int, word: str
) -> None:
    found = _pairs([[1] * 60], [(1, 1) if item < right else (0, 0) for item in range(60)])

    assert found.agreed.preferred.value == right / 60
    assert found.verdict == word


def test_people_together_say_what_most_of_them_say_and_a_tie_where_none_leads() -> None:
    said = {0: [0, 0, 1], 1: [0, 1, TIE], 2: [0, 1], 3: [TIE, TIE, 1], 4: [1]}
    ratings = [Rating(f"r{who}", item, winner=one) for item, line in said.items() for who, one in enumerate(line)]

    assert people_say(ratings, pairs=True) == {(0, 0): 0, (1, 0): TIE, (2, 0): TIE, (3, 0): TIE, (4, 0): 1}


def test_of_scores_the_correlations_are_scipys_with_the_mean_of_the_raters(home: Workspace) -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 101, 80).astype(float)
    people = [list(np.clip(truth + random.integers(-20, 21, 80), 0, 100)) for _ in range(2)]
    judged = list(np.clip(truth + random.integers(-30, 31, 80), 0, 100))

    found = _scores(people, judged)

    mean = np.mean(people, axis=0)
    assert found.agreed.spearman.value == pytest.approx(scipy.stats.spearmanr(mean, judged).statistic)
    assert found.agreed.pearson.value == pytest.approx(scipy.stats.pearsonr(mean, judged).statistic)
    assert found.agreed.kendall.value == pytest.approx(scipy.stats.kendalltau(mean, judged).statistic)
    assert found.agreed.accuracy is None and found.agreed.kappa is None
    assert found.people is not None
    assert found.people.between.value == pytest.approx(scipy.stats.spearmanr(*people).statistic)
    assert found.verdict in ("good", "like_people")


def test_raters_who_share_only_some_answers_are_compared_on_those(home: Workspace) -> None:
    random = np.random.default_rng(3)
    truth = random.integers(0, 101, 60).astype(float)
    ratings = [Rating("a", item, score=truth[item]) for item in range(40)]
    ratings += [Rating("b", item, score=100 - truth[item]) for item in range(20, 60)]
    judged = judgement(60, "score100", answers=material(60, TWO[:1]))

    found = trust_report(judged, score_verdicts([[one] for one in truth]), ratings)

    assert found.people is not None
    assert found.people.between.value == pytest.approx(-1)
    assert found.people.judge.value == pytest.approx(0)  # as one of them, and the opposite of the other


def test_missing_scores_are_left_out_and_never_0(home: Workspace) -> None:
    truth = [float(one) for one in range(0, 100, 2)]

    found = _scores([truth], [None if item % 5 == 0 else one for item, one in enumerate(truth)])

    assert (found.compared, found.unjudged) == (40, 10)
    assert found.agreed.spearman.value == pytest.approx(1)


def test_a_judge_of_one_score_tells_nothing_and_is_told_to(home: Workspace) -> None:
    found = _scores([[float(one) for one in range(30)]], [80.0] * 30)

    assert (found.verdict, found.flat, found.agreed.spearman) == ("chance", True, None)
    assert _words(found) == "This judge gives every answer the same score, so its scores tell nothing."


def test_scores_that_have_nothing_to_do_with_peoples_are_chance(home: Workspace) -> None:
    random = np.random.default_rng(4)

    found = _scores(
        [list(random.integers(0, 101, 150).astype(float))], list(random.integers(0, 101, 150).astype(float))
    )

    assert found.verdict == "chance"
    assert "do not go with people's beyond chance: rank correlation" in _words(found)


def test_of_a_rubric_the_mean_of_all_criteria_counts_and_kappa_is_weighted(home: Workspace) -> None:
    random = np.random.default_rng(6)
    rubric = Rubric("en", (Criterion("one", "is it?"), Criterion("two", "is it?")))
    said = random.integers(1, 6, (50, 2)).astype(float)
    verdicts = [
        Verdict(f"{n}{name}", Question(n, 0, name), score=said[n, place])
        for n in range(50)
        for place, name in enumerate(("one", "two"))
    ]
    people = [float(one) for one in random.integers(1, 6, 50)]
    judged = judgement(50, "rubric", answers=material(50, TWO[:1]))
    judged = type(judged)(**{**vars(judged), "spec": JudgeSpec("rubric", rubric)})

    found = trust_report(judged, verdicts[:-1], [Rating("a", n, score=one) for n, one in enumerate(people)])

    assert found.compared == 49  # the last answer lacks one criterion
    assert found.agreed.pearson.value == pytest.approx(scipy.stats.pearsonr(people[:49], said.mean(axis=1)[:49])[0])
    steps = [int(one + 0.5) for one in said.mean(axis=1)[:49]]
    expected = cohen_kappa_score([round(one) for one in people[:49]], steps, weights="quadratic", labels=range(1, 6))
    assert found.agreed.kappa.value == pytest.approx(expected)


def test_where_they_disagree_most_comes_first_with_the_judges_reason(home: Workspace) -> None:
    judged = judgement(4)
    verdicts = pair_verdicts([(0, 0), (TIE, TIE), (1, 1), (0, 0)])
    verdicts[4] = Verdict(**{**vars(verdicts[4]), "reason": "because"})

    found = trust_report(judged, verdicts, [Rating("a", n, winner=0) for n in range(4)])

    assert [(one.item, one.people, one.judge, one.apart, one.reason) for one in found.disagreements] == [
        (2, 0, 1, 2, "because"),
        (1, 0, TIE, 1, ""),
    ]


def test_forged_verdicts_do_not_count(home: Workspace) -> None:
    judged = judgement(30)
    verdicts = [*pair_verdicts([(0, 0)] * 30), *pair_verdicts([(1, 1)] * 30, forged=True)]

    found = trust_report(judged, verdicts, [Rating("a", n, winner=0) for n in range(30)])

    assert found.agreed.accuracy.value == 1


def test_a_contestant_more_makes_answers_of_its_own(home: Workspace) -> None:
    judged = judgement(30, "score100", answers=material(30, (Contestant("x"), Contestant("y"))))
    ratings = [Rating("a", n, who, score=float(n + 50 * who)) for n in range(30) for who in (0, 1)]

    found = trust_report(judged, score_verdicts([[float(n), float(n + 50)] for n in range(30)]), ratings)

    assert found.compared == 60
