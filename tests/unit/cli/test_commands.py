"""The command line: one JSON object, the promised keys, exit status 2 with one line for bad input."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.actions.data import get_dataset
from pipeline.cli import main
from pipeline.data.split import Split, load_split
from pipeline.data.view import view_frame
from pipeline.settings import Workspace
from tests.tiny import tickets, tiny_base

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ["--set", "epochs=6", "--set", "batch_size=16", "--set", "learning_rate=3e-3", "--set", "max_length=24"]


@pytest.fixture
def file(home: Workspace, tmp_path: Path) -> Path:
    """A hundred labelled tickets, ten to fill, with an id that looks like a number."""
    tiny_base(home.models / "tiny")
    frame = tickets(110, seed=0)
    frame.insert(0, "id", [f"{number:05}" for number in range(110)])
    frame.loc[100:, "label"] = ""
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    return tmp_path / "tickets.csv"


def command(*arguments: object) -> dict:
    """Run a command in a process of its own and read what it prints."""
    line = [sys.executable, "-m", "pipeline", *map(str, arguments), "--json"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_from_a_file_to_an_exported_model_that_predicts_the_same(file: Path, tmp_path: Path) -> None:
    inspected = command("data", "inspect", file)
    assert inspected["rows_read"] == 110
    assert [column["name"] for column in inspected["columns"]] == ["id", "text", "label"]

    trained = command("train", file, "--model", "tiny", "--name", "mine", "--follow", *SETTINGS)
    assert trained["state"] == "finished"
    assert trained["rows"]["blank"] == 10
    assert set(trained["baselines"]) == {"majority", "tfidf"}
    assert 0 <= trained["metrics"]["macro_f1"] <= 1
    assert trained["verdict"] in ("beyond_baseline", "not_distinguishable", "worse", "nothing_learned")

    shown = command("runs", "show", "mine")
    assert shown["run"] == trained["run"]
    assert shown["step"] == shown["steps"] > 0
    assert command("evaluate", "mine")["metrics"] == trained["metrics"]
    assert 0 <= command("evaluate", "mine", "--data", file)["metrics"]["accuracy"] <= 1

    filled = command("predict", "mine", file, "-o", tmp_path / "filled.csv", "--only-blank")
    assert (filled["rows"], filled["filled"], filled["abstained"]) == (110, 10, 0)
    command("export", "mine", "-o", tmp_path / "model.zip")
    command("predict", tmp_path / "model.zip", file, "-o", tmp_path / "again.csv", "--only-blank")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "filled.csv").read_bytes()

    with (tmp_path / "filled.csv").open(encoding="utf-8", newline="") as out, file.open(encoding="utf-8") as original:
        for after, before in zip(csv.DictReader(out), csv.DictReader(original), strict=True):
            assert after["id"] == before["id"]
            assert after["text"] == before["text"]
            assert after["label"] == (before["label"] or after["prediction"])


def inspect(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    """What ``data inspect --json`` prints, in this process."""
    assert main(["data", "inspect", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_inspect_checks_a_file_in_the_guessed_roles(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = inspect(capsys, file)

    assert found["roles"] == {"text": ["text"], "label": "label"}
    assert all({"kind", "rows", "message"} <= set(one) for one in found["findings"])
    assert "learnability" not in found


def test_inspect_tells_whether_the_labels_can_be_learned(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = inspect(capsys, file, "--text", "text", "--label", "label", "--learnability")

    assert found["learnability"]["verdict"] == "learnable"
    assert 0 <= found["learnability"]["low"] <= found["learnability"]["accuracy"] <= found["learnability"]["high"] <= 1
    assert found["budget"] is None or found["budget"]["more"] > 0


def test_inspect_of_a_file_without_labels_still_says_what_was_read(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"one more line of text {n},and another one beside it {n}" for n in range(30)]
    (tmp_path / "texts.csv").write_text("\n".join(["one,other", *lines]))
    found = inspect(capsys, tmp_path / "texts.csv")

    assert found["rows_read"] == 30
    assert found["roles"] is None


def test_a_file_of_texts_alone_is_proposed_for_pretraining(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{n},one more line of text {n % 20}" for n in range(30)]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text", *lines]))
    assert main(["data", "inspect", str(tmp_path / "texts.csv"), "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["roles"] == {"text": ["text"], "label": "text"}
    assert found["task"] == "pretraining"
    assert [one["message"] for one in found["findings"] if one["kind"] == "exact_duplicates"] == [
        "Rows that repeat the text of an earlier row: 10."
    ]
    assert "Text: text. There is no label." in printed.err
    assert "Task: pretraining" in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["data", "inspect", "no-such.csv"], "no-such.csv"),
        (["data", "inspect", "{file}", "--label", "no-such"], "no-such"),
        (["data", "inspect", "{file}", "--quote", "x"], "quotation mark"),
        (["train", "{file}", "--model", "no-such"], "no-such"),
        (["train", "{file}", "--model", "tiny", "--label", "no-such"], "no-such"),
        (["train", "{file}", "--model", "tiny", "--set", "epochs=0"], "epochs"),
        (["train", "no-such", "--model", "tiny"], "no-such"),
        (["data", "import", "{file}", "--group", "no-such"], "no-such"),
        (["data", "import", "{file}", "--time", "no-such"], "no-such"),
        (["data", "import", "{file}", "--test-column", "no-such"], "no-such"),
        (["data", "import", "{file}", "--test-column", "id", "--test-file", "{file}"], "not from both"),
        (["runs", "show", "no-such"], "no-such"),
        (["predict", "no-such", "{file}", "-o", "x.csv"], "no-such"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_status_2(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main([argument.format(file=file) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    last = said.err.strip().splitlines()[-1]
    assert words in last
    assert "Traceback" not in said.err


def imported(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> Split:
    """How ``data import`` divides the rows of a file."""
    assert main(["data", "import", str(file), *options, "--json"]) == 0
    return load_split(get_dataset(json.loads(capsys.readouterr().out)["dataset"]).split)


def test_rows_are_divided_by_the_columns_that_import_is_told(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = tickets(100, seed=0)
    frame["customer"] = [f"customer {number // 4}" for number in range(100)]
    frame["day"] = [f"2024-{1 + number % 12:02}-{1 + number // 12:02}" for number in range(100)]
    frame["use"] = ["test" if number % 5 == 0 else "train" for number in range(100)]
    frame.to_csv(tmp_path / "divided.csv", index=False)

    grouped = imported(capsys, tmp_path / "divided.csv", "--group", "customer")
    parts = [{frame["customer"][row] for row in part} for part in (grouped.train, grouped.validation, grouped.test)]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]

    by_time = imported(capsys, tmp_path / "divided.csv", "--time", "day")
    assert max(frame["day"][[*by_time.train]]) <= min(frame["day"][[*by_time.test]])

    told = imported(capsys, tmp_path / "divided.csv", "--test-column", "use")
    assert set(told.test) == set(range(0, 100, 5))


def test_dates_that_can_be_read_two_ways_are_named_and_read_as_import_is_told(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = tickets(100, seed=0)
    frame["text"] += [f" number {number}" for number in range(100)]
    frame["day"] = [f"{1 + number % 10}/{1 + number // 10}/2024" for number in range(100)]
    frame.to_csv(tmp_path / "open.csv", index=False)

    def newest(part: int, *options: str) -> tuple[set[str], str]:
        """The first or second number of the dates of the test rows, and what was said."""
        assert main(["data", "import", str(tmp_path / "open.csv"), "--time", "day", *options, "--json"]) == 0
        said = capsys.readouterr()
        split = load_split(get_dataset(json.loads(said.out)["dataset"]).split)
        return {frame["day"][row].split("/")[part] for row in split.test}, said.err

    numbers, said = newest(1)
    assert numbers == {"9", "10"}
    assert "2/1/2024 is read as 2 January 2024: so the rows are in order." in said
    assert "--date-order month" in said
    numbers, said = newest(0, "--date-order", "month")
    assert numbers == {"9", "10"}
    assert "2/1/2024 is read as 1 February 2024, as you have chosen." in said
    assert main(["data", "import", str(tmp_path / "open.csv"), "--date-order", "day"]) == 2
    assert "name their column" in capsys.readouterr().err


def odd_file(folder: Path) -> tuple[Path, list[str]]:
    """Tickets as nobody would guess them, with a comma in the name of the text column, and the options that say how."""
    frame = tickets(60, seed=0)
    lines = [f"'{text}'~{label}" for text, label in zip(frame["text"], frame["label"], strict=True)]
    text = "\r\n".join(["a note", "说明,正文~label", *lines])
    (folder / "odd.csv").write_bytes(text.encode("utf-16-be"))
    return folder / "odd.csv", ["--encoding", "utf-16-be", "--delimiter", "~", "--header", "2", "--quote", "'"]


def test_import_train_evaluate_and_predict_read_a_file_as_they_are_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, how = odd_file(tmp_path)
    assert main(["data", "import", str(odd), *how, "--text", "说明,正文", "--label", "label", "--json"]) == 0
    view = get_dataset(json.loads(capsys.readouterr().out)["dataset"]).view
    assert (view.text, view.label) == (("说明,正文",), "label")
    assert view_frame(view)["说明,正文"].tolist() == tickets(60, seed=0)["text"].tolist()

    command("train", odd, *how, "--text", "说明,正文", "--model", "tiny", "--name", "odd", "--follow", *SETTINGS)
    filled = command("predict", "odd", odd, *how, "-o", tmp_path / "filled.csv", "--only-blank")
    assert filled["rows"] == 60
    kept = (tmp_path / "filled.csv").read_bytes().decode("utf-16-be")
    assert kept.startswith("a note\r\n说明,正文~label~prediction~confidence\r\n'")
    assert command("evaluate", "odd", "--data", odd, *how)["rows"] == 60
    assert main(["evaluate", "odd", *how]) == 2
    assert "no file to be read with --encoding, --delimiter, --header, --quote." in capsys.readouterr().err
    (tmp_path / "names.csv").write_text("说明,正文~label\n", encoding="utf-8")
    empty = command("predict", "odd", tmp_path / "names.csv", "--delimiter", "~", "-o", tmp_path / "none.csv")
    assert (empty["rows"], empty["filled"]) == (0, 0)


def test_text_columns_are_named_at_once_or_one_by_one(
    home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = tickets(60, seed=0)
    frame.insert(0, "a,b", [f"title {number}" for number in range(60)])
    frame.to_csv(tmp_path / "file.csv", index=False)
    for given, columns in (
        (["--text", "a,b", "--text", "text"], ["a,b", "text"]),
        (["--text", "text", "--text", "text"], ["text"]),
    ):
        assert inspect(capsys, tmp_path / "file.csv", *given)["roles"]["text"] == columns
    assert main(["data", "inspect", str(tmp_path / "file.csv"), "--text", "text,a,b"]) == 2
    assert "no text column a." in capsys.readouterr().err


def test_a_test_file_is_read_like_the_file(home: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd, how = odd_file(tmp_path)
    split = imported(capsys, odd, *how, "--text", "说明,正文", "--label", "label", "--test-file", str(odd))
    assert len(split.test) == 60


def test_a_frozen_dataset_takes_no_other_columns(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "import", str(file), "--json"]) == 0
    dataset = json.loads(capsys.readouterr().out)["dataset"]
    assert main(["train", dataset, "--model", "tiny", "--label", "text", "--group", "id", "--header", "0"]) == 2
    assert f"--header, --label, --group cannot be set for {dataset}" in capsys.readouterr().err


def test_bad_input_speaks_chinese_to_a_chinese_terminal(
    home: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEDESK_LANGUAGE", "zh_CN")
    assert main(["runs", "show", "没有"]) == 2
    assert "训练任务" in capsys.readouterr().err


def test_the_models_of_the_catalogue_are_listed_with_the_promised_keys(
    home: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert set(rows[0]) >= {"name", "family", "languages", "licence", "parameters", "ready"}
    assert not any(row["ready"] for row in rows)


def test_doctor_says_what_works_here(home: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["database"] == "ok"
    assert told["devices"][0]["name"] == "cpu"
