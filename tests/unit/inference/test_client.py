"""Somebody asks and gets an answer, whatever state the model host was in; nobody else gets one."""

import http.client
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pipeline.errors import JobError, RunError, SettingError
from pipeline.inference import client
from pipeline.inference.classify import Classifier
from pipeline.inference.host import ADDRESS, CONTACT, LOG
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs

from .conftest import LABELS

pytestmark = pytest.mark.usefixtures("host")
TEXTS = ["打印机卡纸了", "please refund the invoice"]


def state(home: Workspace) -> dict[str, object]:
    contact = json.loads((home.home / CONTACT).read_text())
    status, answer = ask(contact["port"], "/state", contact["token"])
    assert status == 200
    return answer


def ask(port: int, path: str, token: str, host: str = "", method: str = "GET") -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", **({"Host": host} if host else {})}
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_answers_are_those_of_the_model_with_the_nearest_labelled_rows_and_are_written_down_nowhere(
    make_run: Callable[..., Path], home: Workspace
) -> None:
    folder = make_run("abc")
    expected = Classifier.load(folder / "bundle").scores(Inputs(tuple(TEXTS)))
    for text, probabilities, answer in zip(TEXTS, expected, client.classify("abc", TEXTS), strict=True):
        assert answer.text == text
        assert dict(answer.probabilities) == pytest.approx(dict(zip(LABELS, probabilities, strict=True)), abs=1e-6)
        assert (answer.label, answer.confidence) == answer.probabilities[0]
        assert answer.confidence == max(value for _, value in answer.probabilities)
        assert answer.nearest[0].text == text
        assert len(answer.nearest) == 3
    assert state(home)["runs"] == ["abc"]
    assert "refund" not in (home.home / LOG).read_text(encoding="utf-8")


def test_many_texts_come_back_in_their_order(make_run: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    make_run("abc")
    monkeypatch.setattr(client, "BATCH", 4)
    texts = [f"ticket {n}" for n in range(11)]
    assert [answer.text for answer in client.classify("abc", texts)] == texts
    assert client.classify("abc", []) == []
    monkeypatch.setattr(client, "MOST_TEXTS", 10)
    with pytest.raises(SettingError, match="11 texts are too many"):
        client.classify("abc", texts)


def test_several_who_ask_at_once_share_one_host(make_run: Callable[..., Path], home: Workspace) -> None:
    make_run("abc")
    answers: list[client.Classified] = []
    threads = [threading.Thread(target=lambda: answers.extend(client.classify("abc", TEXTS))) for _ in range(4)]
    other = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.inference import client; client.classify('abc', ['x'])"],
        env={**os.environ, "TUNEDESK_HOME": str(home.home)},
    )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait() == 0
    assert len(answers) == 8
    assert len(set(answers)) == 2
    hosts = [
        process for process in psutil.process_iter(["cmdline"]) if str(home.home) in (process.info["cmdline"] or [])
    ]
    assert [process.pid for process in hosts] == [state(home)["pid"]]


def test_a_killed_host_comes_back_with_the_next_question(make_run: Callable[..., Path], home: Workspace) -> None:
    make_run("abc")
    client._host()
    first = psutil.Process(int(str(state(home)["pid"])))
    first.kill()
    first.wait(10)
    assert client.classify("abc", TEXTS)[0].text == TEXTS[0]
    assert state(home)["pid"] != first.pid


def test_a_host_that_dies_while_it_answers_is_started_again_and_said(
    make_run: Callable[..., Path], home: Workspace
) -> None:
    make_run("abc")
    client._host()
    process = psutil.Process(int(str(state(home)["pid"])))
    process.suspend()  # so that the answer is under way when the end comes
    said: list[BaseException] = []

    def question() -> None:
        contact = client._contact()
        assert contact is not None
        try:
            client._post(contact, "abc", TEXTS, None, 60)
        except JobError as error:
            said.append(error)

    asking = threading.Thread(target=question)
    asking.start()
    while not any(
        link.raddr and link.raddr.port == client._contact().port for link in psutil.Process().net_connections()
    ):
        asking.join(0.01)
    process.kill()
    asking.join()
    assert "ended while it was answering" in str(said[0])
    assert state(home)["pid"] != process.pid


def test_an_answer_that_takes_too_long_is_given_up(make_run: Callable[..., Path], home: Workspace) -> None:
    make_run("abc")
    with pytest.raises(JobError, match="did not answer within"):
        client.classify("abc", TEXTS, timeout=0.001)


def test_what_is_wrong_with_a_run_is_said_as_the_host_says_it(home: Workspace) -> None:
    home.runs.mkdir()
    with pytest.raises(RunError, match="The run nothing has no model yet"):
        client.classify("nothing", TEXTS)


def test_nobody_without_the_token_or_from_a_page_of_another_name_gets_an_answer(home: Workspace) -> None:
    client._host()
    contact = json.loads((home.home / CONTACT).read_text())
    port, token = contact["port"], contact["token"]
    assert ask(port, "/state", "wrong")[0] == 403
    assert ask(port, "/state", "")[0] == 403
    assert ask(port, "/state", token, host=f"evil.example:{port}")[0] == 403
    assert ask(port, "/stop", "wrong", method="POST")[0] == 403
    assert ask(port, "/state", token, host=f"localhost:{port}") == (200, state(home))
    assert stat.S_IMODE((home.home / CONTACT).stat().st_mode) == 0o600
    (listening,) = [
        link.laddr.ip
        for link in psutil.Process(int(str(state(home)["pid"]))).net_connections("inet")
        if link.status == psutil.CONN_LISTEN
    ]
    assert listening == ADDRESS


def test_a_host_that_is_just_starting_is_stopped_at_once(home: Workspace, make_run: Callable[..., Path]) -> None:
    make_run("abc")
    starting = client._children[home.home] = client._spawn(home.home)
    assert client._contact() is None
    client.stop()
    assert starting.poll() is not None
    assert client.classify("abc", TEXTS)[0].text == TEXTS[0]


def test_an_idle_host_ends_by_itself(home: Workspace) -> None:
    home.home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pipeline.inference.host", str(home.home), "--idle-seconds", "0.2"]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0
    assert not (home.home / CONTACT).exists()


def test_asking_imports_no_heavy_library() -> None:
    program = (
        "import sys, pipeline.inference.client\n"
        "print(sorted({'torch', 'transformers', 'evaluate', 'sklearn', 'scipy', 'datasets'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
