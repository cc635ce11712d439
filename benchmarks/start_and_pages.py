"""How long somebody waits: from the start to a usable page, from page to page, and what the server weighs.

    python -m benchmarks.start_and_pages

Everything is measured from outside, in a headless Chromium that is already running: ``launch.py`` is started
on a machine that was set up before (the second start), the clock stops when the first page has been drawn. Then
every page is opened by a click in the navigation, with a finished run in the workspace, so that the pages have
something to show. Memory is the resident memory of the server process after that, one session being open.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser

import launch
from pages.components.navigation import PLACES
from pipeline.actions.samples import samples
from pipeline.settings import workspace
from tests.browser.stage import LAUNCH, Server, Visitor, chromium, prepare_home

STARTS, ROUNDS = 5, 4
CHECK_SECONDS = 120  # more than the check of a sample takes on any machine
MOST_START, MOST_CHANGE, MOST_MEMORY = 4.0, 0.5, 300.0  # seconds, seconds, MB of 10**6 bytes


def main() -> int:
    """Measure and print one row a figure. Returns 1 if a figure is missed, else 0."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder) / "home"
        prepare_home(home, workspace().models)
        sample = next(one for one in samples() if one.name == "en_support_tickets")
        server = Server(home)
        server.command("train", str(sample.path), "--model", launch.STARTERS[0], "--preset", "fast", "--follow")
        starts = [start(home, browser) for _ in range(STARTS)]
        changes, memory = use_pages(server, browser)
    print("| what | measured | at most |\n|---|---|---|")
    print(f"| second start to first page usable, {STARTS} starts | {spread(starts)} s | {MOST_START:g} s |")
    print(f"| page change, {len(changes)} changes | {spread(changes)} s | median {MOST_CHANGE:g} s |")
    print(f"| server process, one session open | {memory:.0f} MB | {MOST_MEMORY:g} MB |")
    return int(max(starts) > MOST_START or statistics.median(changes) > MOST_CHANGE or memory > MOST_MEMORY)


def start(home: Path, browser: Browser) -> float:
    """Start as the README says and open the first page: seconds until it is drawn."""
    server = Server(home, LAUNCH)
    begun = time.perf_counter()
    server.start()
    try:
        visitor = Visitor(browser, server, "en")
        taken = time.perf_counter() - begun
        visitor.close()
    finally:
        server.stop()
    return taken


def use_pages(server: Server, browser: Browser) -> tuple[list[float], float]:
    """Open every page ROUNDS times by its link: seconds of each change, and the server's memory in MB at the end."""
    server.start()
    try:
        visitor = Visitor(browser, server, "en")
        files = [place.file for group in PLACES.values() for place in group]
        # The first visit starts the check of the data; what it takes is not the pages' doing.
        visitor.go("data/check.py")
        visitor.page.get_by_test_id("stProgress").wait_for(state="detached", timeout=CHECK_SECONDS * 1000)
        seconds = [visitor.go(file) for _ in range(ROUNDS) for file in (*files[1:], files[0])]
        assert server.process is not None
        memory = psutil.Process(server.process.pid).memory_info().rss / 1e6
        visitor.close()
    finally:
        server.stop()
    return seconds, memory


def spread(values: list[float]) -> str:
    """Median, smallest and largest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


if __name__ == "__main__":
    sys.exit(main())
