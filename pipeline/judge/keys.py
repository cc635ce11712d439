"""Keys of judging servers: where they come from, and that they end up nowhere. Sends nothing.

A key lives in the memory of three processes: of whoever it was typed to, of the model host, and of the job that asks.
It is in no file, no log, no database, no error text and no export. It belongs to an origin (scheme, host and port).
``TUNEDESK_JUDGE_KEY`` goes to the server that ``TUNEDESK_JUDGE_ENDPOINT`` names and to no other, so that nobody who
uses the page can have it sent elsewhere. On the command line whoever gives an address has set the key as well, and the
command hands it over: ``of_environment``, ``Key.keep``.
"""

import os
import re

from pipeline.errors import N_, JudgeError
from pipeline.inference import client
from pipeline.judge.address import read_address, same_origin
from pipeline.settings import workspace

VARIABLE = "TUNEDESK_JUDGE_KEY"
HIDDEN = "[key]"
# What may stand in a header. A key that does not would be quoted by the error that HTTP libraries raise.
_KEY = re.compile(r"[\x21-\x7e]{1,4096}")


class Key:
    """A key that does not show itself: not when it is printed, logged, compared in a test or pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Raises JudgeError where the text can't be a key; blanks around it are left out."""
        if not _KEY.fullmatch(text.strip()):
            raise JudgeError(N_("The key holds blanks or characters that no key has. Copy it once more, as a whole."))
        self._text = text.strip()

    def __repr__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is written nowhere")

    @property
    def header(self) -> dict[str, str]:
        """As a request carries it."""
        return {"Authorization": f"Bearer {self._text}"}

    def hidden_in(self, text: str) -> str:
        """The text without the key, in case a server says what it was sent."""
        return text.replace(self._text, HIDDEN)

    def keep(self, endpoint: str) -> None:
        """Have the model host keep it, for half a day at most.

        Raises:
            JudgeError: ``endpoint`` is no address.
            JobError: the model host could not be started.
        """
        client.keep_key(read_address(endpoint).origin, self._text)


def of_environment() -> Key | None:
    """What ``TUNEDESK_JUDGE_KEY`` says; for the command line, and for the administrator's own server.

    Raises:
        JudgeError: that is no key.
    """
    text = os.environ.get(VARIABLE, "").strip()
    return Key(text) if text else None


def forget(endpoint: str) -> None:
    """Have the model host forget the key of this server. Raises JudgeError, JobError."""
    client.keep_key(read_address(endpoint).origin, "")


def find(endpoint: str) -> Key | None:
    """The key for this server: typed, or the administrator's; None where none is known, or not any more.

    Raises:
        JudgeError: ``endpoint`` is no address.
    """
    typed = client.find_key(read_address(endpoint).origin)
    if typed:
        return Key(typed)
    own = workspace().judge_endpoint
    return of_environment() if own and same_origin(own, endpoint) else None
