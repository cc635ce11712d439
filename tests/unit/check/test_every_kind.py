"""Every kind of finding: data that has it, data that has not, and remedies that can be taken back.

What is found in detail stands in the tests of the finders; this is the list that nothing may be missing from.
"""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import pipeline.check
from pipeline.check.compose import take_back
from pipeline.check.find import find
from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.data import personal
from pipeline.data.new_view import make_view, with_steps
from pipeline.data.steps import leave_out
from pipeline.settings import Workspace
from tests.tiny import tiny_base, tiny_writer
from tests.unit.check.checked import ENGLISH, GERMAN, beside_test_file, bring, different_texts, look_at

TEXTS = different_texts(240)
LABELS = ["refund", "parcel"] * 30
DRAW = random.Random(4)
CODES = [f"{label[0]}-{DRAW.randrange(3)}" for label in LABELS]
DAYS = [str(day.date()) for day in pd.date_range("2024-01-01", periods=240)]
PROJECTS = [f"P{number}" for number in range(12) for _ in range(20)]
CARD, RESIDENT = "4111 1111 1111 1111", "11010519491231002X"
LONG = "The printer on the second floor does not answer since this morning, please send somebody, room {room}, thanks"
CHINESE = [f"{number} 楼的打印机又卡纸了，麻烦派人看看" for number in range(60)]


def plain(texts: Sequence[str] = TEXTS[:60], labels: Sequence[str] = LABELS, **more: Sequence[str]) -> Material:
    return look_at(labels, texts, **more)


def with_column(cells: Sequence[str]) -> Material:
    return look_at(LABELS, TEXTS[:60], text_columns=("text", "column"), column=cells)


def changed(*cells: tuple[int, str], texts: Sequence[str] = TEXTS[:60]) -> list[str]:
    """The texts with other ones in some places."""
    now = list(texts)
    for place, text in cells:
        now[place] = text
    return now


def pairs(first: Sequence[str], second: Sequence[str]) -> Material:
    source = bring({"one": first, "other": second, "label": LABELS})
    return Material(make_view(source, ["one"], "label", second="other"))


def numbers(cells: Sequence[str], texts: Sequence[str] = TEXTS[:60]) -> Material:
    source = bring({"text": texts, "hours": cells})
    return Material(make_view(source, ["text"], "hours", number=True))


def answers(cells: Sequence[str], texts: Sequence[str] = TEXTS[:60]) -> Material:
    source = bring({"instruction": texts, "answer": cells})
    return Material(make_view(source, ["instruction"], "answer", written=True))


def talks(cells: Sequence[str]) -> Material:
    source = bring({"messages": cells})
    return Material(make_view(source, ["messages"], "messages", written=True, dialogue=True))


ANSWERS = [f"This is what one says to number {number}, and it takes a sentence of some length." for number in range(60)]
TALKS = [
    json.dumps([{"role": "user", "content": text}, {"role": "assistant", "content": answer}])
    for text, answer in zip(TEXTS[:60], ANSWERS, strict=True)
]
HOURS = [f"{number % 12 / 2}" for number in range(60)]

# Kind -> data that has it, and data that comes close and has not.
CASES: dict[str, tuple[Callable[[], Material], Callable[[], Material]]] = {
    "label_variants": (
        lambda: plain(labels=[*LABELS[:57], "Refund ", "ｐａｒｃｅｌ", "refund\u200b"]),
        lambda: plain(labels=["refund", "refunds"] * 30),
    ),
    "similar_labels": (
        lambda: plain(labels=["sign in", "sign-in", "parcel"] * 20),
        lambda: plain(labels=["sign in", "sign out", "parcel"] * 20),
    ),
    "placeholder_labels": (
        lambda: plain(labels=[*LABELS[:48], *["N/A"] * 12]),
        lambda: plain(labels=[*LABELS[:48], *["无法登录"] * 12]),
    ),
    "rare_classes": (
        lambda: plain(labels=[*LABELS[:46], *["odd"] * 9, *["late"] * 5]),
        lambda: plain(labels=[*LABELS[:40], *["odd"] * 10, *["late"] * 10]),
    ),
    "imbalance": (
        lambda: plain(labels=["ham"] * 50 + ["spam"] * 10),
        lambda: plain(labels=["ham"] * 40 + ["spam"] * 20),
    ),
    "leaking_column": (lambda: with_column(CODES), lambda: with_column([code[2:] for code in CODES])),
    "unique_column": (
        lambda: with_column([f"TK-{number:05}" for number in range(60)]),
        lambda: with_column([f"TK-{number % 20:05}" for number in range(60)]),
    ),
    "empty_texts": (lambda: plain(changed((3, ""), (8, "  "))), lambda: plain(labels=["", *LABELS[1:]])),
    "half_pairs": (
        lambda: pairs(TEXTS[:60], ["", *TEXTS[61:120]]),
        lambda: pairs(["", *TEXTS[:59]], ["", *TEXTS[61:120]]),
    ),
    "exact_duplicates": (
        lambda: plain(changed((2, TEXTS[0]), (4, TEXTS[0].upper()))),
        lambda: plain(changed((2, TEXTS[0]), (4, TEXTS[6])), ["", "", "", "", "", *LABELS[5:]]),
    ),
    "near_duplicates": (
        lambda: plain(changed((2, LONG.format(room=1)), (4, LONG.format(room=2)))),
        lambda: plain(changed((2, LONG.format(room=1)), (4, "The printer on the second floor is fine"))),
    ),
    "label_conflicts": (
        lambda: plain(changed((1, TEXTS[0]), (2, TEXTS[0]))),
        lambda: plain(changed((2, TEXTS[0]))),
    ),
    "test_rows_in_training": (
        lambda: beside_test_file(plain(), [TEXTS[3], *TEXTS[100:109]], ["parcel", "refund"] * 5),
        lambda: beside_test_file(plain(), TEXTS[100:110], ["parcel", "refund"] * 5),
    ),
    "groups": (
        lambda: plain(TEXTS, ["abcd"[int(project[1:]) % 4] for project in PROJECTS], project=PROJECTS),
        lambda: plain(TEXTS, DRAW.choices("abcd", k=240), project=PROJECTS),
    ),
    "several_labels": (
        lambda: plain(labels=["退款", "物流", "退款、物流"] * 20),
        lambda: plain(labels=["Trinidad, Tobago", "Cuba", "Trinidad"] * 20),
    ),
    "cut_texts": (lambda: plain(changed((5, "the printer " * 90))), plain),
    "mixed_scripts": (
        lambda: plain([*ENGLISH, *CHINESE[:36]]),
        lambda: plain([*ENGLISH * 2, *["the printer says 卡纸 again, please"] * 12]),
    ),
    "mixed_languages": (
        lambda: plain([*ENGLISH, *ENGLISH[:20], *GERMAN[:16]]),
        lambda: plain([*ENGLISH * 2, *ENGLISH[:12]]),
    ),
    "short_texts": (lambda: plain(changed((5, "ok"), (8, "?!"))), lambda: plain(changed((5, "yes"), (8, "👍")))),
    "no_numbers": (lambda: numbers([*HOURS[:58], "soon", "2 days"]), lambda: numbers([*HOURS[:58], "", "7"])),
    "outliers": (lambda: numbers([*HOURS[:58], "900", "-40"]), lambda: numbers([*HOURS[:58], "9", "-2"])),
    "one_number": (lambda: numbers(["0"] * 50 + HOURS[1:11]), lambda: numbers(["0"] * 40 + HOURS[1:21])),
    "number_conflicts": (
        lambda: numbers(["0", "5.5", *HOURS[2:]], changed((1, TEXTS[0]))),
        lambda: numbers(["0", "0.5", *HOURS[2:]], changed((1, TEXTS[0]))),
    ),
    "personal_email": (
        lambda: plain(changed((5, "write to a.b@example.com please"))),
        lambda: plain(changed((5, "write to the address @ the office please"))),
    ),
    "personal_phone": (
        lambda: plain(changed((5, "请打 13812345678 找我"))),
        lambda: plain(changed((5, "订单号 13812345678 还没到"))),
    ),
    "personal_resident_id": (
        lambda: plain(changed((5, f"身份证 {RESIDENT} 请核对"))),
        lambda: plain(changed((5, f"身份证 {RESIDENT[:-1]}1 请核对"))),  # its check digit is wrong
    ),
    "personal_bank_card": (
        lambda: plain(changed((5, f"my card {CARD} was charged twice"))),
        lambda: plain(changed((5, f"my card {CARD[:-1]}2 was charged twice"))),
    ),
    "unread_conversations": (
        lambda: talks(changed((5, "Hello!"), texts=TALKS)),
        lambda: talks(changed((5, ""), texts=TALKS)),
    ),
    "empty_answers": (
        lambda: answers(changed((5, " "), texts=ANSWERS)),
        lambda: answers(changed((5, " "), texts=ANSWERS), changed((5, ""))),
    ),
    "repeated_questions": (
        lambda: answers(ANSWERS, changed((5, TEXTS[4]), (8, TEXTS[4]))),
        lambda: answers(changed((5, ANSWERS[4]), texts=ANSWERS), changed((5, TEXTS[4]))),
    ),
    "cut_answers": (
        lambda: answers(changed((5, "the printer " * 150), texts=ANSWERS)),
        lambda: answers(changed((5, "the printer " * 20), texts=ANSWERS)),
    ),
    "long_rows": (
        lambda: answers(changed((5, "word. " * 500), texts=ANSWERS)),
        lambda: answers(changed((5, "word. " * 100), texts=ANSWERS)),
    ),
    "echoed_answers": (
        lambda: answers(changed((5, f"{TEXTS[5]} "), texts=ANSWERS)),
        lambda: answers(changed((5, TEXTS[6]), texts=ANSWERS)),
    ),
    "unfinished_answers": (
        lambda: answers(changed((5, ANSWERS[5][:-8]), texts=ANSWERS)),
        lambda: answers([answer[:-1] for answer in ANSWERS]),
    ),
    "drift": (
        lambda: plain(TEXTS, [*["a", "b"] * 96, *["c", "a"] * 24], day=DAYS),
        lambda: plain(TEXTS, ["a", "b"] * 120, day=DAYS),
    ),
}

# Nothing in a View could help: it is a setting of training, or the file itself is to be corrected.
WITHOUT_REMEDY = {"imbalance", "cut_texts", "no_numbers", "one_number", "unread_conversations", "empty_answers"}


def found_in(make: Callable[[], Material], kind: str, home: Workspace) -> tuple[Material, list[CheckFinding]]:
    tiny_base(home.models / "tiny")  # reads 64 tokens, for ``cut_texts``
    tiny_writer(home.models / "writer")  # 256, for ``cut_answers``
    material = make()
    return material, [found for found in find(material) if found.kind == kind]


def test_every_kind_that_is_written_anywhere_stands_in_the_list() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(str(pipeline.check.__file__)).parent.glob("*.py")]
    written = {kind for source in sources for kind in re.findall(r'\bkind="(\w+)",', source)}
    by_name = {"empty_texts", "half_pairs", *(f"personal_{kind}" for kind in personal.KINDS)}
    assert written | by_name == {*CASES}


@pytest.mark.parametrize("kind", CASES)
def test_data_that_has_it_gets_it_with_rows_examples_and_a_plain_reason(kind: str, home: Workspace) -> None:
    _, findings = found_in(CASES[kind][0], kind, home)
    (found,) = findings
    assert found.rows > 0 and found.examples and found.message.endswith(".")
    assert found.why.endswith(".") and found.why.count(". ") <= 1  # and what to do, where no click does it
    assert bool(found.remedies) == (kind not in WITHOUT_REMEDY)


@pytest.mark.parametrize("kind", CASES)
def test_data_that_has_not_gets_it_not(kind: str, home: Workspace) -> None:
    assert not found_in(CASES[kind][1], kind, home)[1]


@pytest.mark.parametrize("kind", sorted({*CASES} - WITHOUT_REMEDY))
def test_each_remedy_helps_and_is_a_step_that_can_be_taken_back(kind: str, home: Workspace) -> None:
    material, findings = found_in(CASES[kind][0], kind, home)
    # What was done before, and what is done after, stays.
    before = with_steps(material.view, [leave_out([30], "before")])
    for remedy in [remedy for found in findings for remedy in found.remedies]:
        view = remedy.view
        assert view.source == material.view.source
        assert not [found for found in find(replace(material, view=view)) if found.kind == kind]
        if kind in ("groups", "drift"):  # these divide the rows anew; the page takes them back one by one
            assert not view.steps and replace(view, group="", time="") == material.view
            continue
        (step,) = view.steps
        assert step.reason in (kind, "personal_data")
        assert take_back(view, 0) == material.view
        more = with_steps(replace(view, steps=()), [*before.steps, step, leave_out([31], "after")])
        assert take_back(more, 1) == with_steps(material.view, [*before.steps, leave_out([31], "after")])


def test_of_two_columns_taken_out_either_can_come_back_alone(home: Workspace) -> None:
    ids = [f"TK-{number:05}" for number in range(60)]
    material = look_at(LABELS, TEXTS[:60], text_columns=("code", "text", "id"), code=CODES, id=ids)
    first = next(found for found in find(material) if found.kind == "leaking_column").remedies[0].view
    both = next(found for found in find(Material(first)) if found.kind == "unique_column").remedies[0].view
    assert (both.text, [step.reason for step in both.steps]) == (("text",), ["leaking_column", "unique_column"])
    assert take_back(both, 1) == first
    assert take_back(both, 0).text == ("code", "text")
    assert take_back(take_back(both, 0), 0) == material.view
