"""A room votes by phone, with no script at all, and whoever presents it sees the votes come in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from pipeline.actions import tasting as actions
from pipeline.settings import Workspace
from pipeline.tasting.tasting import Tasting
from tests.browser.stage import Server, settle
from tests.unit.tasting.opened import PAIRS, save_tasting

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def presenter(home: Workspace) -> Iterator[Server]:
    """A running dashboard in the workspace of this test."""
    started = Server(home.home)
    started.start()
    yield started
    started.end_everything()


@pytest.fixture
def tasting(home: Workspace) -> Iterator[Tasting]:
    """A tasting of hostile answers, ready to be opened."""
    saved = save_tasting()
    yield saved
    actions.close(saved.id)


@pytest.mark.slow
def test_phones_vote_without_a_script_and_the_bars_rise_until_it_is_closed(
    browser: Browser, presenter: Server, tasting: Tasting
) -> None:
    strangers: list[str] = []
    desk = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    screen = desk.new_page()
    screen.goto(f"{presenter.address}/tasting?tasting={tasting.id}")
    settle(screen)
    screen.get_by_role("combobox").last.click()
    screen.get_by_role("option", name="this machine alone").click()
    screen.get_by_role("button", name="Open the tasting").click()
    link = screen.locator(".st-key-tasting-link code").inner_text()
    assert screen.get_by_alt_text("QR code with the link").evaluate("one => one.naturalWidth") > 100
    expect(screen.get_by_text("0 phones have voted.")).to_be_visible()
    for number, language in enumerate(("en-US", "zh-CN"), start=1):
        # The policy is ignored, and no script runs: what is shown is safe by itself, and works by itself.
        pocket = browser.new_context(locale=language, viewport=PHONE, java_script_enabled=False, bypass_csp=True)
        pocket.on("request", lambda request: strangers.append(request.url))
        phone = pocket.new_page()
        phone.goto(link)
        wide = phone.locator("body").bounding_box()
        assert wide is not None and wide["width"] <= PHONE["width"]
        for _ in PAIRS:
            cards = phone.locator(".answer")
            button = cards.filter(has_text="beta").get_by_role("button")
            box = button.bounding_box()
            assert box is not None and box["height"] >= 48 and box["x"] + box["width"] <= PHONE["width"]
            button.click()
        assert phone.get_by_role("button").count() == 0
        said = f"{number} phone{'s' if number > 1 else ''} ha{'ve' if number > 1 else 's'} voted."
        expect(screen.get_by_text(said)).to_be_visible(timeout=15_000)
        pocket.close()
    assert "secret sauce" not in screen.content()
    screen.get_by_role("button", name="Close for good").click()
    expect(screen.get_by_text("secret sauce")).to_be_visible(timeout=15_000)
    assert actions.door_of(tasting.id) is None
    assert [url for url in strangers if not url.startswith(link)] == []
    desk.close()
