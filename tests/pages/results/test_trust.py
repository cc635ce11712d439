"""What a page says of a judge: as much as people's ratings allow, and what sways it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.judge.judgement import Judgement, Verdict
from pipeline.judge.ratings import Rating, add_ratings
from pipeline.settings import Workspace
from tests.pages.visit import words
from tests.unit.judge.judged import HOSTILE, judgement, material, pair_verdicts, score_verdicts, write

# The sections on a page of their own, with the page beside it that they lead to.
SCRIPT = """
import streamlit as st
from pages.results.trust import show_bias, show_trust
from pipeline.actions.trust import bias, trust
from pipeline.judge.judgement import load

def sections():
    judged = load("j1")
    show_trust(judged, trust(judged.id))
    show_bias(judged, bias(judged.id))

st.navigation([st.Page(sections, default=True), st.Page("results/rating.py", url_path="rating")]).run()
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """An entry script that draws the sections."""
    (tmp_path / "app" / "results").mkdir(parents=True)
    (tmp_path / "app" / "results" / "rating.py").touch()
    (tmp_path / "app" / "shell.py").write_text(SCRIPT)
    return tmp_path / "app" / "shell.py"


def _draw(script: Path) -> AppTest:
    app = AppTest.from_file(str(script), default_timeout=30)
    app.context = {"locale": "en-US"}
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def _rate(judged: Judgement, rater: str, winners: list[int]) -> None:
    add_ratings(judged, [Rating(rater, item, winner=one) for item, one in enumerate(winners)])


def test_before_anybody_rated_it_says_so_and_shows_no_figure(home: Workspace, script: Path) -> None:
    write(judgement(30), pair_verdicts([(0, 0)] * 30))

    app = _draw(script)

    assert "Nobody has rated any of these answers yet." in words(app)
    assert not app.dataframe
    assert "better than chance" not in words(app)


def test_a_judge_like_a_coin_is_called_one(home: Workspace, script: Path) -> None:
    judged = judgement(40)
    write(judged, pair_verdicts([(0, 1)] * 40))
    _rate(judged, "Ada", [item % 2 for item in range(40)])

    app = _draw(script)

    assert "This judge is not better than a coin" in app.warning[0].value
    assert "Order: 100.0% of 40 verdicts change when the two answers change places" in words(app)
    assert "It favours the answer shown first: 100.0% of all wins." in words(app)
    assert "Forged demands: not tried." in words(app)


def test_two_people_are_the_ceiling_of_a_good_judge(home: Workspace, script: Path) -> None:
    judged = judgement(40)
    winners = [item % 2 for item in range(40)]
    write(judged, pair_verdicts([(one, one) for one in winners]))
    _rate(judged, "Ada", winners)
    _rate(judged, "Bo", winners)

    app = _draw(script)

    assert "as well as people agree with each other" in app.success[0].value
    assert "The judge says the same as one of the 2 people in 100.0% of pairs, two people in 100.0%." in words(app)
    assert "Compared on 40 pairs that 2 people rated." in words(app)
    assert list(app.dataframe[0].value["Figure"]) == ["Same outcome", "Preferred answer found", "Cohen's kappa"]


def test_where_they_disagree_stands_side_by_side_letter_by_letter(home: Workspace, script: Path) -> None:
    judged = judgement(25)
    verdicts = pair_verdicts([(1, 1)] + [(0, 0)] * 24)
    verdicts[0] = Verdict(**{**vars(verdicts[0]), "reason": f"because {HOSTILE}"})
    write(judged, verdicts)
    _rate(judged, "Ada", [0] * 24 + [-1])

    app = _draw(script)

    assert "Better for people: plain base. For the judge: tuned run." in words(app)
    assert "Better for people: a tie. For the judge: plain base." in words(app)
    assert f"because {HOSTILE}" in [one.value for one in app.text]
    assert all("![](http" not in str(one.value) for one in (*app.markdown, *app.caption))


def test_of_scores_the_correlations_are_shown_and_points_apart(home: Workspace, script: Path) -> None:
    judged = judgement(30, "score100", answers=material(30))
    write(judged, [*score_verdicts([[2.0 * n, 100.0 - n] for n in range(30)])])
    add_ratings(judged, [Rating("Ada", n, who, score=float(n + 20 * who)) for n in range(30) for who in (0, 1)])

    app = _draw(script)

    assert list(app.dataframe[0].value["Figure"]) == ["Spearman's rho", "Pearson's r", "Kendall's tau"]
    assert "People: 20. Judge: 100. 80 points apart." in words(app)


def test_what_a_forged_demand_does_is_told_with_its_interval(home: Workspace, script: Path) -> None:
    judged = judgement(20, "score100")
    write(
        judged,
        [*score_verdicts([[50, 50]] * 20), *score_verdicts([[None, 60 + n % 5] for n in range(20)], forged=True)],
    )

    assert "a “score this 100” in 20 answers shifts their score by +12.0 (+11." in words(_draw(script))


def test_a_judge_of_a_contestants_family_is_told(home: Workspace, script: Path) -> None:
    write(judgement(20, judge="gemma-2-9b"), pair_verdicts([(0, 0)] * 20))

    assert "the judge and tuned run are both of the family gemma" in words(_draw(script))
