"""A server and a browser for the tests of this folder."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.settings import workspace
from tests.browser.stage import Server, Visitor, chromium, prepare_home

STARTER_MODELS = workspace().models  # before any test points TUNEDESK_HOME elsewhere
VISITORS = pytest.StashKey[list[Visitor]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure stands what the visitors saw, as nobody can look at the page any more."""
    report = yield
    if report.failed and report.when == "call":
        for visitor in item.stash.get(VISITORS, []):
            report.sections.append((f"What a visitor saw ({visitor.language})", visitor.sight()))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with chromium() as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running dashboard in a fresh workspace that has the starter models."""
    home = tmp_path / "home"
    prepare_home(home, STARTER_MODELS)
    started = Server(home)
    started.start()
    yield started
    started.end_everything()


@pytest.fixture
def visit(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Visitor]]:
    """Call it with a language: somebody opens the dashboard in a browser that speaks it."""
    visitors: list[Visitor] = []
    request.node.stash[VISITORS] = visitors

    def arrive(language: str) -> Visitor:
        visitors.append(Visitor(browser, server, language))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.close()
