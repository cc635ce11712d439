"""Somebody goes on to the next page while something on this one still refreshes itself."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.stage import DRAWN, Visitor

CHECK_SECONDS = 60


class LateTimer:
    """Between browser and server: what a timer of the old page asks for arrives once the next page has begun."""

    def __init__(self) -> None:
        self.asked = b""  # the last request of a timer
        self.page = ""  # the page that it was for
        self.sent = False

    def stand_between(self, browser_side: WebSocketRoute) -> None:
        """Pass everything on, and the last request of a timer once more when another page has begun."""
        server_side = browser_side.connect_to_server()

        def to_server(message: str | bytes) -> None:
            request = BackMsg.FromString(message) if isinstance(message, bytes) else BackMsg()
            if request.rerun_script.is_auto_rerun:
                self.asked = bytes(message)
                self.page = request.rerun_script.page_script_hash
            server_side.send(message)

        def to_browser(message: str | bytes) -> None:
            news = ForwardMsg.FromString(message) if isinstance(message, bytes) else ForwardMsg()
            begun = news.new_session.page_script_hash
            if begun and self.page and begun != self.page and not self.sent:
                server_side.send(self.asked)
                self.sent = True
            browser_side.send(message)

        browser_side.on_message(to_server)
        server_side.on_message(to_browser)


@pytest.mark.slow
def test_a_timer_of_the_page_before_does_not_empty_the_next_one(visit: Callable[[str], Visitor]) -> None:
    visitor, timer = visit("en"), LateTimer()
    visitor.page.route_web_socket(re.compile("/_stcore/stream"), timer.stand_between)
    visitor.page.reload()
    visitor.page.get_by_role("button", name=visitor.t("Start with this")).first.click()
    visitor.press("Next: check")
    deadline = time.monotonic() + CHECK_SECONDS
    while not timer.asked:  # the check goes on, and its bar refreshes itself
        assert time.monotonic() < deadline
        visitor.page.wait_for_timeout(100)

    visitor.press("Next: train")
    visitor.page.wait_for_function(DRAWN, arg="/train")

    assert timer.sent
    visitor.page.get_by_role("button", name=visitor.t("Start training")).wait_for()
