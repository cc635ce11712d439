"""``judge`` from a file of answers to figures, a table to take away, and one JSON object."""

import csv
import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.judge.judgement import list_all
from pipeline.settings import Workspace
from tests import judge_server
from tests.judge_server import MODEL, only_if, says

CONTRACT = {"scored", "missing", "coverage", "usable", "mean", "low", "high", "judge"}


def _is_pair(body: dict) -> bool:
    return "answer_b" in body["messages"][-1]["content"]


@pytest.mark.parametrize(("mode", "mean"), [("score100", 4.0), ("rubric", 4.0), ("pairwise", 0.5)])
def test_each_way_of_judging_prints_the_same_keys_and_writes_a_row_for_each_prompt(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str, mean: float
) -> None:
    answers, rows = tmp_path / "answers.csv", tmp_path / "rows.csv"
    lines = [f"ask {n},one {n},two {n},{'ab'[n % 2]}" for n in range(10)]
    answers.write_text("\n".join(["instruction,answer_1,answer_2,kind", *lines]), encoding="utf-8")
    rubric = tmp_path / "rubric.json"
    rubric.write_text(json.dumps({"kind": "Is it kind?"}), encoding="utf-8")
    with judge_server.running() as server:
        server.script = [only_if(_is_pair, says('{"winner": "A"}'), says('{"score": 4}'))]
        asked = ["judge", str(answers), "--judge-model", MODEL, "--endpoint", server.base, "--mode", mode, "--json"]
        asked += ["--group", "kind", "--rubric", str(rubric), "--at-once", "2", "-o", str(rows), "--prices", "1", "2"]
        assert main(asked) == 0
        assert server.most_at_once <= 2
        printed, count = capsys.readouterr(), len(server.questions)
        assert main([*asked, "-o", str(tmp_path / "page.html")]) == 0
        assert len(server.questions) == count  # nothing is asked twice
    told = json.loads(printed.out)
    assert set(told) >= CONTRACT
    assert (told["mean"], told["scored"], told["missing"], told["usable"]) == (mean, 10, 0, True)
    assert "at these prices" in printed.err
    assert told["path"] == str(rows)
    with rows.open(encoding="utf-8-sig", newline="") as file:
        assert [line["Asked"] for line in csv.DictReader(file)] == [f"ask {n}" for n in range(10)]
    assert "<h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")
    kept, _ = list_all()
    assert (kept.limits.at_once, kept.prompts) == (2, 10)
