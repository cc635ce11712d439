"""A key goes to the server that it is for, and into nothing that is kept."""

import pickle

import pytest

from pipeline.errors import JudgeError
from pipeline.inference import client
from pipeline.judge import keys
from pipeline.judge.keys import Key
from pipeline.settings import workspace

OWN, OTHER = "https://own.example/v1", "https://other.example/v1"
SECRET = "sk-test-1234567890-secret"


@pytest.fixture(autouse=True)
def fresh(home: object, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.delenv("TUNEDESK_JUDGE_KEY", raising=False)
    monkeypatch.delenv("TUNEDESK_JUDGE_ENDPOINT", raising=False)
    yield
    client.stop()


def header(endpoint: str) -> str:
    found = keys.find(endpoint)
    return found.header["Authorization"] if found else ""


def test_a_typed_key_is_found_for_its_server_only_and_can_be_forgotten() -> None:
    Key(f" {SECRET}\n").keep("https://other.example")
    assert header("https://OTHER.example:443/another/path") == f"Bearer {SECRET}"
    assert header("http://other.example:443/v1") == ""
    assert header("https://other.example:8443/v1") == ""
    keys.forget(OTHER)
    assert keys.find(OTHER) is None


def test_the_administrators_key_goes_to_the_administrators_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEDESK_JUDGE_KEY", SECRET)
    assert keys.find(OWN) is None  # no server is named: it could be anybody's
    monkeypatch.setenv("TUNEDESK_JUDGE_ENDPOINT", OWN)
    assert header(OWN) == f"Bearer {SECRET}"
    assert keys.find(OTHER) is None
    assert keys.find("http://localhost:8000/v1") is None
    Key("typed").keep(OWN)
    assert header(OWN) == "Bearer typed"


def test_on_the_command_line_the_key_of_the_environment_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.of_environment() is None
    monkeypatch.setenv("TUNEDESK_JUDGE_KEY", SECRET)
    given = keys.of_environment()
    assert given is not None
    given.keep(OTHER)
    monkeypatch.delenv("TUNEDESK_JUDGE_KEY")
    assert header(OTHER) == f"Bearer {SECRET}"


@pytest.mark.parametrize("text", ["", " ", "two words", "line\nend", "sk-é", "sk-“x”", "x" * 5000, "a\x00b"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(JudgeError, match="Copy it once more") as caught:
        Key(text)
    assert not text.strip() or text not in str(caught.value)


def test_a_key_does_not_show_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Key(SECRET)
    monkeypatch.setenv("TUNEDESK_JUDGE_KEY", SECRET)
    assert SECRET not in f"{key} {key!r} {[key]} {workspace()}"
    assert key.hidden_in(f"your key is {SECRET}!") == "your key is [key]!"
    with pytest.raises(TypeError, match="written nowhere"):
        pickle.dumps(key)
