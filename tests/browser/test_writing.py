"""A model learns to write on the Chinese sample, is talked to beside its base model, and learns what people prefer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from pipeline.actions.samples import samples
from tests.browser.stage import DRAWN, Server, Visitor, settle

SAMPLE = next(sample for sample in samples() if sample.name == "instructions_zh")
MODEL = "SmolLM2-135M-Instruct"
ROWS = 30  # of the sample: a few steps, and a handful of answers to measure on
TRAINING_SECONDS = 900


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
    train(visitor, name="first", trained_layers="1", epochs="1", learning_rate="1e-3")
    # What it said before the first step and after the last one.
    visitor.reads(visitor.t("Watch it learn"))
    before, after = (
        page.locator(".st-key-sample-0").get_by_test_id("stText").nth(place).inner_text() for place in (1, 2)
    )
    assert before != after

    visitor.go("use/playground.py")
    page.get_by_text(visitor.t("Two side by side")).click()
    settle(page)
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

    visitor.press("Teach a model these preferences")
    page.wait_for_function(DRAWN, arg="/data")
    visitor.reads("rejected")
    settle(page)
    visitor.press("Straight to training")
    page.wait_for_function(DRAWN, arg="/train")
    train(visitor, name="second", trained_layers="1", epochs="1")
    visitor.press("See the results")
    page.wait_for_function(DRAWN, arg="/results")
    visitor.reads(visitor.t("Similarity to the right answers (chrF)"))
    (margins,) = server.home.glob("runs/*/answers/margins.npy")
    report = json.loads((margins.parents[1] / "report.json").read_text(encoding="utf-8"))
    assert 0 <= report["preferred"]["value"] <= 1


def train(visitor: Visitor, name: str, **settings: str) -> None:
    """Start a run of the smallest model, a few steps long, and wait until it is over."""
    page = visitor.page
    choose(page, "base_model", MODEL)
    page.locator(".st-key-run_name input").fill(name)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_text(visitor.t("Advanced"), exact=True).click()
    for field, value in settings.items():
        page.locator(f".st-key-setting-{field} input").fill(value)
        page.keyboard.press("Tab")
        settle(page)
    visitor.press("Start training")
    page.wait_for_function(DRAWN, arg="/monitor")
    page.get_by_role("button", name=visitor.t("See the results")).wait_for(timeout=TRAINING_SECONDS * 1000)
    settle(page)


def choose(page: Page, key: str, option: str) -> None:
    """Take ``option`` of the select box ``key``."""
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option").filter(has_text=option).first.click()
    settle(page)
