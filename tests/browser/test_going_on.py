"""The browser owns nothing: a run goes on whatever happens to the page, the tab or the server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page

import launch
from pipeline.actions.samples import samples
from tests.browser.stage import Server, Visitor, settle
from tests.browser.test_whole_path import excerpt

EPOCHS = 200  # far more than the test waits for: the run goes on until it is stopped
RUNNING_SECONDS = 120
# The first figure on the page: "120 / 1,600".
STEP = """() => { const shown = document.querySelector('[data-testid=stMetricValue]');
    return shown ? Number(shown.innerText.split('/')[0].replaceAll(',', '')) || 0 : 0; }"""


@pytest.fixture
def long_run(server: Server, tmp_path: Path) -> Iterator[str]:
    """The id of a run that has begun to train and will not end by itself."""
    file = tmp_path / "tickets.csv"
    excerpt(next(one for one in samples() if one.name == "en_support_tickets"), file, whole=False)
    asked = ["train", str(file), "--model", launch.STARTERS[0], "--preset", "fast", "--set", f"epochs={EPOCHS}"]
    run = json.loads(server.command(*asked, "--json"))["run"]
    yield run
    for _ in range(2):  # the second time does not wait for the end of the step
        server.command("runs", "stop", run)


@pytest.mark.slow
def test_a_refresh_and_a_second_tab_show_the_run_that_goes_on(long_run: str, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("en")
    visitor.go("train/monitor.py")
    seen = step_after(visitor.page, 0)

    visitor.page.reload()
    settle(visitor.page)
    seen = step_after(visitor.page, seen)

    step_after(visitor.open(f"/monitor?run={long_run}"), seen)


@pytest.mark.slow
@pytest.mark.faults
def test_a_killed_server_does_not_end_the_run(long_run: str, server: Server, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("zh_CN")
    visitor.go("train/monitor.py")
    seen = step_after(visitor.page, 0)
    worker = json.loads(server.command("runs", "show", long_run, "--json"))["pid"]

    server.kill()
    assert psutil.pid_exists(worker)
    server.start()

    visitor.page.reload()
    settle(visitor.page)
    step_after(visitor.page, seen)
    assert json.loads(server.command("runs", "show", long_run, "--json"))["pid"] == worker


@pytest.mark.slow
def test_stop_ends_the_run_with_a_model_that_was_measured(long_run: str, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("en")
    visitor.go("train/monitor.py")
    step_after(visitor.page, 0)

    visitor.press("Stop")

    ended = visitor.t("Stopped after step {step} of {steps}", step="\0", steps="\0").split("\0")[0]
    visitor.page.get_by_role("heading", name=ended).wait_for(timeout=RUNNING_SECONDS * 1000)
    visitor.page.get_by_role("button", name=visitor.t("Resume")).wait_for()
    visitor.press("See the results")
    visitor.reads(visitor.t("Accuracy"))


def step_after(page: Page, step: int) -> int:
    """Wait until the page shows a later step than ``step``. Returns it."""
    page.wait_for_function(f"step => ({STEP})() > step", arg=step, timeout=RUNNING_SECONDS * 1000)
    return int(page.evaluate(STEP))
