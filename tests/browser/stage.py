"""A real server in a workspace of its own, and a real browser that may talk to nothing else.

Used by the browser tests and by the benchmarks. Knows how to start, kill, click and read; of the pages it knows
where they are, not what they do.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

import launch
from pages.components.navigation import PLACES
from pipeline.i18n import catalogue

HOST = "127.0.0.1"
START_SECONDS = 60
# Chromium asks its maker for updates, field trials and accounts; a test on one machine has no use for either.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STREAMLIT = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", HOST, "--server.headless", "true")
STREAMLIT += ("--server.port", "{port}")
LAUNCH = (sys.executable, "launch.py", "--no-browser", "--port", "{port}")
LOCALES = {"en": "en-US", "zh_CN": "zh-CN"}
IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
# The address is the page's own, its script has ended, and nothing of the page before is left.
DRAWN = """path => location.pathname === path
    && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stMain] [data-stale=true]')"""


class Server:
    """The dashboard on a free port, in the workspace ``home``; ended by ``stop`` or, as a crash would, by ``kill``."""

    def __init__(self, home: Path, command: Sequence[str] = STREAMLIT) -> None:
        self.home = home
        self.starter = command
        self.environment = {**os.environ, "TUNEDESK_HOME": str(home)}
        self.port = _free_port()
        self.address = f"http://{HOST}:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and return once the server answers; raise RuntimeError with its log when it does not."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [part.format(port=self.port) for part in self.starter]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=launch.ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.05)

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.home.parent / f"{self.home.name}.server.log"

    def kill(self) -> None:
        """End it as a crash would: no chance to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def end_everything(self) -> None:
        """End the server and whatever else runs in this workspace: job workers and the model host."""
        self.stop()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("TUNEDESK_HOME") == str(self.home):
                    process.kill()

    def command(self, *arguments: str) -> str:
        """What ``python -m pipeline ARGUMENTS`` prints in this workspace; RuntimeError with its reason if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=launch.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5):
                return True
        except OSError:
            return False


class Visitor:
    """Somebody at a browser: a page in one language, and the words that they read there."""

    def __init__(self, browser: Browser, server: Server, language: str) -> None:
        self.context = browser.new_context(
            locale=LOCALES[language], viewport={"width": 1280, "height": 900}, accept_downloads=True
        )
        self.strangers: list[str] = []
        self.context.on("request", lambda request: self._note(request.url))
        self.server = server
        self.language = language
        self.page = self.open()

    def open(self, path: str = "/") -> Page:
        """A new tab at ``path``, once everything on it has been drawn."""
        page = self.context.new_page()
        page.goto(self.server.address + path)
        settle(page)
        return page

    def t(self, message: str, **values: object) -> str:
        """What this visitor reads for the gettext id ``message``."""
        return catalogue(self.language).gettext(message).format(**values)

    def tn(self, singular: str, plural: str, count: int, **values: object) -> str:
        """What this visitor reads for ``count`` of something."""
        found = catalogue(self.language).ngettext(singular, plural, count)
        return found.format(count=count, n=f"{count:,}", **values)

    def go(self, file: str) -> float:
        """Open the page of ``file``, such as ``"use/fill.py"``, through the navigation.

        Returns the seconds from the click on its name until it is drawn.
        """
        section, place = next((name, one) for name, group in PLACES.items() for one in group if one.file == file)
        if section:
            self.page.get_by_test_id("stTopNavSection").filter(has_text=self.t(section)).click()
        link = self.page.get_by_test_id("stTopNavDropdownLink" if section else "stTopNavLink")
        named = link.filter(has_text=self.t(place.title))
        named.wait_for()
        begun = time.perf_counter()
        named.click()
        self.page.wait_for_function(DRAWN, arg=f"/{place.url}")
        return time.perf_counter() - begun

    def press(self, message: str, **values: object) -> None:
        """Click the button that reads ``message``, once it can be clicked."""
        self.page.get_by_role("button", name=self.t(message, **values)).click()

    def reads(self, words: str, seconds: float = 30) -> None:
        """Wait until ``words`` (already translated) stand somewhere on the page."""
        self.page.get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def sight(self) -> str:
        """What stands in this visitor's tabs and what the server printed, for somebody who looks for a fault."""
        shown = (f"{page.url}\n{page.locator('body').inner_text()}" for page in self.context.pages)
        return "\n\n".join([*shown, self.server.log.read_text(errors="replace")])

    def close(self) -> None:
        """Close the tabs; raise AssertionError if a page asked anybody but its own server for anything."""
        self.context.close()
        assert not self.strangers, f"requests left the machine: {self.strangers}"

    def _note(self, url: str) -> None:
        if not url.startswith((self.server.address, "data:", "blob:", "about:", "chrome:")):
            self.strangers.append(url)


def settle(page: Page, seconds: float = 30) -> None:
    """Return once the page's script has run to its end."""
    page.wait_for_selector(IDLE, timeout=seconds * 1000, state="attached")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: an installed one, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


def prepare_home(home: Path, models: Path) -> None:
    """A workspace with the starter models of ``models``, which are shared and not copied.

    Raises:
        FileNotFoundError: ``models`` does not hold them all.
    """
    (home / "models").mkdir(parents=True)
    for name in launch.STARTERS:
        if not (models / name).is_dir():
            raise FileNotFoundError(f"{models / name} is missing: run `python -m pipeline models fetch {name}` first")
        (home / "models" / name).symlink_to(models / name, target_is_directory=True)


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=launch.find_browser(), args=BROWSER_FLAGS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
