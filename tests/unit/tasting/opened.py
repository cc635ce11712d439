"""A tasting whose door is open in this process, and phones that knock at it."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.tasting.listener import Listener
from pipeline.tasting.tasting import Pair, Tasting, save

ADDRESS = "127.0.0.1"
HOSTILE = '<script>alert(1)</script> ![](http://evil.example/a.png) "><img src=x onerror=alert(1)>'
PAIRS = tuple(Pair(f"prompt {n} {HOSTILE}", (f"alpha {n} {HOSTILE}", f"beta {n}\n第二行")) for n in range(3))


def save_tasting(pairs: tuple[Pair, ...] = PAIRS) -> Tasting:
    """A tasting that is ready to be opened."""
    tasting = Tasting(("secret sauce", "plain base"), pairs, (), {"seed": 0}, "2026-01-01T00:00:00+00:00")
    save(tasting)
    return tasting


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def answers(self) -> list[str]:
        """The answers on the page, in the order of this phone, as they stand in its HTML."""
        return re.findall(r'<div class="text" dir="auto">(.*?)</div>', self.text, re.DOTALL)

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found[1] if found else ""


@dataclass
class Phone:
    """A browser that keeps its cookie and follows where it is sent."""

    listener: Listener
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> str:
        return f"/{self.listener.tasting.token}"

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Reply:
        """One request."""
        connection = http.client.HTTPConnection(ADDRESS, self.listener.server_port, timeout=20)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            response = connection.getresponse()
            reply = Reply(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()
        if "Set-Cookie" in reply.headers:
            self.headers["Cookie"] = reply.headers["Set-Cookie"].partition(";")[0]
        return reply

    def open(self, at: int | None = None) -> Reply:
        """The page."""
        return self.ask("GET", self.here if at is None else f"{self.here}?at={at}")

    def vote(self, better: str, at: int | None = None) -> Reply:
        """Find the answer better that begins with ``better`` ("alpha" is A, "beta" is B); returns the next page."""
        page = self.open(at)
        button = next(n for n, answer in enumerate(page.answers, 1) if answer.startswith(better))
        fields = f"form={page.hidden('form')}&at={page.hidden('at')}&better={button}"
        sent = self.ask("POST", f"{self.here}/vote", fields)
        assert (sent.status, sent.headers["Location"]) == (303, self.here), sent
        return self.open()
