"""A judge is opened where it answers, a real server or a model of this machine, and what is missing is said."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.errors import JudgeError, ModelNotReady
from pipeline.inference import client
from pipeline.judge.judge import JudgeInfo, Limits, Unanswered
from pipeline.judge.keys import Key
from pipeline.judge.material import Item
from pipeline.judge.opening import models_at, open_judge, who
from pipeline.judge.prompts import Prompt, write_prompt
from pipeline.judge.reply import read_reply
from pipeline.judge.spec import JudgeSpec, Question
from pipeline.runs import store
from pipeline.runs.store import RunRow
from pipeline.settings import Workspace
from tests import judge_server
from tests.judge_server import MODEL, Server, status
from tests.real_judge import RealJudge
from tests.tiny import tiny_base, tiny_bundle
from tests.tiny_writers import write_base, write_bundle

SECRET = "sk-test-1234567890-secret"
# Short, as the small model reads no more.
PROMPT = Prompt("Grade.", "<answer>\nHi\n</answer>", "score")
BARE = Prompt("Grade.", "<answer>\nHi\n</answer>", "score", reasons=False)
SAID = '{"score": 80, "reason": "fine"}'
BY_HEART = {f"{PROMPT.system}\n\n{PROMPT.user}": SAID}


@pytest.fixture(autouse=True)
def fresh(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HOSTS", "ENDPOINT", "KEY"):
        monkeypatch.delenv(f"TUNEDESK_JUDGE_{name}", raising=False)
    yield
    client.stop()


def add_run(home: Workspace, run: str, name: str) -> Path:
    with store.session() as session:
        session.add(RunRow(id=run, name=name, dataset="d", spec="s", base_model="tiny", preset="fast", job="j"))
        session.commit()
    return home.runs / run / "bundle"


def test_a_base_model_judges_greedily_in_its_own_template(home: Workspace) -> None:
    write_base(home.models / "judge", BY_HEART)
    judge = open_judge(who("judge"))
    first, again = judge.ask(PROMPT), judge.ask(PROMPT)
    assert first == again
    assert (first.text, first.cut, first.structured) == (SAID, False, True)
    assert first.tokens_read > 0
    assert 0 < first.tokens_written <= len(SAID)
    assert (judge.info, judge.at_once) == (JudgeInfo("judge", "", weak=True), 1)
    assert judge.ask(BARE).text == '{"score": 80}'
    with pytest.raises(Unanswered) as caught:
        judge.ask(Prompt("Grade.", "longer than what it reads " * 20, "score"))
    assert caught.value.why == "refused"
    assert judge.ask(PROMPT) == first
    judge.close()


def test_a_run_that_writes_judges_by_its_id_or_name(home: Workspace) -> None:
    write_bundle(add_run(home, "a1", "house style"), "house style", BY_HEART)
    for name in ("a1", "house style"):
        assert open_judge(who(name)).ask(PROMPT).text == SAID


def test_a_host_that_dies_while_it_judges_is_asked_once_more(home: Workspace) -> None:
    write_base(home.models / "judge", BY_HEART)
    judge = open_judge(who("judge"))
    judge.ask(PROMPT)
    contact = client._contact()
    assert contact is not None
    host = psutil.Process(int(client._request(contact, "GET", "/state", None, 10)[1]["pid"]))
    said: list[str] = []
    asking = threading.Thread(target=lambda: said.append(judge.ask(PROMPT).text))
    asking.start()
    while not any(link.raddr and link.raddr.port == contact.port for link in psutil.Process().net_connections()):
        asking.join(0.001)
    host.kill()
    asking.join(60)
    assert said == [SAID]


def test_a_model_that_knows_no_form_of_reply_is_held_to_it(home: Workspace) -> None:
    write_base(home.models / "judge", {"hello": "Hello, how can I help?"})
    judge = open_judge(who("judge"))
    for prompt in (
        PROMPT,
        BARE,
        Prompt("Grade.", "<answer_a>", "winner"),
        Prompt("Grade.", "a", "winner", reasons=False),
    ):
        reply = judge.ask(prompt)
        assert read_reply(reply.text, prompt) is not None, reply.text
        assert "reason" in json.loads(reply.text) or not prompt.reasons


def test_who_cannot_judge_is_said_with_what_to_do(home: Workspace) -> None:
    tiny_base(home.models / "encoder", "encoder")
    tiny_bundle(add_run(home, "b1", "labels"), ("a", "b"), run="b1")
    add_run(home, "c1", "unfinished")
    for name, kind, words in (
        ("nobody", JudgeError, "neither a run nor a base model named nobody"),
        ("encoder", JudgeError, "The model encoder writes nothing"),
        ("labels", JudgeError, "The run labels has no model that writes"),
        ("unfinished", JudgeError, "The run unfinished has no model that writes"),
        ("SmolLM2-135M-Instruct", ModelNotReady, "not on this machine yet"),
    ):
        with pytest.raises(kind, match=words):
            who(name)
        with pytest.raises(kind, match=words):
            open_judge(JudgeInfo(name))


def test_small_models_and_models_of_unknown_size_are_weak_here(home: Workspace) -> None:
    write_base(home.models / "judge", BY_HEART)
    write_bundle(add_run(home, "a1", "of a base model that is gone"), "x", BY_HEART)
    assert who("judge").weak
    assert who("a1").weak
    assert who("qwen2.5:0.5b", "http://localhost:1").weak
    assert not who("Qwen2.5-72B", "http://localhost:1").weak
    assert not who("gpt-4o", "http://localhost:1").weak


def test_an_endpoint_is_opened_with_the_key_that_is_known_for_it(server: Server) -> None:
    Key(SECRET).keep(server.base)
    info = who(MODEL, server.base.removesuffix("/v1"))
    assert info.endpoint == server.base
    judge = open_judge(info, Limits(at_once=2))
    assert judge.at_once == 2
    judge.ask(PROMPT)
    judge.close()
    assert {one.headers["authorization"] for one in server.asked} == {f"Bearer {SECRET}"}


def test_an_endpoint_that_wants_a_key_says_so_before_the_first_question(server: Server) -> None:
    server.models = server.script[0] = status(401, {})
    with pytest.raises(JudgeError, match="wants a key, and none is known"):
        open_judge(who(MODEL, server.base))
    with pytest.raises(JudgeError, match="wants a key, and none is known"):
        models_at(server.base)
    with pytest.raises(JudgeError, match="does not accept the key"):
        models_at(server.base, Key(SECRET))
    Key(SECRET).keep(server.base)
    with pytest.raises(JudgeError, match="does not accept the key"):
        open_judge(who(MODEL, server.base))


def test_an_address_that_may_not_be_asked_is_never_connected_to(server: Server) -> None:
    with pytest.raises(JudgeError, match="is not among the servers"):
        open_judge(JudgeInfo(MODEL, judge_server.METADATA))
    with pytest.raises(JudgeError, match="is not the address of a server"):
        who(MODEL, "http://2130706433/v1")
    assert server.asked == []


def test_finding_a_judge_imports_no_heavy_library() -> None:
    program = (
        "import sys, pipeline.judge.opening\n"
        "print(sorted({'torch', 'transformers', 'evaluate', 'sklearn', 'scipy', 'datasets'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_models_of_an_endpoint_are_listed(server: Server) -> None:
    assert models_at(server.base) == ("other", MODEL)


def test_no_file_of_the_workspace_holds_the_key(
    home: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEDESK_JUDGE_ENDPOINT", server.base)
    monkeypatch.setenv("TUNEDESK_JUDGE_KEY", SECRET)
    Key(SECRET).keep(server.base)
    server.script = [judge_server.echoes_key, judge_server.hangs_up, status(500, {"error": SECRET}), status(401, {})]
    judge = open_judge(who(MODEL, server.base))
    assert SECRET not in judge.ask(PROMPT).text
    with pytest.raises(JudgeError) as caught:
        judge.ask(PROMPT)
    judge.close()
    assert SECRET not in repr(caught.value)
    files = [path for path in home.home.rglob("*") if path.is_file()]
    assert files  # the host's contact and log at least
    assert not any(SECRET.encode() in path.read_bytes() for path in files)


@pytest.mark.slow
def test_a_real_server_with_a_starter_model_is_asked_and_replies(judge_endpoint: RealJudge) -> None:
    """``transformers serve`` lists only what it has downloaded, and takes the schema without keeping to it."""
    info = who(judge_endpoint.model, judge_endpoint.base)
    assert info.weak
    judge = open_judge(info)
    item = Item(0, "Name a colour.", "Blue", ("Blue.",))
    for reasons in (True, False):
        prompt = write_prompt(Question(0), item, JudgeSpec("score100", reasons=reasons))
        reply = judge.ask(prompt)
        assert reply.text
        assert reply.tokens_read > 100
        assert reply.tokens_written > 0
        opinion = read_reply(reply.text, prompt)
        assert opinion is None or 0 <= (opinion.score or 0) <= 100
    judge.close()
    with pytest.raises(JudgeError, match="takes no questions to the model “another”"):
        open_judge(JudgeInfo("another", judge_endpoint.base))
