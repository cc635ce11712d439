"""Keys are kept in memory, for half a day, by whom they belong to."""

import json
import subprocess
import sys
import threading

import psutil
import pytest

from pipeline.inference import client
from pipeline.inference.host import CONTACT, Host
from pipeline.inference.keyring import KEPT_SECONDS, MOST_KEYS, KeyRing
from pipeline.settings import Workspace

from .test_client import ask

A, B = "https://a.example", "http://localhost:11434"


class Watch:
    """Time that a test sets."""

    def __init__(self) -> None:
        self.time = 50.0

    def __call__(self) -> float:
        return self.time


def test_a_key_is_found_by_its_origin_until_half_a_day_is_over() -> None:
    watch = Watch()
    ring = KeyRing(watch)
    assert (ring.find(A), ring.seconds_left()) == ("", 0)
    ring.keep(A, "one")
    watch.time += 60
    ring.keep(B, "two")
    assert (ring.find(A), ring.find(B), ring.find("https://a.example:1")) == ("one", "two", "")
    watch.time += KEPT_SECONDS - 60
    assert (ring.find(A), ring.find(B), ring.seconds_left()) == ("", "two", 60)
    watch.time += 60
    assert (ring.find(B), ring.seconds_left()) == ("", 0)


def test_a_new_key_takes_the_place_of_the_old_one_and_none_forgets_it() -> None:
    ring = KeyRing(Watch())
    ring.keep(A, "one")
    ring.keep(A, "two")
    assert ring.find(A) == "two"
    ring.keep(A, "")
    assert ring.find(A) == ""


def test_of_too_many_keys_the_newest_stay() -> None:
    ring = KeyRing(Watch())
    for number in range(MOST_KEYS + 1):
        ring.keep(str(number), "key")
    assert ring.find("0") == ""
    assert ring.find("1") == ring.find(str(MOST_KEYS)) == "key"


def test_a_ring_does_not_show_its_keys() -> None:
    ring = KeyRing(Watch())
    ring.keep(A, "secret")
    assert "secret" not in repr(vars(ring))


@pytest.mark.usefixtures("host")
def test_another_process_finds_the_key_that_was_given_to_the_host(home: Workspace) -> None:
    assert client.find_key(A) == ""
    assert not (home.home / CONTACT).exists()  # looking starts no host
    client.keep_key(A, "secret")
    program = f"from pipeline.inference import client; print(client.find_key({A!r}), client.find_key({B!r}))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["secret"]
    contact = json.loads((home.home / CONTACT).read_text())
    assert ask(contact["port"], "/keys/find", "wrong", method="POST")[0] == 403
    assert not any(b"secret" in path.read_bytes() for path in home.home.rglob("*") if path.is_file())
    client.stop()
    assert client.find_key(A) == ""


@pytest.mark.usefixtures("host")
def test_a_killed_host_takes_its_keys_along(home: Workspace) -> None:
    client.keep_key(A, "secret")
    contact = json.loads((home.home / CONTACT).read_text())
    process = psutil.Process(int(str(ask(contact["port"], "/state", contact["token"])[1]["pid"])))
    process.kill()
    process.wait(10)
    assert client.find_key(A) == ""
    client.keep_key(A, "again")
    assert client.find_key(A) == "again"


def test_a_host_that_keeps_a_key_does_not_end_for_want_of_questions() -> None:
    watch = Watch()
    with Host(limit=10) as host:
        host.keys = KeyRing(watch)
        host.keys.keep(A, "secret")
        serving = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01})
        ending = threading.Thread(target=host.end_when_idle, args=(0.01,))
        serving.start()
        ending.start()
        ending.join(0.3)
        assert ending.is_alive()
        watch.time += KEPT_SECONDS
        ending.join(10)
        serving.join(10)
        assert not ending.is_alive()
        assert not serving.is_alive()
