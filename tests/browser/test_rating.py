"""Somebody rates answers with the keyboard alone, in either language, reloads the page and goes on where they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from pipeline.judge.ratings import keep_sample, read_ratings, sample, tasks
from pipeline.settings import Workspace
from tests.browser.stage import LOCALES, Server, settle
from tests.unit.judge.judged import judgement

PATIENCE = 30_000  # milliseconds


@pytest.fixture
def dashboard(home: Workspace) -> Iterator[Server]:
    """A running dashboard in the workspace of this test."""
    started = Server(home.home)
    started.start()
    yield started
    started.end_everything()


@pytest.mark.slow
@pytest.mark.parametrize("language", LOCALES)
def test_keys_rate_take_back_and_a_reload_loses_nothing(browser: Browser, dashboard: Server, language: str) -> None:
    judged = judgement(6)
    keep_sample(judged.id, sample(judged, 3))
    first, second, third = tasks(judged, sample(judged, 3), "Ada")
    context = browser.new_context(locale=LOCALES[language], viewport={"width": 1024, "height": 800})
    page = context.new_page()
    page.goto(f"{dashboard.address}/rating?judgement={judged.id}&rater=Ada")
    settle(page)

    for key, task, following in (("1", first, second), ("2", second, third)):
        # Only a button that is there listens to its key, and each belongs to one task.
        expect(page.locator(f".st-key-rate-{task.item}-{task.shown[0]}-{key} button")).to_be_visible(timeout=PATIENCE)
        settle(page)
        page.keyboard.press(key)
        expect(page.get_by_text(f"question {following.item}", exact=True)).to_be_visible(timeout=PATIENCE)
    assert [(one.item, one.winner) for one in read_ratings(judged.id)] == [
        (first.item, first.shown[0]),
        (second.item, second.shown[1]),
    ]

    expect(page.locator(".st-key-undo-2 button")).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.keyboard.press("Backspace")
    expect(page.get_by_text(f"question {second.item}", exact=True)).to_be_visible(timeout=PATIENCE)
    page.reload()
    settle(page)
    expect(page.get_by_text(f"question {second.item}", exact=True)).to_be_visible()
    assert [one.item for one in read_ratings(judged.id)] == [first.item]
    context.close()
