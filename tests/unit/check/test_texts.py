"""Texts that say nothing, or that are in another script than the rest, are found."""

from pathlib import Path

import pandas as pd

from pipeline.check.material import Material
from pipeline.check.texts import find_mixed_scripts, find_short_texts
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View
from pipeline.settings import Workspace

ENGLISH = [f"the printer on floor {number} is on fire" for number in range(20)]
CHINESE = [f"{number} 楼的打印机又卡纸了" for number in range(20)]


def view_of(folder: Path, texts: list[str], **more: list[str]) -> View:
    table = pd.DataFrame({"text": texts, **more, "label": [("a", "b")[row % 2] for row in range(len(texts))]})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text", *more], "label")


def test_a_good_share_in_another_script_is_noted_with_a_model_that_reads_both(home: Workspace, tmp_path: Path) -> None:
    (finding,) = find_mixed_scripts(Material(view_of(tmp_path, [*CHINESE, *ENGLISH[:5]])))
    assert (finding.rows, dict(finding.values)["share"], finding.message) == (
        5,
        "20.0%",
        "Texts in Latin letters, unlike most others here: {rows} ({share}).",
    )
    assert dict(finding.values)["model"] == "multilingual-e5-small"
    assert len(finding.examples) == 5
    assert not list(find_mixed_scripts(Material(finding.remedies[0].view)))


def test_one_language_with_foreign_names_is_not_mixed(home: Workspace, tmp_path: Path) -> None:
    named = [
        "iPhone 15 Pro 连不上无线网",
        "Outlook 打不开 error 0x80070005",
        "见 https://example.com/how/to/fix/it",
        "VPN",
    ]
    assert not list(find_mixed_scripts(Material(view_of(tmp_path, [*CHINESE, *named * 3]))))


def test_the_words_of_the_template_do_not_count(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, ENGLISH, 所属业务线名称=["payment"] * 20)
    assert "所属业务线名称" in Material(view).texts[0]
    assert not list(find_mixed_scripts(Material(view)))


def test_texts_that_say_nothing_can_be_left_out(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, [*CHINESE, "？？？", "ok", "嗯", "。。。。。", "12"])
    (finding,) = find_short_texts(Material(view))
    assert (finding.kind, finding.rows) == ("short_texts", 5)
    assert [example.text for example in finding.examples] == ["？？？", "ok", "嗯", "。。。。。", "12"]
    assert not list(find_short_texts(Material(finding.remedies[0].view)))


def test_short_texts_that_say_something_stay(home: Workspace, tmp_path: Path) -> None:
    assert not list(find_short_texts(Material(view_of(tmp_path, ["退款", "yes", "👍", "K歌", "404", ""] * 3))))
