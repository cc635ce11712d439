"""The Chinese sample with tags, from one click to a file that is filled: several labels a row, all the way."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.actions.samples import samples
from tests.browser.stage import DRAWN, Visitor, settle

SAMPLE = next(sample for sample in samples() if sample.name == "zh_tagged_tickets")
TRAINING_SECONDS = 600


@pytest.mark.slow
def test_a_sample_with_tags_becomes_a_model_that_tags(tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("zh_CN")
    page = visitor.page

    page.locator(f".st-key-sample-{SAMPLE.name} button").click()
    visitor.reads(visitor.t("What is the answer like?"))
    settle(page)
    visitor.press("Next: check")
    page.wait_for_function(DRAWN, arg="/check")
    visitor.reads("F1", seconds=180)  # whether the labels can be told from the text, once that was tried
    visitor.press("Next: train")
    page.get_by_role("radio", name=visitor.t("Fast")).click()
    settle(page)
    visitor.press("Start training")
    done = visitor.t("Done: micro-F1 of {f1} on the test rows", f1="\0").split("\0")[0]
    page.get_by_role("heading", name=done).wait_for(timeout=TRAINING_SECONDS * 1000)
    visitor.press("See the results")
    page.wait_for_function(DRAWN, arg="/results")
    visitor.reads(visitor.t("Label by label"))

    visitor.go("use/fill.py")
    page.locator(".st-key-fill button").click()
    page.get_by_role("button", name=visitor.t("Download the filled file")).wait_for(timeout=180_000)
    with page.expect_download() as arriving:
        visitor.press("Download the filled file")
    arriving.value.save_as(tmp_path / "filled.csv")
    known = {tag for row in read(SAMPLE.path) for tag in row["标签"].split("、") if tag}
    before, after = read(SAMPLE.path), read(tmp_path / "filled.csv")
    filled = [new["标签"] for old, new in zip(before, after, strict=True) if not old["标签"] and new["标签"]]
    assert len(filled) > 100
    assert {tag for cell in filled for tag in cell.split("、")} <= known
    assert any("、" in cell for cell in filled)
    assert all(new["标签"] == old["标签"] for old, new in zip(before, after, strict=True) if old["标签"])


def read(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by the names of their columns."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))
