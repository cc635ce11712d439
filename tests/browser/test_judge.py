"""Somebody has a file of answers judged, by a server or by a model of this machine, and takes the verdicts away."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.stage import Server, Visitor, settle
from tests.real_judge import MODEL, RealJudge

KEY = "sk-browser-1357913579-secret"
JUDGING_SECONDS = 600
ROWS = [
    {"instruction": "Name a colour.", "reference": "Blue", "answer_1": "Blue.", "answer_2": "A banana."},
    {"instruction": "2 + 2?", "reference": "4", "answer_1": "It is 4.", "answer_2": "![x](http://evil.example/x.png)"},
    {
        "instruction": "用一句话问候顾客。",
        "reference": "您好！",
        "answer_1": "您好，很高兴为您服务。",
        "answer_2": "不知道",
    },
]


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(("language", "by"), [("en", "server"), ("zh_CN", "here")])
def test_answers_of_a_file_are_judged_and_taken_away(
    tmp_path: Path,
    server: Server,
    visit: Callable[[str], Visitor],
    judge_endpoint: RealJudge,
    language: str,
    by: str,
) -> None:
    (tmp_path / "answers.json").write_text(json.dumps(ROWS, ensure_ascii=False), encoding="utf-8")
    visitor = visit(language)
    page = visitor.page
    visitor.go("results/judge.py")
    page.locator("input[type=file]").set_input_files(tmp_path / "answers.json")
    visitor.reads(visitor.tn("{name}: {n} prompt.", "{name}: {n} prompts.", len(ROWS), name="answers.json"))
    settle(page)
    if by == "server":
        page.get_by_test_id("stButtonGroup").get_by_text(visitor.t("A server"), exact=True).click()
        settle(page)
        page.locator(".st-key-judge-address input").fill(judge_endpoint.base)
        page.locator(".st-key-judge-key input").fill(KEY)
        visitor.press("Connect")
        settle(page)
        model = page.locator("[class*='st-key-judge-model-'] input")
        model.wait_for()
        model.fill(MODEL)
        page.keyboard.press("Enter")
        settle(page)
    else:
        chosen = page.locator(".st-key-judge-local").get_by_role("combobox")
        expect(chosen).to_have_value(re.compile(MODEL))  # the only one here that writes
    visitor.reads(visitor.t("How long it takes is not known yet: this judge was never asked."))
    visitor.press("Have it judged")
    page.wait_for_url("**judgement=*")
    # Whoever comes back by the link, or reloads in the middle, is where they were.
    page.reload()
    page.locator(".st-key-judge-csv button").first.wait_for(timeout=JUDGING_SECONDS * 1000)
    settle(page)

    with page.expect_download() as saved:
        visitor.press("Download as CSV")
    lines = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(lines) == 1 + len(ROWS)
    with page.expect_download() as saved:
        visitor.press("Download as one page (HTML)")
    told = Path(saved.value.path()).read_text(encoding="utf-8")
    assert MODEL in told
    assert "<img" not in told
    (path,) = server.home.glob("judgements/*/verdicts.jsonl")
    verdicts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(verdicts) >= 2 * len(ROWS)
    if by == "here":
        # Held to the form of the reply, a model of this machine leaves no verdict out.
        assert not [one for one in verdicts if one["missing"]]
        page.get_by_test_id("stAlert").filter(has_text=MODEL).wait_for()  # a model of this size is weak
    files = [
        path for path in server.home.rglob("*") if path.is_file() and not path.is_relative_to(server.home / "models")
    ]
    assert not [path for path in [*files, server.log] if KEY.encode() in path.read_bytes()]
