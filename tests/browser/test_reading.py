"""A model reads texts alone, is kept as a base model, and is there to learn labels from another file."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.stage import DRAWN, Visitor, settle
from tests.browser.training import choose, train

MODEL = "SmolLM2-135M-Instruct"
KEPT = "knows our desk"
TEXTS = [f"The printer of room {number} is out of paper again, please send somebody." for number in range(40)]


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_model_that_has_read_texts_is_kept_and_learns_labels(tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    write(tmp_path / "texts.csv", [["text"], *([text] for text in TEXTS)])
    write(tmp_path / "tickets.csv", [["text", "queue"], *([text, "ab"[n % 2]] for n, text in enumerate(TEXTS))])
    visitor = visit("en")
    page = visitor.page

    bring(visitor, tmp_path / "texts.csv")
    train(visitor, MODEL, "has read", trained_layers="1", epochs="1", max_length="64")
    visitor.reads(visitor.t("Surprise at validation rows"))
    visitor.press("See the results")
    page.wait_for_function(DRAWN, arg="/results")
    settle(page)
    visitor.press("Keep it as a base model")
    page.wait_for_function(DRAWN, arg="/export")
    settle(page)
    page.locator(".st-key-keep_name input").fill(KEPT)
    page.keyboard.press("Tab")
    settle(page)
    page.locator(".st-key-keep button").click()
    visitor.reads(visitor.t("{model} is ready.", model=KEPT), seconds=120)

    page.goto(f"{visitor.server.address}/data?new=1")
    settle(page)
    bring(visitor, tmp_path / "tickets.csv")
    choose(page, "base_model", KEPT)
    assert page.locator(".st-key-start button").is_enabled()


def bring(visitor: Visitor, file: Path) -> None:
    """Upload a file on the Data page, take what was guessed of it, and go to the Train page."""
    page = visitor.page
    if not page.url.startswith(f"{visitor.server.address}/data"):
        visitor.go("data/read.py")
    page.locator("input[type=file]").set_input_files(file)
    visitor.reads(visitor.t("The first rows as read"))
    settle(page)
    visitor.press("Straight to training")
    page.wait_for_function(DRAWN, arg="/train")
    settle(page)


def write(file: Path, rows: list[list[str]]) -> None:
    """A CSV."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
