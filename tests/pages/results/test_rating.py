"""People rate answers without knowing whose they are, key by key, and find their place again after a refresh."""

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.ratings import Rating, add_ratings, keep_sample, read_ratings, read_sample, sample, tasks
from pipeline.settings import Workspace
from tests.pages.visit import visit, words
from tests.unit.judge.judged import HOSTILE, judgement

PAGE = "results/rating.py"


def _rating(judged: Judgement, size: int = 3, rater: str = "Ada") -> AppTest:
    """The page in the middle of the work."""
    keep_sample(judged.id, sample(judged, size))
    return visit(PAGE, judgement=judged.id, rater=rater)


def _press(app: AppTest, key: str) -> None:
    """The button that answers to this key of the keyboard."""
    (button,) = [
        one for one in app.button if (one.key or "").endswith(f"-{key}") and (one.key or "").startswith("rate-")
    ]
    button.click().run()
    assert not app.exception, app.exception[0].value


def _shortcuts(app: AppTest) -> list[str]:
    return [one.proto.shortcut for one in app.button if one.proto.shortcut]


def test_without_a_judgement_the_page_says_what_to_do_first(home: Workspace) -> None:
    assert "There is no judgement yet" in words(visit(PAGE))


def test_a_judgement_that_is_gone_is_told_and_the_others_are_offered(home: Workspace) -> None:
    judgement(4)

    app = visit(PAGE, judgement="gone")

    assert "There is no judgement gone" in words(app)
    assert "Choose which ones" in words(app)


def test_a_name_and_a_number_of_rows_begin_the_work(home: Workspace) -> None:
    judged = judgement(50)
    app = visit(PAGE, judgement=judged.id)
    assert app.number_input(key="size").value == 30

    app.button[-1].click().run()
    assert "Enter a name first" in words(app)
    app.text_input(key="name").set_value("  Ada ")
    app.number_input(key="size").set_value(12)
    app.button[-1].click().run()

    assert not app.exception
    assert "Ada" in app.query_params["rater"]
    assert "0 of 12 rated. Ada, press a key" in words(app)
    kept = read_sample(judged.id)
    assert kept is not None and kept.size == 12


def test_who_comes_second_rates_the_same_rows_and_may_only_add_to_them(home: Workspace) -> None:
    judged = judgement(50)
    keep_sample(judged.id, sample(judged, 12))
    app = visit(PAGE, judgement=judged.id)

    app.text_input(key="name").set_value("Bo")
    assert app.number_input(key="size").min == 12
    app.number_input(key="size").set_value(20)
    app.button[-1].click().run()

    kept = read_sample(judged.id)
    assert kept is not None and kept.items[:12] == sample(judged, 12).items and kept.size == 20


def test_neither_the_authors_nor_the_judge_are_named(home: Workspace) -> None:
    judged = judgement(6, judge="some judge")
    app = _rating(judged)

    for name in ("plain base", "tuned run", "some judge"):
        assert name not in words(app)
    assert "Answer 1" in words(app) and "Answer 2" in words(app)


def test_what_somebody_wrote_is_shown_letter_by_letter_only(home: Workspace) -> None:
    app = _rating(judgement(6))

    assert sum(HOSTILE in str(one.value) for one in app.text) == 2
    assert all(HOSTILE not in str(one.value) for one in (*app.markdown, *app.caption, *app.header))


def test_keys_say_which_one_stood_where(home: Workspace) -> None:
    judged = judgement(6)
    app = _rating(judged)
    assert _shortcuts(app) == ["1", "2", "0"]
    first, second, third = tasks(judged, sample(judged, 3), "Ada")

    for key in ("1", "2", "0"):
        _press(app, key)

    said = {one.item: one.winner for one in read_ratings(judged.id)}
    assert said == {first.item: first.shown[0], second.item: second.shown[1], third.item: TIE}
    assert "You have rated all 3" in words(app)
    (way,) = [one.proto for one in app.get("page_link") if one.proto.label == "See how far the judge agrees"]
    assert judged.id in str(way)


def test_the_answer_shown_first_is_the_one_that_stands_there(home: Workspace) -> None:
    judged = judgement(12)
    app = _rating(judged, 12)
    for task in tasks(judged, sample(judged, 12), "Ada"):
        shown = [str(one.value) for one in app.text if str(one.value).startswith("answer")]
        assert [one.split(" of ")[1][0] for one in shown] == [str(who) for who in task.shown]
        _press(app, "0")


def test_in_scores_the_keys_1_to_5_stand_for_the_scale_of_the_judge(home: Workspace) -> None:
    judged = judgement(4, "score100")
    app = _rating(judged, 2)
    assert _shortcuts(app) == ["1", "2", "3", "4", "5"]
    assert "0 of 4 rated" in words(app)

    for key in ("1", "4", "5"):
        _press(app, key)

    assert [one.score for one in read_ratings(judged.id)] == [0, 75, 100]
    assert "3 of 4 rated" in words(app)


def test_undo_brings_the_last_one_back(home: Workspace) -> None:
    judged = judgement(6)
    app = _rating(judged)
    before = words(app)
    _press(app, "1")
    assert words(app) != before

    app.button(key="undo-1").click().run()

    assert read_ratings(judged.id) == ()
    assert words(app) == before
    assert "Backspace" not in "".join(_shortcuts(app))  # nothing left to take back


def test_a_refresh_goes_on_where_one_was(home: Workspace) -> None:
    judged = judgement(6)
    app = _rating(judged)
    _press(app, "2")

    assert words(visit(PAGE, judgement=judged.id, rater="Ada")) == words(app)


def test_each_counts_only_their_own(home: Workspace) -> None:
    judged = judgement(6)
    add_ratings(judged, [Rating("Bo", item, winner=0) for item in range(6)])

    app = _rating(judged)

    assert "0 of 3 rated" in words(app)


@pytest.mark.parametrize("name", ["**Ada** ![](http://evil.example/a.png)", "<img src=x>"])
def test_a_name_is_only_a_name(home: Workspace, name: str) -> None:
    app = _rating(judgement(6), rater=name)

    assert name in words(app).replace("\u2060", "")  # which takes the address out of an address
    assert all("![](http" not in str(one.value) for one in app.caption)
