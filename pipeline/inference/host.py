"""The model host: one process a workspace that holds the models people are talking to.

    python -m pipeline.inference.host WORKSPACE

Listens on 127.0.0.1 on a free port, which it writes with a token of its own into a file that only the owner
can read. Answers only requests with that token and its own address as Host, so that neither another user of
the machine nor a web page in a browser can talk to it. Ends itself when nobody has asked for a while. A held
lock makes sure that there is one; ``client`` starts it. If a model takes more memory than there is, this
process dies and not the server.

It also keeps the keys of judging servers that somebody has typed, because keys are written to no file: until they are
half a day old, or this process ends. While it has one it does not end for want of questions.
"""

import argparse
import dataclasses
import hmac
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from pipeline import system
from pipeline.data.conversation import Turn
from pipeline.errors import TuneDeskError
from pipeline.inference.events import Event, Waiting, to_line
from pipeline.inference.keyring import KeyRing
from pipeline.inference.sampling import Sampling
from pipeline.inference.shelf import Kind, Shelf
from pipeline.inference.turns import Turns
from pipeline.settings import workspace
from pipeline.tasks.task import Inputs
from pipeline.training.memory import memory_watched

ADDRESS = "127.0.0.1"
CONTACT = "model-host.json"
LOG = "model-host.log"
IDLE_SECONDS = 15 * 60.0
# A quarter of the machine's memory for weights leaves room for training and for what a batch needs.
MEMORY_SHARE = 0.25
MOST_BYTES = 16 * 1024**2
# A client that stops in the middle of a request does not hold its thread for longer.
READ_SECONDS = 30
# How often somebody who waits for a long prompt to be read hears that the host lives, and is found out to have left.
SIGN_SECONDS = 1.0
# Names of lines that are no events.
ERROR, FAILURE = "error", "failure"

_log = logging.getLogger(__name__)


class GoneError(Exception):
    """Who asked has left."""


class Host(ThreadingHTTPServer):
    """The server with its models. One of them works at a time; answers that are written take turns, step by step."""

    daemon_threads = True

    def __init__(self, limit: int) -> None:
        super().__init__((ADDRESS, 0), Handler)
        self.token = secrets.token_urlsafe(32)
        self.last_asked = time.monotonic()
        self.keys = KeyRing()
        self._shelf = Shelf(limit)
        self._turns = Turns()

    @property
    def addresses(self) -> tuple[str, str]:
        """What the Host header may say."""
        return f"{ADDRESS}:{self.server_port}", f"localhost:{self.server_port}"

    def state(self) -> dict[str, Any]:
        """Who this is and what it holds."""
        held = [{"kind": kind, "name": name, "bytes": size} for kind, name, size in self._shelf.sizes]
        return {"pid": os.getpid(), "runs": list(self._shelf.runs), "held": held}

    def classify(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer ``{"run", "texts", "second"}`` with ``{"labels", "answers"}``; raises TuneDeskError.

        ``second`` holds the texts to compare with, or is null.
        """
        self.last_asked = time.monotonic()
        with self._turns:
            held = self._shelf.get(str(request["run"]))
            second = request.get("second")
            inputs = Inputs(tuple(map(str, request["texts"])), None if second is None else tuple(map(str, second)))
            answers = held.answer(inputs)
            self.last_asked = time.monotonic()
        return {"labels": held.labels, "answers": [dataclasses.asdict(answer) for answer in answers]}

    def generate(self, request: dict[str, Any], send: Callable[[Event], None]) -> None:
        """Answer ``{"kind", "name", "turns", "sampling", "format", "own", "openings"}`` event by event.

        Raises TuneDeskError.

        ``send`` raises where nobody listens any more.
        """
        kind: Kind = "run" if request["kind"] == "run" else "model"
        name, conversation = str(request["name"]), tuple(Turn(*turn) for turn in request["turns"])
        own = {key: str(request.get(key) or "") for key in ("format", "own")}
        openings = [str(text) for text in request.get("openings", ())]

        def rest() -> None:
            self.last_asked = time.monotonic()
            with self._turns.aside():
                send(Waiting())

        with memory_watched(), self._turns:
            writer = self._shelf.lend(kind, name)
        try:
            events = writer.stream(conversation, Sampling(**request["sampling"]), **own, openings=openings, rest=rest)
            while True:
                with memory_watched(), self._turns:
                    event = next(events, None)
                self.last_asked = time.monotonic()
                if event is None:
                    return
                send(event)
        finally:
            with self._turns:
                self._shelf.give_back(kind, name)

    def end_when_idle(self, seconds: float) -> None:
        """Return from ``serve_forever`` once nobody has asked for that long, no answer is under way and no key kept."""
        while True:
            # Not all the time that a key is kept for: it may be forgotten earlier.
            time.sleep(max(0.0, self.last_asked + seconds - time.monotonic(), min(seconds, self.keys.seconds_left())))
            with self._turns:
                if time.monotonic() >= self.last_asked + seconds and not self.keys.seconds_left():
                    self.shutdown()
                    return


class Handler(BaseHTTPRequestHandler):
    """HTTP around ``Host``: JSON in, JSON out."""

    server: Host
    timeout = READ_SECONDS

    def do_GET(self) -> None:
        """``/state``."""
        if self._allowed():
            self._reply(HTTPStatus.OK, self.server.state())

    def do_POST(self) -> None:
        """``/classify``, ``/generate``, ``/keys``, ``/keys/find`` and ``/stop``."""
        if not self._allowed():
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
        elif self.path == "/stop":
            self._reply(HTTPStatus.OK, {})
            threading.Thread(target=self.server.shutdown).start()
        elif self.path == "/classify":
            self._classify(json.loads(self.rfile.read(length)))
        elif self.path == "/generate":
            self._generate(json.loads(self.rfile.read(length)))
        elif self.path in ("/keys", "/keys/find"):
            self._keys(json.loads(self.rfile.read(length)))
        else:
            self._reply(HTTPStatus.NOT_FOUND, {})

    def _classify(self, request: dict[str, Any]) -> None:
        try:
            self._reply(HTTPStatus.OK, self.server.classify(request))
        except TuneDeskError as error:
            self._reply(HTTPStatus.UNPROCESSABLE_ENTITY, _content(error))
        except Exception:
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, {})
            raise

    def _keys(self, request: dict[str, Any]) -> None:
        """Keep ``{"origin", "key"}``, or answer ``{"origin"}`` with ``{"key"}``."""
        if self.path == "/keys":
            self.server.keys.keep(str(request["origin"]), str(request["key"]))
            self._reply(HTTPStatus.OK, {})
        else:
            self._reply(HTTPStatus.OK, {"key": self.server.keys.find(str(request["origin"]))})

    def _generate(self, request: dict[str, Any]) -> None:
        """One line of JSON an event, and one for an error."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self.end_headers()
        heard = time.monotonic()

        def send(event: Event) -> None:
            nonlocal heard
            if not isinstance(event, Waiting) or time.monotonic() > heard + SIGN_SECONDS:
                self._line(to_line(event))
                heard = time.monotonic()

        try:
            self.server.generate(request, send)
        except GoneError:
            return
        except TuneDeskError as error:
            self._line(json.dumps({"event": ERROR, **_content(error)}, ensure_ascii=False, default=str))
        except Exception:
            self._line(json.dumps({"event": FAILURE}))
            raise

    def _line(self, line: str) -> None:
        try:
            self.wfile.write(f"{line}\n".encode())
        except OSError as error:
            raise GoneError from error

    def _allowed(self) -> bool:
        # The address first: a page that resolved its own name to 127.0.0.1 is refused whatever it sends.
        given = self.headers.get("Authorization") or ""
        if self.headers.get("Host") in self.server.addresses and hmac.compare_digest(
            given.encode(), f"Bearer {self.server.token}".encode()
        ):
            return True
        self._reply(HTTPStatus.FORBIDDEN, {})
        return False

    def _reply(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they would hold what people ask."""


def _content(error: TuneDeskError) -> dict[str, Any]:
    return {"kind": type(error).__name__, "message": error.message, "values": error.values}


def serve(idle_seconds: float, limit: int) -> None:
    """Be the host of this workspace until idle; return at once if there is one already."""
    home = workspace()
    home.locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home.locks / "model-host.lock", timeout=0), Host(limit) as host:
            contact = home.home / CONTACT
            _write_private(contact, {"port": host.server_port, "token": host.token})
            threading.Thread(target=host.end_when_idle, args=(idle_seconds,), daemon=True).start()
            try:
                host.serve_forever(poll_interval=0.2)
            finally:
                contact.unlink(missing_ok=True)
    except Timeout:
        _log.info("there is a model host already")


def _write_private(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    # Created private, not made private afterwards: nobody reads it in between.
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    partial.replace(path)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.inference.host")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--idle-seconds", type=float, default=IDLE_SECONDS)
    parser.add_argument("--memory", type=int, default=int(psutil.virtual_memory().total * MEMORY_SHARE))
    options = parser.parse_args()
    os.environ["TUNEDESK_HOME"] = str(options.workspace)
    # Training may be using every core; two processes that both do are far slower than two that share.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, system.physical_cores() // 2)))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    serve(options.idle_seconds, options.memory)


if __name__ == "__main__":
    main()
