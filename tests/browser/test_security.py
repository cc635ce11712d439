"""Pages show a stranger's words letter by letter by themselves, not only because the server's policy stops the rest.

The browser is told to ignore the Content-Security-Policy, and every picture, link and script in the table points
to a listener that counts who calls.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pages.components.navigation import PLACES
from pipeline.settings import Workspace
from tests.browser.stage import Server, settle
from tests.pages.staged_run import Staged, stage

ROWS = 60


@dataclass
class Listener:
    """Somebody outside who would like to know who reads the table."""

    address: str = ""
    calls: list[str] = field(default_factory=list)

    def picture(self, where: str) -> str:
        """Words that a page must not obey; ``where`` says from which place of the table a call came."""
        here = f"{self.address}/{where}"
        return f"![x]({here}/markdown) <img src={here}/html> <script src={here}/script></script> $x^2$ :red[y]"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server on this machine that notes every call."""
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.calls.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def hostile(home: Workspace, tmp_path: Path, listener: Listener) -> Staged:
    """A finished run whose names, columns, labels and cells all want to be obeyed."""
    columns = [listener.picture("text-column"), f"second {listener.picture('second-column')}"]
    label = listener.picture("label-column")
    labels = [listener.picture("label"), f'=HYPERLINK("{listener.address}/formula")', "harmless"]
    rows = [[*columns, label]]
    for number in range(ROWS):
        cells = [f"{number * number} {listener.picture('cell')}", f"{number} @SUM(1+1) {listener.address}"]
        rows.append([*cells, labels[number % 3] if number % 6 else ""])
    file = f"{listener.picture('file')}.csv"
    return stage(
        tmp_path, rows, file=file, text=tuple(columns), label=label, name=listener.picture("run"), with_model=True
    )


@pytest.mark.slow
def test_no_page_obeys_a_hostile_table_even_where_the_policy_is_ignored(
    browser: Browser, home: Workspace, hostile: Staged, listener: Listener
) -> None:
    server = Server(home.home)
    server.start()
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    strangers: list[str] = []
    context.on("request", lambda request: strangers.append(request.url))
    page = context.new_page()
    try:
        for place in (place for group in PLACES.values() for place in group):
            show(page, server, place.url, hostile)
        ask(page, server, hostile)
        fill(page, server, hostile)
        look_into_a_cell(page, server, hostile)
        want_to_delete(page, server, hostile)
    finally:
        context.close()
        server.end_everything()
    own = (server.address, "data:", "blob:", "about:", "chrome:")
    assert [url for url in strangers if not url.startswith(own)] == []
    assert listener.calls == []


def show(page: Page, server: Server, url: str, hostile: Staged) -> None:
    """Open a page and wait until all of it is drawn."""
    page.goto(f"{server.address}/{url}?run={hostile.run}&dataset={hostile.dataset.id}")
    settle(page)
    page.wait_for_load_state("networkidle")


def ask(page: Page, server: Server, hostile: Staged) -> None:
    """The answer is a hostile label, and the rows beside it are hostile cells."""
    show(page, server, "ask", hostile)
    page.locator("textarea").first.fill("invoice of last month")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text("Most similar labelled rows").wait_for(timeout=120_000)
    settle(page)


def fill(page: Page, server: Server, hostile: Staged) -> None:
    """The filled file as a table, with the file's name above it."""
    show(page, server, "fill", hostile)
    page.locator(".st-key-fill button").click()
    page.get_by_test_id("stDownloadButton").wait_for(timeout=120_000)
    settle(page)


def look_into_a_cell(page: Page, server: Server, hostile: Staged) -> None:
    """A click on a cell of the confusion matrix brings up its rows."""
    show(page, server, "results", hostile)
    box = page.locator(".js-plotly-plot .heatmaplayer image").bounding_box()
    assert box is not None
    for column in (1, 3, 5):
        page.mouse.click(box["x"] + box["width"] * column / 6, box["y"] + box["height"] / 6)
        settle(page)


def want_to_delete(page: Page, server: Server, hostile: Staged) -> None:
    """The question before deleting names the run."""
    show(page, server, "storage", hostile)
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_text("This cannot be undone").wait_for()
    settle(page)
