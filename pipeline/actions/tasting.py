"""Blind tastings: have two models answer the same prompts, open the door to a room of phones, count, keep.

The answers are written beforehand, in the background of this process; from then on a tasting is on the disk. Its
door is a process of its own (``pipeline.tasting.listener``). Imports no torch.
"""

import contextlib
import dataclasses
import json
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import psutil

from pipeline import system
from pipeline.actions.preferences import Preference, prefer
from pipeline.actions.write import Partner
from pipeline.data.conversation import Turn
from pipeline.errors import N_, JobError, SettingError, TuneDeskError, UnfitData
from pipeline.files import write_text
from pipeline.inference import client
from pipeline.inference.events import Token
from pipeline.inference.sampling import Sampling
from pipeline.system import Identity
from pipeline.tasting import tasting as kept
from pipeline.tasting.listener import DOOR, OPEN_SECONDS, OVER
from pipeline.tasting.tally import Count, Tally, count
from pipeline.tasting.tasting import MOST_PROMPTS, Pair, Tasting, folder
from pipeline.tasting.votes import read_votes

__all__ = ["LOOPBACK", "MOST_PROMPTS", "OPEN_SECONDS", "Count", "Pair", "Tally", "Tasting"]

LONGEST = 20_000  # characters of a prompt, as everywhere
LOG = "listener.log"
START_SECONDS, END_SECONDS = 20.0, 5.0
LOOPBACK = "127.0.0.1"

State = Literal["writing", "done", "stopped", "failed"]


class Preparation:
    """The answers of a tasting while they are written. One thread writes it, pages read."""

    def __init__(self, partners: tuple[Partner, Partner], prompts: tuple[str, ...], sampling: Sampling) -> None:
        self.id = secrets.token_hex(6)
        self.partners = partners
        self.prompts = prompts
        self.sampling = sampling
        self.state: State = "writing"
        self.written = 0  # answers so far, of ``total``
        self.error: TuneDeskError | None = None  # why it failed; None there too where it was a bug
        self.tasting = ""  # id of what came of it
        self._stopped = threading.Event()

    @property
    def total(self) -> int:
        """Answers to be written."""
        return len(self.prompts) * len(self.partners)

    def stop(self) -> None:
        """Write no more; nothing is kept."""
        self._stopped.set()

    def write(self, system: str, format: str) -> None:
        """Have all answers written, one model after the other, so that each is loaded once."""
        try:
            answers = [
                [self._answer(partner, one, system, format) for one in self.prompts] for partner in self.partners
            ]
            if self._stopped.is_set():
                self.state = "stopped"
            else:
                self.tasting = _keep(self, answers).id
                self.state = "done"
        except TuneDeskError as error:
            self.error = error
            self.state = "failed"
        except Exception:
            self.state = "failed"  # a bug: the page says so, and the traceback goes to the server's log
            raise

    def _answer(self, partner: Partner, prompt: str, system: str, format: str) -> str:
        turns = (*([Turn("system", system.strip())] if system.strip() else []), Turn("user", prompt))
        words: list[str] = []
        if not self._stopped.is_set():
            with closing(client.generate(partner.kind, partner.id, turns, self.sampling, format=format)) as events:
                for event in events:
                    if self._stopped.is_set():
                        break
                    if isinstance(event, Token):
                        words.append(event.text)
            self.written += 1
        return "".join(words).strip()


@dataclass(frozen=True)
class Door:
    """Where a tasting is open."""

    address: str
    port: int
    process: Identity
    until: float  # time.time() at which it ends by itself

    def link(self, tasting: Tasting) -> str:
        """What a phone opens."""
        return f"http://{self.address}:{self.port}/{tasting.token}"


@dataclass(frozen=True)
class Kept:
    """What became of the votes."""

    preferences: int
    ties: int  # prompts with as many votes for one answer as for the other
    silent: int  # prompts without a vote


_preparations: dict[str, Preparation] = {}
# Doors that this process has opened: kept until they close, so that none stays behind as a zombie.
_doors: dict[str, subprocess.Popen[bytes]] = {}


def prepare(
    partners: Sequence[Partner], prompts: Sequence[str], sampling: Sampling, *, system: str = "", format: str = ""
) -> Preparation:
    """Have two models answer the same prompts with the same settings and seed, in the background.

    Args:
        partners: two different models.
        prompts: 1 to 12; blank ones and repetitions do not count.
        sampling: the same for both.
        system: what both are told beforehand.
        format: the prompt format; "": each model's own.

    Raises:
        SettingError: not two different models, or not that many prompts, or one is too long.
    """
    wanted = tuple(dict.fromkeys(prompt.strip() for prompt in prompts if prompt.strip()))
    if len({(one.kind, one.id) for one in partners}) != 2:
        raise SettingError(N_("A tasting compares two different models. Choose another one beside the first."))
    if not 1 <= len(wanted) <= MOST_PROMPTS:
        raise SettingError(
            N_("A tasting has between 1 and {limit} prompts; these are {count}."), limit=MOST_PROMPTS, count=len(wanted)
        )
    if any(len(prompt) > LONGEST for prompt in wanted):
        raise SettingError(N_("A prompt has at most {limit} characters."), limit=f"{LONGEST:,}")
    # Not even who presents the tasting knows which of them is A.
    first, second = partners if secrets.randbelow(2) else reversed(partners)
    preparation = Preparation((first, second), wanted, sampling)
    for one in [one for one in _preparations.values() if one.state != "writing"]:
        forget(one.id)
    _preparations[preparation.id] = preparation
    threading.Thread(target=preparation.write, args=(system, format), daemon=True).start()
    return preparation


def preparations() -> tuple[Preparation, ...]:
    """Those under way, and those that were not looked at since they ended."""
    return tuple(_preparations.values())


def forget(preparation_id: str) -> None:
    """How a preparation ended has been seen."""
    _preparations.pop(preparation_id, None)


def list_tastings() -> tuple[Tasting, ...]:
    """All of this workspace, the newest first."""
    return kept.load_all()


def get_tasting(tasting_id: str) -> Tasting:
    """The tasting of that id; raises DataError where there is none."""
    return kept.load(tasting_id)


def delete_tasting(tasting_id: str) -> None:
    """Forget a tasting with all its votes; preferences that were kept of it stay."""
    close(tasting_id)
    shutil.rmtree(folder(tasting_id), ignore_errors=True)


def tally(tasting: Tasting) -> Tally:
    """How it stands now."""
    return count(read_votes(tasting.id), len(tasting.pairs))


def addresses() -> tuple[str, ...]:
    """IPv4 addresses under which phones may reach this machine, the likeliest first, loopback last."""
    found = [
        one.address
        for card in psutil.net_if_addrs().values()
        for one in card
        if one.family == socket.AF_INET and not one.address.startswith(("127.", "169.254."))
    ]
    usual = _usual_address()
    return (*sorted(set(found), key=lambda one: (one != usual, one)), LOOPBACK)


def door_of(tasting_id: str) -> Door | None:
    """Where the tasting is open; None where it is not."""
    child = _doors.get(tasting_id)
    if child is not None and child.poll() is not None:
        _doors.pop(tasting_id, None)
    try:
        content = json.loads((folder(tasting_id) / DOOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    process = Identity(content["pid"], content["created"])
    return Door(content["address"], content["port"], process, content["until"]) if system.is_alive(process) else None


def is_over(tasting_id: str) -> bool:
    """Whether it was closed for good."""
    return (folder(tasting_id) / OVER).exists()


def open_door(tasting: Tasting, address: str) -> Door:
    """Let phones vote: start the listener on that address of this machine; returns once it answers.

    Raises:
        SettingError: the tasting is over, or the machine has no such address (any more).
        JobError: the listener could not be started.
    """
    door = door_of(tasting.id)
    if door is not None:
        return door
    if is_over(tasting.id):
        raise SettingError(N_("This tasting is over. Prepare another one."))
    if address not in addresses():
        raise SettingError(N_("This machine has no address {address} any more. Choose another one."), address=address)
    own = system.identity()
    assert own is not None
    (folder(tasting.id) / DOOR).unlink(missing_ok=True)  # of a listener that was killed
    command = [sys.executable, "-m", "pipeline.tasting.listener", tasting.id, address, str(own.pid), str(own.created)]
    with (folder(tasting.id) / LOG).open("ab") as output:
        child = system.start_detached(command, output)
    _doors[tasting.id] = child
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        door = door_of(tasting.id)
        if door is not None:
            return door
        time.sleep(0.05)
    child.kill()
    raise JobError(
        N_("The tasting could not be opened on {address}. What went wrong stands in {log}."),
        address=address,
        log=str(folder(tasting.id) / LOG),
    )


def close(tasting_id: str) -> None:
    """No more votes, for good; returns once the listener is gone."""
    door = door_of(tasting_id)
    write_text(folder(tasting_id) / OVER, "")
    deadline = time.monotonic() + END_SECONDS
    while door is not None and system.is_alive(door.process):
        if time.monotonic() > deadline:
            system.kill_tree(door.process)
        time.sleep(0.02)
    child = _doors.pop(tasting_id, None)
    if child is not None:
        child.wait(END_SECONDS)


def keep_preferences(tasting: Tasting) -> Kept:
    """Of each prompt, keep the answer that most found better as the preferred one; a tie prefers nothing."""
    ties = silent = 0
    for pair, votes in zip(tasting.pairs, tally(tasting).counts, strict=True):
        if votes.first == votes.second:
            ties, silent = ties + bool(votes.total), silent + (not votes.total)
            continue
        better = 0 if votes.first > votes.second else 1
        names, answers = tasting.models, pair.answers
        prefer(Preference(pair.prompt, answers[better], answers[1 - better], names[better], names[1 - better]))
    return Kept(len(tasting.pairs) - ties - silent, ties, silent)


def _keep(preparation: Preparation, answers: list[list[str]]) -> Tasting:
    """What is worth tasting, on the disk; raises UnfitData where nothing is."""
    first, second = answers
    pairs = [Pair(*one) for one in zip(preparation.prompts, zip(first, second, strict=True), strict=True)]
    fit = tuple(pair for pair in pairs if all(pair.answers) and pair.answers[0] != pair.answers[1])
    if not fit:
        raise UnfitData(N_("There is nothing to compare: to every prompt both answers are the same, or one is blank."))
    names = (preparation.partners[0].name, preparation.partners[1].name)
    same = tuple(pair.prompt for pair in pairs if pair not in fit)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    tasting = Tasting(names, fit, same, dataclasses.asdict(preparation.sampling), created)
    kept.save(tasting)
    return tasting


def _usual_address() -> str:
    """The address of this machine towards everybody else, "" where there is no network. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # set aside for documentation (RFC 5737): nobody's
        return str(probe.getsockname()[0])
    return ""
