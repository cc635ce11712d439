"""A server of judges that does what a test tells it to, over a real socket: the good, the broken and the hostile.

It keeps what it was asked. ``Server.script`` holds what it does with one question after the other; the last one stays.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

METADATA = "http://169.254.169.254/latest/meta-data/"
MODEL = "scripted"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # names in small letters
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All that the judge was told."""
        return "\n".join(turn["content"] for turn in self.body["messages"])


Act = Callable[["_Handler"], None]


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 on a free port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Act] = [says('{"score": 80, "reason": "fine"}')]
        self.models: Act = status(200, {"object": "list", "data": [{"id": MODEL}, {"id": "other"}]})
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self.scheme = "http"

    @property
    def base(self) -> str:
        """What is given as the endpoint."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}/v1"

    @property
    def questions(self) -> list[Asked]:
        """What was asked for a verdict, without looks at the list of models."""
        return [one for one in self.asked if one.method == "POST"]

    def act(self, handler: "_Handler", asked: Asked) -> None:
        """Keep what was asked, and do the next thing."""
        with self._lock:
            self.asked.append(asked)
            act = self.models
            if asked.method == "POST":
                act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            act(handler)
        finally:
            with self._lock:
                self._at_once -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asks may go away at any time."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._act()

    def do_POST(self) -> None:
        self._act()

    def _act(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.act(self, Asked(self.command, self.path, headers, body))

    def reply(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def status(code: int, content: object, **headers: str) -> Act:
    """Any status with JSON; ``Retry_After="7"`` gives the header Retry-After."""

    def act(handler: _Handler) -> None:
        body = json.dumps(content).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.reply(code, body, {"Content-Type": "application/json", "Content-Length": str(len(body)), **given})

    return act


def completion(text: str | None, finish: str = "stop", **message: object) -> dict[str, Any]:
    """What a server that works replies."""
    said = {"role": "assistant", "content": text, **message}
    return {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": said, "finish_reason": finish}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 9, "total_tokens": 129},
    }


def says(text: str | None, finish: str = "stop", **message: object) -> Act:
    """A reply."""
    return status(200, completion(text, finish, **message))


def redirects(to: str = METADATA, code: int = 307) -> Act:
    """Leads elsewhere."""
    return status(code, {}, Location=to)


def hangs(handler: _Handler) -> None:
    """Nothing comes, ever."""
    handler.close_connection = True
    handler.server.over.wait()


def truncated(handler: _Handler) -> None:
    """Less comes than was promised."""
    body = json.dumps(completion('{"score": 80}')).encode()
    handler.close_connection = True
    handler.reply(200, body[:40], {"Content-Type": "application/json", "Content-Length": str(len(body))})


def no_json(handler: _Handler) -> None:
    """What a portal of a hotel says to everything."""
    body = b"<html><body>Please sign in</body></html>"
    handler.reply(200, body, {"Content-Type": "text/html", "Content-Length": str(len(body))})


def endless(handler: _Handler) -> None:
    """More and more comes."""
    handler.close_connection = True
    handler.reply(200, b'{"choices": [', {"Content-Type": "application/json"})
    while not handler.server.over.is_set():
        handler.wfile.write(b" " * 65_536)


def dripping(handler: _Handler) -> None:
    """Little by little, always in time for whoever waits for the next byte only."""
    handler.close_connection = True
    handler.reply(200, b"{", {"Content-Type": "application/json"})
    while not handler.server.over.wait(0.02):
        handler.wfile.write(b" ")


def hangs_up(handler: _Handler) -> None:
    """The connection ends before a word."""
    handler.close_connection = True


def echoes_key(handler: _Handler) -> None:
    """Says what it was sent, as some servers do when they are asked to debug."""
    says(json.dumps({"score": 80, "reason": handler.headers.get("Authorization", "")}))(handler)


def only_if(fits: Callable[[dict[str, Any]], bool], then: Act, otherwise: Act) -> Act:
    """Depends on what was asked."""

    def act(handler: _Handler) -> None:
        (then if fits(handler.server.asked[-1].body) else otherwise)(handler)

    return act


def together(count: int, then: Act) -> Act:
    """Replies once so many questions are there."""
    barrier = threading.Barrier(count)

    def act(handler: _Handler) -> None:
        barrier.wait(20)
        then(handler)

    return act


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the block lasts; with TLS where a context is given."""
    with Server() as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
