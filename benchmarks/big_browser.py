"""A million rows through the browser: does a page still open at once while they are read, divided and checked?

    python -m benchmarks.big_browser [--rows N]

Two visitors in a headless Chromium: one brings the table of ``benchmarks.big_csv`` (the reading, the dividing and the
check follow, each in a process of its own), the other one opens one page after the other meanwhile. A change is from
the click until the page is drawn; the memory is what the server process holds, looked at ten times a second.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.sync_api import Page

from benchmarks.big_csv import ROWS, write_table
from pipeline.settings import workspace
from tests.browser.stage import Server, Visitor, chromium, prepare_home, settle

MOST_CHANGE, MOST_SECONDS = 1.0, 900.0
PAGES = ("train/start.py", "storage.py", "data/check.py", "models.py", "home.py")
OVER = "() => !document.querySelector('[data-testid=stMain] [data-testid=stProgress]')"


class Scale:
    """The memory of the server in MB: now, and the most since ``most`` was last asked."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._most = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def now(self) -> float:
        """At this moment."""
        return float(self._process.memory_info().rss) / 1e6

    def most(self) -> float:
        """The most since the last call."""
        most, self._most = max(self._most, self.now()), 0.0
        return most

    def stop(self) -> None:
        """Look no longer."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self._most = max(self._most, self.now())


def main(arguments: list[str]) -> int:
    """Measure and print one row a stage. Returns 1 if a page opened too late, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home, table = Path(folder) / "home", Path(folder) / "tickets.csv"
        prepare_home(home, workspace().models)
        write_table(table, options.rows)
        server = Server(home)
        server.command("doctor")  # measures what this machine can train on, which is done once
        server.start()
        assert server.process is not None
        scale = Scale(psutil.Process(server.process.pid))
        try:
            bringing, reading = Visitor(browser, server, "en"), Visitor(browser, server, "en")
            for page in PAGES:
                reading.go(page)
            print("| stage | takes | page changes: median, slowest | server, most |\n|---|---|---|---|")
            print(f"| before | | | {scale.now():.0f} MB |")
            late = stages(bringing, reading, table, scale)
            print(f"| after | | | {scale.now():.0f} MB |")
        finally:
            scale.stop()
            server.end_everything()
    return int(late)


def stages(bringing: Visitor, reading: Visitor, table: Path, scale: Scale) -> bool:
    """Bring the table and go the way to the end of its check; whether a page opened too late meanwhile."""
    page = bringing.page
    page.goto(f"{bringing.server.address}/data")
    settle(page)
    begins: dict[str, tuple[Callable[[], None], Callable[[], bool]]] = {
        "upload and reading": (
            lambda: page.locator("input[type=file]").set_input_files(table),
            lambda: "source=" in page.url,
        ),
        "dividing": (lambda: bringing.press("Next: check"), lambda: "/check" in page.url),
        "check": (lambda: settle(page), lambda: is_over(page)),
    }
    late = False
    for name, (begin, over) in begins.items():
        scale.most()
        begun = time.perf_counter()
        begin()
        changes: list[tuple[float, str]] = []
        while not over() and time.perf_counter() - begun < MOST_SECONDS:
            file = PAGES[len(changes) % len(PAGES)]
            changes.append((reading.go(file), file))
        taken = time.perf_counter() - begun
        settle(page)
        late |= max(changes, default=(0.0, ""))[0] > MOST_CHANGE
        shown = "none"
        if changes:
            slowest, file = max(changes)
            median = statistics.median(seconds for seconds, _ in changes)
            shown = f"{median:.2f} s, {slowest:.2f} s ({file}), of {len(changes)}"
        print(f"| {name} | {taken:.0f} s | {shown} | {scale.most():.0f} MB |", flush=True)
    return late


def is_over(page: Page) -> bool:
    """Whether nothing is being worked on that the page shows."""
    return bool(page.evaluate(OVER))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
