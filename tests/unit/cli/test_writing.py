"""``generate``: the answer on standard output, or one JSON object with the promised keys."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.inference import client
from pipeline.settings import Workspace
from tests.tiny_writers import ANSWERS, write_base, write_bundle


@pytest.fixture
def writer(home: Workspace) -> Iterator[str]:
    """A base model that knows a few answers by heart; whatever host is started for it ends with the test."""
    yield write_base(home.models / "writer").name
    client.stop()


def test_the_answer_alone_goes_to_standard_output(writer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", writer, "打印机坏了", "--temperature", "0"]) == 0
    said = capsys.readouterr()
    assert said.out == ANSWERS["打印机坏了"] + "\n"
    assert "tokens a second" in said.err


def test_json_has_the_promised_keys(writer: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--temperature", "0", "--top-k", "5", "--top-p", "0.5", "--num-beams", "2", "--seed", "7"]
    assert main(["generate", writer, "hello", *options, "--max-new-tokens", "5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["text"], told["tokens"], told["ended"]) == (ANSWERS["hello"][:5], 5, "length")
    assert told["tokens_per_second"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such", "hello"], "neither a run nor a base model named no-such"),
        (["writer", "hello", "--temperature", "9"], "temperature"),
        (["writer", "x" * 300], "at most 256"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_status_2(
    writer: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["generate", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err.strip().splitlines()[-1]
    assert said.out == ""


def test_a_file_is_filled_with_answers(home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle", "mine")
    (tmp_path / "asked.csv").write_text("instruction,answer\nhello,\n打印机坏了,好的\n", encoding="utf-8")
    command = ["predict", str(tmp_path / "bundle"), str(tmp_path / "asked.csv"), "-o", str(tmp_path / "out.csv")]
    assert main([*command, "--only-blank", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["filled"], told["abstained"], told["too_long"], told["broken_off"]) == (2, 1, 0, 0, 0)
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "instruction,answer,prediction,confidence"
    assert lines[1].startswith(f'hello,"{ANSWERS["hello"]}",')
    assert lines[2] == "打印机坏了,好的,,"
