"""HTTP to a server of judges: one request, one whole answer within bounds. Knows no questions and no verdicts.

The server is not trusted: it is asked at the numbers that were checked and nowhere else, no redirect is followed,
nothing of the environment (proxies, .netrc) is used, an answer has a bound in size and time, and no text of the server
gets into an error, except the address that it leads to. Errors carry no request with them, as requests hold the key.
"""

import contextlib
import json
import logging
import socket
import ssl
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import certifi
import httpx

from pipeline.errors import N_, JudgeError
from pipeline.judge.address import Place
from pipeline.judge.judge import Missing
from pipeline.judge.keys import VARIABLE, Key

LOOK_SECONDS = 20.0
CONNECT_SECONDS = 10.0
MOST_BYTES = 1024**2
NO_ENTRY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_MOST_MODELS = 1000
_SHOWN = 200  # characters of an address of a redirect

# One line a request, and at the level DEBUG what was sent: neither is for a job's log.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP, whole."""

    status: int
    body: bytes
    away: float | None = None  # seconds that the server wants to be left alone
    leads_to: str = ""  # where it redirects to

    def json(self) -> dict[str, Any]:
        """The JSON object in it; {} where it holds none."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


class Transient(Exception):  # noqa: N818  # not a failure yet
    """No answer this time."""

    def __init__(self, why: Missing, away: float | None = None) -> None:
        super().__init__(why)
        self.why: Missing = why
        self.away = away


class Connection:
    """HTTP to one server, at the numbers that its name stood for when it was looked up."""

    def __init__(self, place: Place, key: Key | None, timeout: float, at_once: int = 1) -> None:
        self.place = place
        self.key = key
        self._timeout = timeout
        self._number = 0  # of the numbers: the one that answered
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        # The certificates of the system, as companies add their own to it, and where there are none, the usual ones.
        trusted = ssl.create_default_context()
        trusted.load_verify_locations(certifi.where())
        self._client = httpx.Client(
            verify=trusted,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
        )

    def send(self, method: str, path: str, content: dict[str, Any] | None = None) -> Answer:
        """Ask, and read the whole answer.

        Raises:
            Transient: no answer, or not in time.
            JudgeError: a redirect.
        """
        numbers = self.place.numbers
        for step in range(len(numbers)):
            place = (self._number + step) % len(numbers)
            try:
                answer = self._send_to(numbers[place], method, path, content)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if "CERTIFICATE" in str(error):
                    raise self._unproven() from None
                continue
            except httpx.TimeoutException:
                raise Transient("slow") from None
            # What is chained is printed with the request that it holds: better nothing.
            except httpx.HTTPError:
                raise Transient("failed") from None
            self._number = place
            if answer.leads_to:
                raise self._redirected(answer.leads_to)
            return answer
        raise Transient("failed")

    def _send_to(self, number: str, method: str, path: str, content: dict[str, Any] | None) -> Answer:
        headers = {"Host": self.place.address.name, "Accept": "application/json", "Accept-Encoding": "identity"}
        headers |= self.key.header if self.key else {}
        if content is not None:
            headers["Content-Type"] = "application/json"
        with self._client.stream(
            method,
            self.place.url(number, path),
            headers=headers,
            content=None if content is None else json.dumps(content).encode(),
            extensions={"sni_hostname": self.place.address.host, "trace": self._note_socket},
        ) as response:
            leads_to = response.headers["Location"] or "?" if response.has_redirect_location else ""
            body = b"" if leads_to else b"".join(self._bounded(response))
            return Answer(response.status_code, body, _away(response.headers.get("Retry-After")), leads_to)

    def _bounded(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it comes: nothing is unpacked, which could make it a thousand times larger."""
        end, size = time.monotonic() + self._timeout, 0
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > MOST_BYTES:
                raise Transient("failed")
            if time.monotonic() > end:
                raise Transient("slow")
            yield chunk

    def _redirected(self, leads_to: str) -> JudgeError:
        return JudgeError(
            N_("{host} sends questions on to {other}, and redirects are not followed. Give the final address."),
            host=self.place.address.host,
            other=(self.key.hidden_in(leads_to) if self.key else leads_to)[:_SHOWN],
        )

    def _unproven(self) -> JudgeError:
        return JudgeError(
            N_(
                "The certificate of {host} cannot be verified. If your company signs its own, the administrator adds "
                "its authority to the certificates of this system."
            ),
            host=self.place.address.host,
        )

    def no_entry(self) -> JudgeError:
        """The server wants a key, or another one."""
        if self.key is None:
            return JudgeError(
                N_(
                    "{host} wants a key, and none is known, or not any more: keys are kept in memory only, for 12 "
                    "hours at most. Give the key on the page, or on the command line in {variable}, and resume."
                ),
                host=self.place.address.host,
                variable=VARIABLE,
            )
        return JudgeError(
            N_("{host} does not accept the key. Check that it is whole, valid and allowed to use this model."),
            host=self.place.address.host,
        )

    def close(self) -> None:
        """Let go of the connections; whoever waits for an answer gets none."""
        # Closing a socket wakes nobody who reads from it: a server that hangs would be waited for to the end.
        for one in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)
        self._client.close()

    def _note_socket(self, event: str, info: dict[str, Any]) -> None:
        """httpcore tells of each connection that it has made; with TLS twice, as the socket is wrapped into another."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.add(info["return_value"].get_extra_info("socket"))


def list_models(place: Place, key: Key | None, timeout: float = LOOK_SECONDS) -> tuple[str, ...]:
    """The models that a server says it has, by name; () where it does not say.

    Raises:
        JudgeError: nothing answers there, it wants a key or another one, or it leads elsewhere.
    """
    connection = Connection(place, key, timeout, at_once=1)
    try:
        answer = ask_for_models(connection)
    finally:
        connection.close()
    if answer.status in NO_ENTRY:
        raise connection.no_entry()
    return names_in(answer, key)


def ask_for_models(connection: Connection) -> Answer:
    """What a server says to ``GET /models``. Raises JudgeError where nothing answers, or where it leads elsewhere."""
    try:
        return connection.send("GET", "/models")
    except Transient as failure:
        raise silent(connection.place, failure.why) from None


def names_in(answer: Answer, key: Key | None) -> tuple[str, ...]:
    """The models that it lists, by name; () where it lists none."""
    listed = answer.json().get("data")
    if answer.status != HTTPStatus.OK or not isinstance(listed, list):
        return ()
    names = [one["id"] for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return tuple(sorted({key.hidden_in(name) if key else name for name in map(whole, names[:_MOST_MODELS])}))


def silent(place: Place, why: Missing) -> JudgeError:
    """Nothing came, as it is said before the first question."""
    if why == "slow":
        return JudgeError(
            N_("{base} did not answer in time. Is its server running, and has it loaded its model?"),
            base=place.address.base,
        )
    return JudgeError(
        N_("Nothing answers at {base}. Start its server, or correct the address."), base=place.address.base
    )


def whole(text: str) -> str:
    """Without halves of characters, which no file takes."""
    return text.encode("utf-8", "replace").decode()


def _away(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` asks for (RFC 9110, section 10.2.3: seconds, or a date)."""
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdecimal():
        return float(header.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
