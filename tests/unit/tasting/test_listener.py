"""Phones taste through the door and nothing else gets in: no guesser, no script, no second vote, no long request."""

import os
import socket
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pytest

from pipeline import system
from pipeline.settings import Workspace
from pipeline.system import Identity
from pipeline.tasting import listener as door
from pipeline.tasting.listener import Listener
from pipeline.tasting.tasting import folder
from pipeline.tasting.votes import FILE, Box, Vote, read_votes
from tests.unit.tasting.opened import ADDRESS, PAIRS, Phone, save_tasting

ROOT = Path(__file__).resolve().parents[3]


def test_a_phone_votes_prompt_by_prompt_and_is_thanked(listener: Listener) -> None:
    phone = Phone(listener)
    pages = [phone.open(), phone.vote("alpha"), phone.vote("beta"), phone.vote("alpha")]
    assert ["1 of 3" in pages[0].text, "2 of 3" in pages[1].text, "3 of 3" in pages[2].text] == [True] * 3
    assert "Thank you" in pages[3].text
    assert sorted((vote.prompt, vote.better) for vote in read_votes(listener.tasting.id)) == [(0, 0), (1, 1), (2, 0)]


def test_the_page_says_neither_which_model_it_is_nor_runs_what_an_answer_says(listener: Listener) -> None:
    page = Phone(listener).open()
    assert sorted(unescape(answer) for answer in page.answers) == sorted(PAIRS[0].answers)
    assert (
        "<script" not in page.text
        and "<img" not in page.text
        and "http" not in page.text.replace("http://evil.example/a.png", "")
    )
    assert not any(name in page.text for name in listener.tasting.models)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "form-action 'self'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in page.headers["Set-Cookie"].split(";")}


def test_the_phone_chooses_the_language(listener: Listener) -> None:
    assert '<html lang="zh-CN">' in Phone(listener, {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}).open().text
    assert '<html lang="en">' in Phone(listener, {"Accept-Language": "fr-FR,fr"}).open().text


def test_which_answer_comes_first_differs_from_phone_to_phone_and_stays_on_one(listener: Listener) -> None:
    phones = [Phone(listener) for _ in range(24)]
    orders = [tuple(phone.open(at).answers[0].startswith("alpha") for at in range(3)) for phone in phones]
    assert 1 < sum(order[0] for order in orders) < 23
    assert len(set(orders)) > 2
    assert orders == [tuple(phone.open(at).answers[0].startswith("alpha") for at in range(3)) for phone in phones]


def test_of_one_phone_and_prompt_the_last_vote_counts(listener: Listener) -> None:
    phone = Phone(listener)
    phone.vote("alpha")
    page = phone.open(0)
    assert page.text.count("✓") == 1
    phone.vote("beta", at=0)
    phone.vote("beta", at=0)
    Phone(listener).vote("alpha")
    votes = read_votes(listener.tasting.id)
    assert sorted(vote.better for vote in votes) == [0, 1]
    assert len((folder(listener.tasting.id) / FILE).read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/{token}/"),
        ("GET", "/{token}x"),
        ("GET", "/{token}/vote"),
        ("GET", "/{token}/../votes.jsonl"),
        ("GET", "http://evil.example/{token}"),
        ("POST", "/{token}"),
        ("POST", "/vote"),
        ("POST", "/{token}/vote?x"),
        ("HEAD", "/{token}"),
        ("PUT", "/{token}"),
        ("OPTIONS", "/{token}"),
    ],
)
def test_nothing_else_is_there(listener: Listener, method: str, path: str) -> None:
    reply = Phone(listener).ask(method, path.format(token=listener.tasting.token))
    assert (reply.status, reply.text) == (404, "")
    assert "Set-Cookie" not in reply.headers and "Python" not in reply.headers["Server"]


def test_a_token_that_is_not_in_ascii_is_as_wrong_as_any(listener: Listener) -> None:
    with socket.create_connection((ADDRESS, listener.server_port), timeout=20) as raw:
        raw.sendall("GET /tökén HTTP/1.0\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.0 404")


def test_a_vote_needs_the_cookie_and_the_value_of_its_own_page(listener: Listener) -> None:
    phone, other = Phone(listener), Phone(listener)
    mine, theirs = phone.open().hidden("form"), other.open().hidden("form")
    good = {"form": mine, "at": "0", "better": "1"}
    bad = [
        ({**good, "form": theirs}, phone, 403),
        ({**good, "form": ""}, phone, 403),
        (good, Phone(listener), 403),
        (good, Phone(listener, {"Cookie": f"phone={'0' * 32}.{mine}"}), 403),
        ({**good, "at": "3"}, phone, 400),
        ({**good, "at": "-1"}, phone, 400),
        ({**good, "at": "²"}, phone, 400),
        ({**good, "better": "3"}, phone, 400),
        ({}, phone, 400),
        ({str(number): "x" for number in range(9)}, phone, 400),
    ]
    for fields, sender, status in bad:
        body = "&".join(f"{key}={value}" for key, value in fields.items())
        assert sender.ask("POST", f"{sender.here}/vote", body.encode()).status == status, body
    assert phone.ask("POST", f"{phone.here}/vote", b"\xff\xfe").status == 400
    assert read_votes(listener.tasting.id) == ()


def test_a_cookie_that_somebody_made_up_is_replaced(listener: Listener) -> None:
    phone = Phone(listener, {"Cookie": f"phone={'0' * 32}.{'0' * 64}; other=1"})
    phone.open()
    assert "0" * 32 not in phone.headers["Cookie"]
    given = phone.headers["Cookie"]
    phone.open()
    assert phone.headers["Cookie"] == given


def test_a_long_body_is_refused(listener: Listener) -> None:
    phone = Phone(listener)
    for body in ("x" * (door.MOST_BYTES + 1), "x" * (door.MOST_READ + 1)):
        assert phone.ask("POST", f"{phone.here}/vote", body).status == 413
    for length in ("9" * 30, "-1", "x"):
        assert phone.ask("POST", f"{phone.here}/vote", **{"Content-Length": length}).status == 413


def test_an_eager_address_has_to_wait(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BURST", 3.0)
    monkeypatch.setattr(door, "PER_SECOND", 0.0)
    assert [Phone(listener).open().status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert listener.limiter.allows("192.0.2.7")


def test_who_sends_drop_by_drop_is_hung_up_on(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "REQUEST_SECONDS", 0.5)
    with socket.create_connection((ADDRESS, listener.server_port), timeout=20) as raw:
        raw.sendall(b"GET /")
        assert raw.recv(10) == b""
    assert Phone(listener).open().status == 200


def test_more_than_so_many_at_once_are_turned_away(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_AT_ONCE", 1)
    where = (ADDRESS, listener.server_port)
    with socket.create_connection(where, timeout=20), socket.create_connection(where, timeout=20) as second:
        assert second.recv(10) == b""


def test_half_a_line_of_a_killed_listener_spoils_nothing(home: Workspace) -> None:
    tasting = save_tasting()
    Box(tasting.id).add(Vote("one", 0, 1))
    with (folder(tasting.id) / FILE).open("a", encoding="utf-8") as file:
        file.write('{"phone": "tw')
    assert read_votes(tasting.id) == (Vote("one", 0, 1),)
    Box(tasting.id).add(Vote("two", 0, 0))
    assert read_votes(tasting.id) == (Vote("one", 0, 1), Vote("two", 0, 0))


def test_the_box_takes_no_more_than_fit(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.tasting.votes.MOST_PHONES", 2)
    monkeypatch.setattr("pipeline.tasting.votes.MOST_LINES", 4)
    box = Box(save_tasting().id)
    said = [box.add(Vote(phone, 0, better)) for phone, better in [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("a", 1)]]
    assert said == [True, True, False, True, True]
    assert [box.add(Vote("b", place, 0)) for place in (1, 2)] == [True, False]


@pytest.mark.parametrize("end", ["over", "parent", "time"])
def test_it_ends_with_the_tasting_with_its_server_and_in_time(home: Workspace, end: str) -> None:
    tasting = save_tasting()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent:
        who = system.identity(parent.pid)
        assert who is not None
        process = start(home, tasting.id, who, 0.0 if end == "time" else 600.0)
        if end != "time":
            wait_for(folder(tasting.id) / door.DOOR)
        if end == "over":
            (folder(tasting.id) / door.OVER).touch()
        elif end == "parent":
            parent.kill()
        assert process.wait(30) == 0
        parent.kill()
    assert not (folder(tasting.id) / door.DOOR).exists()


def start(home: Workspace, tasting: str, parent: Identity, seconds: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline.tasting.listener", tasting, ADDRESS, str(parent.pid)]
    command += [str(parent.created), "--seconds", str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TUNEDESK_HOME": str(home.home)})


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.02)
