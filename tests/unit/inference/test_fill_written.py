"""A model that writes fills blank answers; every other byte of the file stays, and nothing is lost without a word."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from pipeline.data.conversation import single
from pipeline.data.source import Source, import_source
from pipeline.inference.events import Token
from pipeline.inference.fill import fill_file, filled_rows
from pipeline.inference.generate import Writer
from pipeline.inference.sampling import GREEDY
from pipeline.runs.bundle import read_info, seal, write_info
from pipeline.runs.progress import Silent
from pipeline.settings import Workspace
from pipeline.training.writing import answers as several
from tests.tiny_writers import ANSWERS, CONTEXT, write_bundle, write_rewriter

KNOWN = {**ANSWERS, "calculate": "=1+1"}
ROWS = [
    ("hello", ""),
    ("打印机坏了", "请稍等，\n马上来。"),
    ("打印机坏了", "  "),
    ("   ", ""),
    ("calculate", ""),
    ("x" * CONTEXT, ""),
    ("hello", ""),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows three answers by heart, one of them a formula."""
    folder = tmp_path_factory.mktemp("runs") / "bundle"
    info = replace(write_bundle(folder, "mine", KNOWN), most_tokens=80)
    write_info(folder, info)
    seal(folder)
    return folder


@pytest.fixture
def source(home: Workspace, tmp_path: Path) -> Source:
    pd.DataFrame(ROWS, columns=["instruction", "answer"]).to_csv(tmp_path / "asked.csv", index=False)
    return import_source(tmp_path / "asked.csv", "asked.csv")


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def changed(bundle: Path, folder: Path, **fields: object) -> Path:
    """A copy of the bundle that says something else of itself."""
    shutil.copytree(bundle, folder)
    write_info(folder, replace(read_info(folder), **fields))  # type: ignore[arg-type]  # whatever a test says
    seal(folder)
    return folder


def test_only_blank_answers_are_written_and_the_others_stay(bundle: Path, source: Source, tmp_path: Path) -> None:
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True)
    rows = read(filled.path)
    greeting, repair = ANSWERS["hello"], ANSWERS["打印机坏了"]
    assert [row["answer"] for row in rows] == [greeting, ROWS[1][1], repair, "", "'=1+1", "", greeting]
    assert [row["prediction"] for row in rows] == [greeting, "", repair, "", "'=1+1", "", greeting]
    assert all((float(row["confidence"]) > 0.9) if row["prediction"] else row["confidence"] == "" for row in rows)
    assert (filled.rows, filled.filled, filled.abstained, filled.too_long) == (7, 4, 2, 1)
    assert (filled.broken_off, filled.stopped) == (0, False)
    assert filled.rows_per_second > 0


def test_without_a_column_for_them_every_row_is_answered(bundle: Path, home: Workspace, tmp_path: Path) -> None:
    original = 'id;instruction\r\n007;"打印机坏了"\r\n008;hello\r\n'.encode("gb18030")
    (tmp_path / "gbk.csv").write_bytes(original)
    filled = fill_file(bundle, import_source(tmp_path / "gbk.csv", "gbk.csv").id, tmp_path / "out.csv")
    lines = filled.path.read_bytes().decode("gb18030").split("\r\n")
    assert lines[0] == "id;instruction;prediction;confidence"
    assert lines[1].startswith(f'007;"打印机坏了";{ANSWERS["打印机坏了"]};')
    assert lines[2].startswith(f"008;hello;{ANSWERS['hello']};")
    assert filled.filled == 2


def test_other_bytes_of_a_json_file_stay_and_a_formula_is_just_a_text_there(
    bundle: Path, home: Workspace, tmp_path: Path
) -> None:
    text = '[\n {"instruction": "calculate",  "answer": ""},\n {"instruction": "hello", "answer": "Hi", "n": 1.0}\n]\n'
    (tmp_path / "asked.json").write_text(text, encoding="utf-8")
    source = import_source(tmp_path / "asked.json", "asked.json")
    path = fill_file(bundle, source.id, tmp_path / "out.json", only_blank=True).path
    first, second = json.loads(path.read_text(encoding="utf-8"))
    assert (first["answer"], second["answer"], second["prediction"]) == ("=1+1", "Hi", "")
    assert '{"instruction": "calculate",  "answer": "=1+1"' in path.read_text(encoding="utf-8")
    assert '{"instruction": "hello", "answer": "Hi", "n": 1.0' in path.read_text(encoding="utf-8")


def test_its_confidence_is_the_mean_probability_of_its_tokens(bundle: Path, source: Source, tmp_path: Path) -> None:
    row = read(fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True).path)[2]
    writer = Writer.load(bundle)
    prompt = writer.tokenizer(f"<|user|>打印机坏了<|end|><|assistant|>{row['answer']}<|end|>", return_tensors="pt")
    with torch.no_grad():
        logs = writer.model(**prompt).logits[0, :-1].log_softmax(-1)
    ids = prompt["input_ids"][0, 1:]
    answer = len(row["answer"].encode()) + 1
    said = logs[-answer:].gather(1, ids[-answer:, None])
    assert float(row["confidence"]) == pytest.approx(float(said.mean().exp()), abs=1e-4)


def test_an_encoder_decoder_fills_in_what_it_says_when_it_is_asked(
    bundle: Path, home: Workspace, tmp_path: Path
) -> None:
    folder = write_rewriter(tmp_path / "t5")
    write_info(folder, replace(read_info(bundle), format="bare", most_tokens=12))
    seal(folder)
    asked = ["please refund", "the printer is on fire"]
    pd.DataFrame({"instruction": asked}).to_json(tmp_path / "asked.json", orient="records")
    source = import_source(tmp_path / "asked.json", "asked.json")
    filled = json.loads(fill_file(folder, source.id, tmp_path / "out.json").path.read_text(encoding="utf-8"))
    writer, greedy = Writer.load(folder), replace(GREEDY, max_new_tokens=12)
    for row, text in zip(filled, asked, strict=True):
        events = writer.stream(single(text, ""), greedy)
        assert row["prediction"] == "".join(event.text for event in events if isinstance(event, Token)).strip()
        assert 0 < float(row["confidence"]) < 1


def test_what_it_is_less_sure_of_stays_blank(bundle: Path, source: Source, tmp_path: Path) -> None:
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True, threshold=1.0)
    rows = read(filled.path)
    assert [row["answer"] for row in rows] == [answer for _, answer in ROWS]
    assert [bool(row["confidence"]) for row in rows] == [True, False, True, False, True, False, True]
    assert filled.filled == 0


def test_an_answer_that_is_broken_off_is_counted(bundle: Path, source: Source, tmp_path: Path) -> None:
    short = changed(bundle, tmp_path / "short", most_tokens=8)
    filled = fill_file(short, source.id, tmp_path / "out.csv", only_blank=True)
    assert read(filled.path)[0]["answer"] == ANSWERS["hello"][:8].strip()
    assert (filled.filled, filled.broken_off) == (4, 3)  # the formula is short enough


def test_conversations_that_wait_for_an_answer_get_it_beside_them(
    bundle: Path, home: Workspace, tmp_path: Path
) -> None:
    talks = changed(bundle, tmp_path / "talks", dialogue=True, text=("messages",), label="messages")
    user, reply = {"role": "user", "content": "hello"}, {"role": "assistant", "content": "Hi."}
    lines = [json.dumps({"messages": turns}) for turns in ([user], [user, reply], "nothing")]
    (tmp_path / "talks.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    source = import_source(tmp_path / "talks.jsonl", "talks.jsonl")
    filled = fill_file(talks, source.id, tmp_path / "out.jsonl", only_blank=True)
    rows = [json.loads(line) for line in filled.path.read_text(encoding="utf-8").splitlines()]
    assert [row["prediction"] for row in rows] == [ANSWERS["hello"], "", ""]
    assert [{"messages": row["messages"]} for row in rows] == [json.loads(line) for line in lines]
    assert filled.filled == 1


def test_a_stop_keeps_what_was_written_and_a_second_filling_goes_on_there(
    bundle: Path, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "AT_ONCE", 1)

    class StopsAfterOne(Silent):
        done = 0

        def advance(self, phase: str, done: int, total: int) -> None:
            self.done = done

        def stop_requested(self) -> bool:
            return self.done >= 1

    first = fill_file(bundle, source.id, tmp_path / "part.csv", only_blank=True, progress=StopsAfterOne())
    assert first.stopped
    assert 0 < first.filled < 4
    again = import_source(first.path, first.path.name)
    second = fill_file(bundle, again.id, tmp_path / "rest.csv", only_blank=True)
    assert not second.stopped
    whole = fill_file(bundle, source.id, tmp_path / "whole.csv", only_blank=True)
    assert [row["answer"] for row in read(second.path)] == [row["answer"] for row in read(whole.path)]
    assert first.filled + second.filled == whole.filled


def test_together_they_get_the_answers_that_each_gets_alone(
    bundle: Path, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = fill_file(bundle, source.id, tmp_path / "together.csv", only_blank=True).path.read_bytes()
    assert fill_file(bundle, source.id, tmp_path / "again.csv", only_blank=True).path.read_bytes() == together
    monkeypatch.setattr(several, "MOST_READ", 1)
    alone = fill_file(bundle, source.id, tmp_path / "alone.csv", only_blank=True)
    assert alone.path.read_bytes() == together


def test_the_page_finds_the_new_cells_by_themselves(bundle: Path, source: Source, tmp_path: Path) -> None:
    kept = tmp_path / "new.parquet"
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True, new_cells=kept)
    assert filled_rows(source, "answer", kept).to_dict("records") == read(filled.path)
