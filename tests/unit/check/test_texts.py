"""Texts that are cut, that say nothing, or that are in another script than the rest are found."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.check.finding import Severity
from pipeline.check.material import Material
from pipeline.check.texts import find_cut_texts, find_mixed_scripts, find_short_texts
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View
from pipeline.settings import Workspace
from tests.tiny import tiny_base

ENGLISH = [f"the printer on floor {number} is on fire" for number in range(20)]
CHINESE = [f"{number} 楼的打印机又卡纸了" for number in range(20)]


def view_of(folder: Path, texts: list[str], **more: list[str]) -> View:
    table = pd.DataFrame({"text": texts, **more, "label": [("a", "b")[row % 2] for row in range(len(texts))]})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text", *more], "label")


def test_cut_texts_say_how_much_is_lost_with_which_model(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")  # reads 64 tokens, two of them its own
    words = " ".join(["the"] * 62)
    view = view_of(tmp_path, [*ENGLISH, words, f"{words} {words} {words}"])
    (finding,) = find_cut_texts(Material(view))
    values = dict(finding.values)
    assert (finding.rows, values["rows"], values["model"], values["limit"]) == (1, "1", "tiny", "64")
    lost = 2 * (len(words) + 1) / sum(len(text) for text in [*ENGLISH, *[words] * 4, "  "])
    assert values["share"] == f"{lost:.1%}"
    assert finding.severity is Severity.NOTE
    (example,) = finding.examples
    assert example.rows == (21,)
    assert example.text.count("the") == 30
    assert "the ✂  the" in example.text


def test_the_model_that_loses_least_decides_how_bad_it_is(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")
    tiny_base(home.models / "tiny decoder", "decoder")
    (finding,) = find_cut_texts(Material(view_of(tmp_path, ["the printer " * 40] * 10 + ENGLISH)))
    assert finding.severity is Severity.WARNING
    assert {"least", "least_rows", "least_share"} <= dict(finding.values).keys()
    assert "{least}" in finding.message


def test_a_large_file_is_sampled_and_says_so(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.check.texts.SAMPLE", 10)
    tiny_base(home.models / "tiny")
    (finding,) = find_cut_texts(Material(view_of(tmp_path, ["the printer " * 40] * 40)))
    assert finding.rows == 40
    assert dict(finding.values)["rows"] == "≈ 40"


def test_texts_that_fit_are_no_finding_and_without_a_model_nobody_knows(home: Workspace, tmp_path: Path) -> None:
    view = view_of(tmp_path, [*ENGLISH, "the printer " * 40])
    assert not list(find_cut_texts(Material(view)))
    tiny_base(home.models / "tiny")
    assert not list(find_cut_texts(Material(view_of(tmp_path, ENGLISH))))


def test_a_model_for_another_language_is_not_asked(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")  # for English, by what is known of it
    assert not list(find_cut_texts(Material(view_of(tmp_path, ["打印机卡纸了" * 40] * 20))))


def test_a_loss_that_nobody_would_notice_is_no_finding(home: Workspace, tmp_path: Path) -> None:
    tiny_base(home.models / "tiny")
    barely = "the " * 63
    assert not list(find_cut_texts(Material(view_of(tmp_path, [barely, *["the printer is on fire"] * 400]))))
    assert list(find_cut_texts(Material(view_of(tmp_path, [barely * 3, *["the printer is on fire"] * 400]))))


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
