"""The page of blind tastings: from two models to an open door, votes that come in, and preferences."""

import time
import urllib.request
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from pipeline import system
from pipeline.actions import tasting as actions
from pipeline.actions.preferences import list_preferences
from pipeline.actions.prompts import add_prompt
from pipeline.inference import client
from pipeline.settings import Workspace
from pipeline.tasting.tasting import Pair, Tasting, folder
from pipeline.tasting.votes import Box, Vote
from tests.pages.staged_writers import stage_base
from tests.pages.visit import visit, words
from tests.tiny_writers import write_base
from tests.unit.tasting.opened import HOSTILE, save_tasting

LONG_ENOUGH = 300  # seconds in which two small models are loaded and answer, on a machine with other work, too
MANY = [(str(phone), place, int(place == 1)) for phone in range(9) for place in range(2)]


@pytest.fixture
def tasting(home: Workspace) -> Iterator[Tasting]:
    """A tasting of hostile words that is not open yet; whatever a test opens ends with it."""
    pairs = tuple(Pair(f"{n} {HOSTILE}", (f"alpha {n} {HOSTILE}", f"beta {n} {HOSTILE}")) for n in range(3))
    saved = save_tasting(pairs)
    yield saved
    if folder(saved.id).exists():
        actions.close(saved.id)


def vote(tasting: Tasting, votes: list[tuple[str, int, int]]) -> None:
    box = Box(tasting.id)
    for one in votes:
        box.add(Vote(*one))


def html(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception[0].value
    return app


def test_without_two_models_that_write_the_page_says_how_to_get_them(home: Workspace) -> None:
    assert "There is no model here that writes" in words(visit("use/tasting.py"))
    stage_base()
    assert "A tasting compares two models" in words(visit("use/tasting.py"))


@pytest.mark.slow
def test_answers_are_written_and_the_tasting_is_opened_watched_closed_and_kept(home: Workspace) -> None:
    for name, said in (("kind", "Hello, how can I help?"), ("curt", "What?")):
        write_base(home.models / name, {"hello": said})
    add_prompt("hello")
    try:
        app = visit("use/playground.py")
        app.toggle(key="playground-beside").set_value(True).run()
        app.selectbox(key="playground-first").select("model:kind").run()
        app.selectbox(key="playground-second").select("model:curt").run()
        app.switch_page("use/tasting.py").run()
        assert [app.selectbox(key=f"tasting-{one}").value for one in ("first", "second")] == [
            "model:kind",
            "model:curt",
        ]
        press(app, "prepare")
        give_up = time.monotonic() + LONG_ENOUGH
        while "tasting" not in app.query_params and time.monotonic() < give_up:
            time.sleep(0.2)  # the models' own process needs the core
            app.run()
        assert "The answers are written" in words(app), words(app)
        (tasting,) = actions.list_tastings()
        app.selectbox(key="tasting-address").select(actions.LOOPBACK)
        press(app, "open")
        door = actions.door_of(tasting.id)
        assert door is not None
        assert app.code[0].value == door.link(tasting)
        with urllib.request.urlopen(door.link(tasting), timeout=10) as page:
            assert "1 of 1" in page.read().decode()
        vote(tasting, [(str(phone), 0, 1) for phone in range(9)])
        app.run()
        assert "9 phones have voted." in html(app)
        assert not any(name in html(app) + words(app) for name in tasting.models)
        app.toggle(key="tasting-names").set_value(True).run()
        assert all(name in html(app) for name in tasting.models)
        press(app, "close")
        assert f"The answers of {tasting.models[1]} were liked better" in words(app)
        assert actions.door_of(tasting.id) is None
        press(app, "keep")
        assert "1 preference is kept of this tasting." in words(app)
        assert [one.chosen_by for one in list_preferences()] == [tasting.models[1]]
    finally:
        client.stop()


def test_a_tasting_that_is_over_says_what_came_of_it_and_what_was_left_out(tasting: Tasting) -> None:
    vote(tasting, MANY)
    actions.close(tasting.id)
    app = visit("use/tasting.py", tasting=tasting.id)
    assert words(app).startswith("No clear preference")
    assert "&lt;script&gt;" in html(app) and "<script" not in html(app)
    press(app, "keep")
    said = words(app)
    assert "2 preferences are kept of this tasting." in said and "1 prompt got no vote: left out." in said
    press(app, "all-tastings")
    listed = app.button(key=f"tasting-{tasting.id}").label
    assert "plain base and secret sauce · 1 January 2026 · 18 votes" in listed.replace("\\", "")


def test_a_tasting_is_deleted_with_its_votes(tasting: Tasting) -> None:
    app = visit("use/tasting.py", tasting=tasting.id)
    press(app, f"do-{tasting.id}")
    assert not folder(tasting.id).exists()
    assert "Which answers do people like better?" in words(app)


@pytest.mark.parametrize("asked", ["0" * 12, "../../etc", "x"])
def test_a_link_to_no_tasting_leads_to_the_others(home: Workspace, asked: str) -> None:
    app = visit("use/tasting.py", tasting=asked)
    assert "This tasting is not kept here." in words(app)
    assert "Which answers do people like better?" in words(app)


def test_a_listener_that_was_killed_leaves_a_tasting_that_can_be_opened_again(tasting: Tasting) -> None:
    door = actions.open_door(tasting, actions.LOOPBACK)
    vote(tasting, MANY)
    system.kill_tree(door.process)
    app = visit("use/tasting.py", tasting=tasting.id)
    app.selectbox(key="tasting-address").select(actions.LOOPBACK)
    press(app, "open")
    assert "9 phones have voted." in html(app)
