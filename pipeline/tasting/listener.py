"""The door of a tasting: a small server that shows phones the answers and takes their votes, and does nothing else.

    python -m pipeline.tasting.listener TASTING ADDRESS PARENT_PID PARENT_CREATED

It is reached from other machines, so it holds nothing of the workspace but one tasting, knows two addresses, which
both begin with the tasting's token, believes no header and writes down no request. It ends once the tasting is over,
when the server that opened it is gone, and after two hours in any case.
"""

import argparse
import hashlib
import hmac
import json
import secrets
import socket
import socketserver
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from pipeline import system
from pipeline.files import write_text
from pipeline.i18n import closest_language
from pipeline.system import Identity
from pipeline.tasting import phone
from pipeline.tasting.tasting import Tasting, folder, load
from pipeline.tasting.votes import Box, Vote

DOOR, OVER = "door.json", "over"
OPEN_SECONDS = 2 * 60 * 60.0
LOOK_SECONDS = 0.2  # between two looks at whether it is over
COOKIE = "phone"
MOST_BYTES = 1_000  # of a vote, which has about a hundred
MOST_READ, _DIGITS = 16_384, 9  # bytes of a body that are read at all; digits of its length
# A request is a few hundred bytes: who needs longer holds a place that others want. Browsers open a connection or two
# that they may need, so a full hall has some hundred of them.
REQUEST_SECONDS, MOST_AT_ONCE = 10.0, 500
# Of one address; behind a router that is a whole room, which scans the code at the same moment.
BURST, PER_SECOND, MOST_ADDRESSES = 600.0, 60.0, 10_000
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": phone.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "Cache-Control": "no-store",
}


class Limiter:
    """How often an address may ask: so many at once, and so many a second in the long run."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # requests that it may make, and when that was so
        self._guard = threading.Lock()

    def allows(self, address: str) -> bool:
        """Whether this request may be answered; it counts."""
        with self._guard:
            now = time.monotonic()
            left, then = self._left.get(address, (BURST, now))
            left = min(BURST, left + (now - then) * PER_SECOND)
            if len(self._left) >= MOST_ADDRESSES and address not in self._left:
                self._left.clear()
            self._left[address] = (max(0.0, left - 1), now)
            return left >= 1


class Listener(ThreadingHTTPServer):
    """The server of one tasting."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tasting: Tasting, address: str) -> None:
        super().__init__((address, 0), Handler)
        self.tasting = tasting
        self.box = Box(tasting.id)
        self.limiter = Limiter()
        self._since: dict[socket.socket, float] = {}
        self._guard = threading.Lock()

    def server_bind(self) -> None:
        """Bind without looking up the machine's name, which can take half a minute and is not needed."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, unless too many are being answered already."""
        with self._guard:
            full = len(self._since) >= MOST_AT_ONCE
            if not full:
                self._since[request] = time.monotonic()
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """It has been answered, or will not be."""
        with self._guard:
            self._since.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Hang up on those that take too long, whatever they send meanwhile."""
        with self._guard:
            late = [one for one, since in self._since.items() if time.monotonic() > since + REQUEST_SECONDS]
            for request in late:
                try:
                    request.shutdown(socket.SHUT_RDWR)  # its thread wakes up and tidies up
                except OSError:
                    self._since.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A phone that has gone away is nothing to write down."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def end_when_over(self, parent: Identity, seconds: float) -> None:
        """Return from ``serve_forever`` once the tasting is over, nobody is there to end it, or time is up."""
        deadline = time.monotonic() + seconds
        over = folder(self.tasting.id) / OVER
        while time.monotonic() < deadline and not over.exists() and system.is_alive(parent):
            time.sleep(LOOK_SECONDS)
        self.shutdown()


class Handler(BaseHTTPRequestHandler):
    """HTTP around a tasting."""

    server: Listener
    timeout = REQUEST_SECONDS
    server_version, sys_version = "TuneDesk", ""

    def do_GET(self) -> None:
        """The page: the prompt that is asked for, else the next one without a vote, else thanks."""
        path, _, query = self.path.partition("?")
        if not self._allowed(path, self._here):
            return
        name = self._phone() or secrets.token_hex(16)
        said = self.server.box.said(name)
        pairs = self.server.tasting.pairs
        missing = [place for place in range(len(pairs)) if place not in said]
        at = _place(query.removeprefix("at="), len(pairs)) if query else None
        place = at if at is not None else next(iter(missing), None)
        if place is None:
            self._reply(HTTPStatus.OK, phone.thanks(self._here, len(pairs), self._language), name)
            return
        order = self._order(name, place)
        better = said.get(place)
        content = phone.question(
            self._here,
            pairs[place].prompt,
            (pairs[place].answers[order[0]], pairs[place].answers[order[1]]),
            place=place,
            places=len(pairs),
            said=None if better is None else order.index(better),
            form=self._mark("form", name),
            language=self._language,
        )
        self._reply(HTTPStatus.OK, content, name)

    def do_POST(self) -> None:
        """A vote; then the next page."""
        # Read before anything is refused: a connection closed over unread bytes takes the answer along.
        length, body = self._body()
        if not self._allowed(self.path, f"{self._here}/vote"):
            return
        if length > MOST_BYTES:
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        fields, name = _fields(body), self._phone()
        place = _place(fields.get("at", ""), len(self.server.tasting.pairs))
        better = fields.get("better")
        if place is None or better not in (phone.FIRST, phone.SECOND):
            self._reply(HTTPStatus.BAD_REQUEST)
        elif not _same(fields.get("form", ""), self._mark("form", name)) or not self._count(name, place, better):
            self._reply(HTTPStatus.FORBIDDEN, phone.refusal(self._here, self._language))
        else:
            self._reply(HTTPStatus.SEE_OTHER, to=self._here)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses, without its words: they repeat what was asked."""
        unknown = code == HTTPStatus.NOT_IMPLEMENTED  # a method that nothing here knows
        self._reply(HTTPStatus.NOT_FOUND if unknown else HTTPStatus(code))

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they would say who has voted for what."""

    @property
    def _here(self) -> str:
        return f"/{self.server.tasting.token}"

    @property
    def _language(self) -> str:
        return closest_language(self.headers.get("Accept-Language"))

    def _allowed(self, given: str, wanted: str) -> bool:
        """Whether the address is the one that exists, and its sender not too eager; else it has been answered."""
        known, patient = _same(given, wanted), self.server.limiter.allows(self.client_address[0])
        if not known:
            self._reply(HTTPStatus.NOT_FOUND)  # without a word: who guesses learns nothing
        elif not patient:
            self._reply(HTTPStatus.TOO_MANY_REQUESTS, phone.refusal(self._here, self._language))
        return known and patient

    def _body(self) -> tuple[int, bytes]:
        """How long the body says it is, and as much of it as is read."""
        length = self.headers.get("Content-Length") or "0"
        if not length.isascii() or not length.isdecimal() or len(length) > _DIGITS:
            return MOST_BYTES + 1, b""
        return int(length), self.rfile.read(min(int(length), MOST_READ))

    def _phone(self) -> str:
        """Who this is by the cookie that we have given; "" for a stranger."""
        for part in (self.headers.get("Cookie") or "").split(";"):
            key, _, value = part.strip().partition("=")
            name, _, mark = value.partition(".")
            if key == COOKIE and _same(mark, self._mark("phone", name)):
                return name
        return ""

    def _count(self, name: str, place: int, better: str) -> bool:
        """Put a vote into the box; False for a stranger, and where the box is full."""
        return bool(name) and self.server.box.add(Vote(name, place, self._order(name, place)[better == phone.SECOND]))

    def _order(self, name: str, place: int) -> tuple[int, int]:
        """Which answer comes first on this phone: for each prompt drawn anew, and the same at every look."""
        return (0, 1) if int(self._mark("order", name, str(place)), 16) % 2 else (1, 0)

    def _mark(self, *parts: str) -> str:
        """What only this tasting can say of these parts."""
        return hmac.new(self.server.tasting.secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def _reply(self, status: HTTPStatus, content: str = "", name: str = "", to: str = "") -> None:
        body = content.encode()
        self.send_response(status)
        for key, value in HEADERS.items():
            self.send_header(key, value)
        if name:
            # Lax: who opens the link anew from a chat is known again, and does not vote twice; what another site
            # sends comes without it all the same.
            value = f"{COOKIE}={name}.{self._mark('phone', name)}"
            kept = f"Path={self._here}; Max-Age={int(OPEN_SECONDS)}; HttpOnly; SameSite=Lax"
            self.send_header("Set-Cookie", f"{value}; {kept}")
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _fields(body: bytes) -> dict[str, str]:
    """The fields of a form; none where it is not one."""
    try:
        return {key: values[0] for key, values in parse_qs(body.decode(), max_num_fields=5).items()}
    except ValueError:
        return {}


def _place(text: str, places: int) -> int | None:
    """The prompt that a request names, None where there is no such one."""
    plain = text.isascii() and text.isdecimal() and len(text) <= 2
    return int(text) if plain and int(text) < places else None


def serve(tasting_id: str, address: str, parent: Identity, seconds: float = OPEN_SECONDS) -> None:
    """Be the door of a tasting until it is over."""
    door = folder(tasting_id) / DOOR
    own = system.identity()
    assert own is not None
    with Listener(load(tasting_id), address) as listener:
        content = {"address": address, "port": listener.server_port, "pid": own.pid, "created": own.created}
        write_text(door, json.dumps({**content, "until": time.time() + seconds}))
        threading.Thread(target=listener.end_when_over, args=(parent, seconds), daemon=True).start()
        try:
            listener.serve_forever(poll_interval=LOOK_SECONDS)
        finally:
            door.unlink(missing_ok=True)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.tasting.listener")
    parser.add_argument("tasting")
    parser.add_argument("address")
    parser.add_argument("pid", type=int)
    parser.add_argument("created", type=float)
    parser.add_argument("--seconds", type=float, default=OPEN_SECONDS)
    options = parser.parse_args()
    serve(options.tasting, options.address, Identity(options.pid, options.created), options.seconds)


if __name__ == "__main__":
    main()
