"""A file from a Chinese Windows machine whose labels were typed by hand: put in order before anything is trained."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.stage import DRAWN, Visitor, settle

WORDS = {
    "退款": ("申请退款一直没有到账", "重复扣款请退回", "取消订单后费用没有退"),
    "物流": ("包裹三天没有更新", "快递送错了地址", "收到的箱子已经破损"),
    "账号": ("密码忘记无法登录", "短信验证码收不到", "账户被锁定请解锁"),
}
# As hands and forms leave them: a space behind, a full stop, a full-width space.
UNTIDY = {"退款": "退款 ", "物流": "物流。", "账号": "账号\u3000"}
COPIES = 14


@pytest.mark.slow
def test_a_gbk_file_gets_its_labels_put_in_order(tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("zh_CN")
    file = tmp_path / "工单.csv"
    file.write_bytes(tickets().encode("gbk"))

    bring(visitor, file)
    reads_labels(visitor, 2 * len(WORDS))

    visitor.press("Write each of them in one way")
    reads_labels(visitor, len(WORDS))
    visitor.reads(visitor.t("Done so far"))

    visitor.press("Take back")
    reads_labels(visitor, 2 * len(WORDS))

    visitor.press("Write each of them in one way")
    reads_labels(visitor, len(WORDS))
    visitor.press("Next: train")
    visitor.page.wait_for_function(DRAWN, arg="/train")


@pytest.mark.slow
def test_of_two_files_with_one_name_the_newer_one_stays_the_chosen_one(
    tmp_path: Path, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("en")
    file = tmp_path / "tickets.csv"
    file.write_text(tickets(), encoding="utf-8")
    bring(visitor, file)
    visitor.press("Next: train")
    visitor.page.wait_for_function(DRAWN, arg="/train")
    older = visitor.page.url.partition("dataset=")[2]

    visitor.page = visitor.open()
    file.write_text(tickets().replace("工单", "ticket"), encoding="utf-8")
    bring(visitor, file)
    newer = visitor.page.url.partition("dataset=")[2]
    assert newer != older
    visitor.press("Next: train")
    visitor.page.wait_for_function(DRAWN, arg="/train")
    visitor.page.get_by_role("button", name=visitor.t("Start training")).wait_for(timeout=60_000)
    assert visitor.page.url.partition("dataset=")[2] == newer


def tickets() -> str:
    """A table of Chinese tickets, one label in four as somebody's hand left it."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["编号", "内容", "类别"])
    for number in range(COPIES * len(WORDS) * 3):
        label = list(WORDS)[number % 3]
        text = WORDS[label][number // 3 % 3]
        table.writerow([f"{number:04}", f"{text}，工单 {number * 37}", UNTIDY[label] if number % 4 == 0 else label])
    return out.getvalue()


def bring(visitor: Visitor, file: Path) -> None:
    """Upload ``file``, take the columns as guessed, and wait for what the check finds."""
    visitor.press("Start with your own file")
    visitor.reads(visitor.t("Bring your file"))
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.reads(visitor.t("The first rows as read"))
    settle(visitor.page)
    visitor.press("Next: check")
    visitor.page.get_by_role("button", name=visitor.t("Write each of them in one way")).wait_for(timeout=60_000)


def reads_labels(visitor: Visitor, count: int) -> None:
    """Wait until the page counts so many labels."""
    words = visitor.tn("{n} label", "{n} labels", count)
    visitor.page.get_by_role("heading", name=words, exact=True).wait_for(timeout=60_000)
