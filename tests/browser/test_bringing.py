"""Bringing a file in a real browser: a GBK file put right by hand, and a large one that outlives a refresh."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.stage import Server, Visitor, settle

# Whether some choice on the page reads so.
CHOSEN = """words => [...document.querySelectorAll('[data-testid=stSelectbox]')].some(box =>
    box.innerText.includes(words) || [...box.querySelectorAll('input')].some(input => input.value.includes(words)))"""
QUEUES = {"财务": "发票金额不对", "账号": "忘记密码无法登录", "物流": "快递一直没有到"}


@pytest.mark.slow
def test_a_gbk_file_without_column_names_is_put_right_by_hand(
    tmp_path: Path, server: Server, visit: Callable[[str], Visitor]
) -> None:
    file = tmp_path / "工单.csv"
    file.write_bytes(tickets(120).encode("gbk"))
    visitor = visit("zh_CN")
    visitor.page.goto(f"{server.address}/data")
    settle(visitor.page)

    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.reads(visitor.t("The first rows as read"))
    visitor.page.get_by_text(visitor.t("Read it differently")).click()
    guess = visitor.t("Guess: {guess}", guess=visitor.t("GB18030, GBK (Simplified Chinese)"))
    visitor.page.wait_for_function(CHOSEN, arg=guess)
    names = visitor.page.get_by_role("spinbutton", name=visitor.t("Line with the column names"))
    names.fill("0")
    names.press("Enter")
    # The button comes with the preview; a click into a page that is still being drawn may be lost.
    visitor.page.get_by_role("button", name=visitor.t("Read again")).wait_for()
    settle(visitor.page)
    as_guessed = visitor.page.url
    visitor.press("Read again")
    visitor.page.wait_for_url(lambda url: url != as_guessed)
    settle(visitor.page)

    visitor.reads(visitor.tn("{n} row", "{n} rows", 120))
    told = visitor.tn("The row was read as it stands", "All {n} rows were read as they stand", 120)
    visitor.page.get_by_text(told).click()
    visitor.reads(visitor.t("your choice"))
    assert not list((server.home / "uploads").iterdir())


@pytest.mark.slow
def test_a_large_file_outlives_a_refresh_and_its_upload_is_gone(
    tmp_path: Path, server: Server, visit: Callable[[str], Visitor]
) -> None:
    file = tmp_path / "large.csv"
    file.write_text("text,queue\n" + tickets(150_000), encoding="utf-8")
    visitor = visit("en")
    visitor.page.goto(f"{server.address}/data")
    settle(visitor.page)

    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.page.wait_for_url(re.compile("import="))
    visitor.page.reload()

    visitor.reads("150,000 rows", seconds=120)
    visitor.page.wait_for_url(re.compile("source="))
    server.command("runs", "list")  # any command looks after the jobs
    assert not list((server.home / "uploads").iterdir())


def tickets(count: int) -> str:
    """``count`` tickets with their queue, without a line of column names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number in range(count):
        queue, problem = list(QUEUES.items())[number % len(QUEUES)]
        writer.writerow([f"{problem}，单号是{number * 7 + 1}号，请尽快处理", queue])
    return out.getvalue()
