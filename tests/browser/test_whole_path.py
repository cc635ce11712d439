"""From a spreadsheet to a filled spreadsheet, as a newcomer clicks it, in both languages.

With ``TUNEDESK_PICTURES=1`` the English visit uses the whole sample and leaves the README's pictures in
``docs/pictures``.
"""

import csv
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import launch
from pages.components.sentences import VERDICTS
from pipeline.actions.samples import Sample, samples
from tests.browser.stage import DRAWN, Visitor, settle

PICTURES = launch.ROOT / "docs" / "pictures" if os.environ.get("TUNEDESK_PICTURES") else None
SAMPLES = {"en": "en_support_tickets", "zh_CN": "zh_requirement_tickets"}
LABELLED, BLANK = 240, 30  # enough to learn something from, few enough for a test
TRAINING_SECONDS = 300


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_file_becomes_a_model_that_fills_it(language: str, tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    sample = next(one for one in samples() if one.name == SAMPLES[language])
    visitor = visit(language)
    file = tmp_path / "support tickets.csv"
    blank = excerpt(sample, file, whole=pictured(visitor))

    bring(visitor, file)
    train(visitor)
    watch(visitor)
    read_results(visitor)
    ask(visitor, "I cannot open the invoice of last month." if language == "en" else "打印机无法连接，请协助处理")
    filled = fill(visitor, blank, tmp_path / "filled.csv")
    assert_only_blank_labels_changed(file, filled, sample.question.label)
    take_away(visitor, tmp_path / "model.zip")


def bring(visitor: Visitor, file: Path) -> None:
    """Upload ``file`` and take the columns as guessed."""
    visitor.press("Start with your own file")
    visitor.reads(visitor.t("Bring your file"))
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.reads(visitor.t("The first rows as read"))
    settle(visitor.page)
    picture(visitor, "data")
    visitor.press("Next: check")
    visitor.page.wait_for_function(DRAWN, arg="/check")
    visitor.press("Next: train")


def train(visitor: Visitor) -> None:
    """Start a training of the recommended model: the quickest one, where no picture of it is wanted."""
    visitor.page.get_by_role("button", name=visitor.t("Start training")).wait_for(timeout=180_000)
    visitor.page.get_by_role("radio", name=visitor.t("Balanced" if pictured(visitor) else "Fast")).click()
    settle(visitor.page)
    picture(visitor, "train")
    visitor.press("Start training")


def watch(visitor: Visitor) -> None:
    """Stay until the run is over; the tab tells how far it is, then the score."""
    page = visitor.page
    share = 60 if pictured(visitor) else 0  # curves are worth a picture once there is something of them
    page.wait_for_function(
        "least => Number((/^(\\d+)%/.exec(document.title) || [, -1])[1]) >= least",
        arg=share,
        timeout=TRAINING_SECONDS * 1000,
    )
    picture(visitor, "monitor")
    done = visitor.t("Done: {accuracy} of the test rows get the right label", accuracy="\0").split("\0")[0]
    page.get_by_role("heading", name=done).wait_for(timeout=TRAINING_SECONDS * 1000)
    page.wait_for_function("() => /^\\d+\\.\\d%/.test(document.title)")


def read_results(visitor: Visitor) -> None:
    """The verdict, then the wrong rows."""
    visitor.press("See the results")
    visitor.page.wait_for_function(DRAWN, arg="/results")
    verdicts = re.compile("|".join(re.escape(visitor.t(verdict)) for verdict in VERDICTS.values()))
    visitor.page.get_by_text(verdicts).first.wait_for()
    settle(visitor.page)
    picture(visitor, "results")


def ask(visitor: Visitor, text: str) -> None:
    """Type a text and read its label."""
    visitor.go("use/ask.py")
    visitor.page.locator("textarea").last.fill(text)
    visitor.press("Ask the model")
    visitor.reads(visitor.t("The model says"), seconds=60)
    visitor.reads(visitor.t("Most similar labelled rows"))
    picture(visitor, "ask")


def fill(visitor: Visitor, blank: int, destination: Path) -> Path:
    """Let the model fill the blank labels of the training file, and download it."""
    visitor.go("use/fill.py")
    visitor.page.get_by_role(
        "button", name=visitor.tn("Fill {n} blank cell", "Fill the {n} blank cells", blank)
    ).click()
    visitor.reads(visitor.tn("{n} row filled in", "{n} rows filled in", blank), seconds=120)
    settle(visitor.page)
    picture(visitor, "fill")
    return download(visitor, "Download the filled file", destination)


def take_away(visitor: Visitor, destination: Path) -> None:
    """Export the model and download it."""
    visitor.go("use/export.py")
    visitor.press("Make the file")
    link = visitor.page.get_by_role("link", name=visitor.t("Download"))
    link.wait_for(timeout=120_000)
    with visitor.context.expect_event("download") as arriving:  # the link opens a tab, which closes by itself
        link.click()
    arriving.value.save_as(destination)
    names = {Path(name).name for name in zipfile.ZipFile(destination).namelist()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "tunedesk.json"} <= names


def download(visitor: Visitor, button: str, destination: Path) -> Path:
    """Press ``button`` and keep what comes."""
    with visitor.page.expect_download() as arriving:
        visitor.press(button)
    arriving.value.save_as(destination)
    return destination


def assert_only_blank_labels_changed(before: Path, after: Path, label: str) -> None:
    """Same rows, same order, same columns; blank labels filled in; two columns added at the end."""
    (header, *rows), (new_header, *new_rows) = read(before), read(after)
    place = header.index(label)
    assert new_header[: len(header)] == header
    assert len(new_header) == len(header) + 2
    assert len(new_rows) == len(rows)
    for row, new_row in zip(rows, new_rows, strict=True):
        expected = [*row[:place], row[place] or new_row[place], *row[place + 1 :]]
        assert new_row[: len(header)] == expected
        assert new_row[place]
        assert 0 <= float(new_row[-1]) <= 1


def excerpt(sample: Sample, destination: Path, *, whole: bool) -> int:
    """Write rows of ``sample`` to ``destination``, some without their label. Returns how many those are."""
    header, *rows = read(sample.path)
    place = header.index(sample.question.label)
    known = [row for row in rows if row[place]]
    if not whole:
        known = known[: LABELLED + BLANK]
    for number in range(BLANK):
        known[number * len(known) // BLANK][place] = ""
    with destination.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *known])
    return BLANK


def read(file: Path) -> list[list[str]]:
    """The cells of a CSV file."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


def picture(visitor: Visitor, name: str) -> None:
    """Keep what the English visitor sees for the README, once tables and charts are drawn too."""
    if PICTURES and pictured(visitor):
        PICTURES.mkdir(exist_ok=True)
        visitor.page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.screenshot(path=PICTURES / f"{name}.png")


def pictured(visitor: Visitor) -> bool:
    """Whether this visit is the one whose pictures are kept."""
    return PICTURES is not None and visitor.language == "en"
