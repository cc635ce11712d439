"""Two models answer side by side in a real browser, and what they say is shown and never obeyed.

The browser is told to ignore the Content-Security-Policy, so that the page alone has to keep what is said harmless.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.settings import Workspace
from tests.browser.stage import Server, settle
from tests.pages.staged_run import stage
from tests.pages.staged_writers import HOSTILE, stage_base, stage_written_run

PICTURE = "![](http://evil.example/asked.png) <img src=http://evil.example/tag.png>"

# Behind the last that was asked stand two answers, and neither has the cursor of one that is being written.
COMPLETE = """message => {
    const texts = [...document.querySelectorAll('[data-testid=stText]')].map(one => one.innerText);
    const answers = texts.slice(texts.lastIndexOf(message) + 1);
    return texts.includes(message) && answers.length === 2 && answers.every(one => one && !one.endsWith('\u258c'));
}"""


@pytest.mark.slow
def test_two_answers_side_by_side_call_nobody_and_a_refresh_keeps_them(
    browser: Browser, home: Workspace, tmp_path: Path
) -> None:
    stage_written_run(stage(tmp_path, with_model=True))
    stage_base()
    server = Server(home.home)
    server.start()
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}, locale="en-US")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    try:
        page.goto(f"{server.address}/playground")
        settle(page)
        page.get_by_test_id("stMainBlockContainer").get_by_text("Two side by side").click()
        settle(page)
        for message in ("hello", PICTURE):
            say(page, message)
        said = page.get_by_test_id("stText").all_inner_texts()
        assert said[:2] == ["hello", HOSTILE]
        assert said[3] == PICTURE
        page.get_by_text("How sure the model was").first.click()
        word = page.locator(".td-word").nth(3)
        word.click()  # and not only hover: what opens may still move the word away from under the mouse
        word.locator(".td-about").wait_for(state="visible")
        page.get_by_text("The prompt as sent").last.click()
        page.get_by_test_id("stCode").wait_for()
        page.reload()
        page.get_by_text("Download as a page").first.wait_for(timeout=60_000)
        assert page.get_by_test_id("stText").all_inner_texts() == said
        with page.expect_download() as arriving:
            page.get_by_test_id("stDownloadButton").get_by_role("button").click()
        arriving.value.save_as(tmp_path / "conversation.html")
        page.goto((tmp_path / "conversation.html").as_uri())
        assert HOSTILE in page.locator(".text").all_inner_texts()
    finally:
        context.close()
        server.end_everything()
    own = (server.address, "data:", "blob:", "about:", "chrome:", "file:")
    assert [url for url in asked if not url.startswith(own)] == []


def say(page: Page, message: str) -> None:
    """Send ``message`` and wait until all answers are complete."""
    page.get_by_test_id("stChatInput").locator("textarea").fill(message)
    page.keyboard.press("Enter")
    page.get_by_text(message, exact=True).last.wait_for()
    # "Ask again" stands there from the message before, so the answers themselves tell when they are complete.
    page.wait_for_function(COMPLETE, arg=message, timeout=180_000)
    page.get_by_role("button", name="Ask again").wait_for()
    settle(page)
