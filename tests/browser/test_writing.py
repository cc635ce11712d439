"""A model learns to write on the Chinese sample: it answers a file, is talked to beside its base model, and learns what
people prefer.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.actions.samples import samples
from tests.browser.stage import DRAWN, Server, Visitor, settle
from tests.browser.training import train

SAMPLE = next(sample for sample in samples() if sample.name == "instructions_zh")
MODEL = "SmolLM2-135M-Instruct"
ROWS = 30  # of the sample: a few steps, and a handful of answers to measure on


@pytest.mark.slow
@pytest.mark.timeout(1_800)  # two trainings, and answers from three models
def test_a_model_learns_to_write_and_then_what_people_prefer(
    tmp_path: Path, server: Server, visit: Callable[[str], Visitor]
) -> None:
    rows = json.loads(SAMPLE.path.read_text(encoding="utf-8"))
    short = sorted(rows, key=lambda row: len(row["output"]))[:ROWS]
    (tmp_path / "answers.json").write_text(json.dumps(short, ensure_ascii=False), encoding="utf-8")
    visitor = visit("zh_CN")
    page = visitor.page

    visitor.go("data/read.py")
    # After a wrong file the right one is taken at the first try.
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    page.locator("input[type=file]").set_input_files(tmp_path / "photo.csv")
    page.get_by_test_id("stAlert").filter(has_text="photo.csv").wait_for()
    settle(page)
    page.locator("input[type=file]").set_input_files(tmp_path / "answers.json")
    visitor.reads(visitor.t("What is learned from the first rows"))
    settle(page)
    visitor.press("Straight to training")
    page.wait_for_function(DRAWN, arg="/train")
    train(visitor, MODEL, "first", trained_layers="1", epochs="1", learning_rate="1e-3")
    # What it said before the first step and after the last one.
    visitor.reads(visitor.t("Watch it learn"))
    before, after = (
        page.locator(".st-key-sample-0").get_by_test_id("stText").nth(place).inner_text() for place in (1, 2)
    )
    assert before != after

    answer_a_file(visitor, short, tmp_path)
    prefer_one_answer(visitor, server)

    visitor.press("Teach a model these preferences")
    page.wait_for_function(DRAWN, arg="/data")
    visitor.reads("rejected")
    settle(page)
    visitor.press("Straight to training")
    page.wait_for_function(DRAWN, arg="/train")
    train(visitor, MODEL, "second", trained_layers="1", epochs="1")
    visitor.press("See the results")
    page.wait_for_function(DRAWN, arg="/results")
    visitor.reads(visitor.t("Similarity to the right answers (chrF)"))
    (margins,) = server.home.glob("runs/*/answers/margins.npy")
    report = json.loads((margins.parents[1] / "report.json").read_text(encoding="utf-8"))
    assert 0 <= report["preferred"]["value"] <= 1


def answer_a_file(visitor: Visitor, rows: list[dict[str, str]], folder: Path) -> None:
    """Two blank answers are filled in; the other cells stay as they were."""
    page = visitor.page
    asked = [{**row, "output": ""} for row in rows[:2]] + [{**rows[2], "output": "已经回复"}]
    (folder / "asked.json").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    visitor.go("use/fill.py")
    page.locator("input[type=file]").set_input_files(folder / "asked.json")
    page.locator(".st-key-fill_uploaded button").click()
    page.get_by_role("button", name=visitor.t("Download the filled file")).wait_for(timeout=180_000)
    with page.expect_download() as arriving:
        visitor.press("Download the filled file")
    arriving.value.save_as(folder / "answered.json")
    answered = json.loads((folder / "answered.json").read_text(encoding="utf-8"))
    assert [row["instruction"] for row in answered] == [row["instruction"] for row in asked]
    assert all(row["output"] for row in answered)
    assert answered[2]["output"] == "已经回复"


def prefer_one_answer(visitor: Visitor, server: Server) -> None:
    """The thirtieth preference: which of two models answers better."""
    page = visitor.page
    visitor.go("use/playground.py")
    page.get_by_text(visitor.t("Two side by side")).click()
    settle(page)
    # What is long here is long once more in what the preferences teach, and asked of three models.
    page.locator(".st-key-playground-controls").get_by_role("button", name=visitor.t("Settings")).click()
    page.locator(".st-key-playground-decoder-max_new_tokens input").fill("24")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    # As if more had been said before: too few preferences can be divided into nothing.
    kept = [
        {"instruction": f"请回复第{number}位顾客。", "chosen": f"您好，第{number}号。", "rejected": f"第{number}号",
         "chosen_by": "a", "rejected_by": "b"}
        for number in range(29)
    ]  # fmt: skip
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
    (server.home / "preferences.jsonl").write_text(lines, encoding="utf-8")
    page.get_by_test_id("stChatInputTextArea").fill("请用一句话问候顾客。")
    page.keyboard.press("Enter")
    better = page.locator(".st-key-vote-left button")
    better.wait_for(timeout=180_000)
    better.click()
    visitor.reads(visitor.tn("{n} preference is kept.", "{n} preferences are kept.", 30))
