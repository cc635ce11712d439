"""The guess of roles is what a colleague would have chosen."""

import pandas as pd
import pytest

from pipeline.data.columns import Roles, guess_roles, profile, profile_source
from pipeline.data.source import read_rows

LONG = ["the printer on floor {} prints blank pages", "cannot log in since {}, please help", "refund for order {}?"]


def frame(rows: int = 60, **columns: object) -> pd.DataFrame:
    """Columns from functions of the row number."""
    made = {name: [str(make(row)) for row in range(rows)] for name, make in columns.items()}  # type: ignore[operator]
    return pd.DataFrame(made, dtype="str")


def sentence(row: int) -> str:
    return LONG[row % 3].format(row)


def kinds(rows: pd.DataFrame) -> dict[str, str]:
    return {column.name: column.kind for column in profile(rows)}


def test_kinds_follow_what_the_cells_look_like():
    rows = frame(
        ticket=lambda row: f"TK-{row:05d}",
        text=sentence,
        label=lambda row: ["a", "b"][row % 2],
        owner=lambda row: 407080 + row % 5,
        price=lambda row: f"{row}.50",
        when=lambda row: f"2024-03-{row % 28 + 1:02d} 10:00",
        nothing=lambda _: " ",
    )
    assert kinds(rows) == {
        "ticket": "id",
        "text": "text",
        "label": "category",
        "owner": "category",
        "price": "number",
        "when": "date",
        "nothing": "empty",
    }


def test_a_profile_counts_blanks_values_and_lengths():
    rows = pd.DataFrame({"label": ["aa", "", "b", "aa", "  "]}, dtype="str")
    (column,) = profile(rows)
    assert (column.blank, column.unique, column.mean_length, column.examples) == (2, 2, 5 / 3, ("aa", "b"))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"text": sentence, "label": lambda row: "ab"[row % 2]}, Roles(("text",), "label")),
        ({"label": lambda row: "ab"[row % 2], "v2": sentence}, Roles(("v2",), "label")),
        ({"text": sentence, "category": lambda row: "abc"[row % 3]}, Roles(("text",), "category")),
        (
            {
                "工单编号": lambda row: 1000 + row,
                "标题": lambda row: f"打印机{row}无法连接",
                "提出人": lambda row: 300000 + row % 7,
                "业务线": lambda row: ["支付", "物流"][row % 2],
                "优先级": lambda row: f"P{row % 4}",
                "描述": lambda row: f"第{row}次打印时出现错误，重启后仍然无法使用，请尽快处理。",
                "技术负责人": lambda row: 407080 + row % 5 if row % 2 else "",
            },
            Roles(("标题", "描述"), "技术负责人"),
        ),
        (
            {
                "id": lambda row: row,
                "subject": lambda row: f"subject number {row} of it",
                "body": sentence,
                "queue": lambda row: "abcd"[row % 4],
                "priority": lambda row: ["low", "high"][row % 2],
                "resolution": lambda row: f"we did {row} things and then some more until it worked again",
            },
            Roles(("subject", "body"), "queue"),
        ),
        (
            {"text": sentence, "label": lambda row: "ab"[row % 2], "split": lambda row: ["train", "test"][row % 2]},
            Roles(("text",), "label", "split"),
        ),
        ({"text": sentence}, Roles(("text",), None)),
        ({"label": lambda _: ""}, Roles((), None)),
    ],
)
def test_text_and_label_are_guessed_from_names_and_cells(columns, expected):
    assert guess_roles(profile(frame(**columns))) == expected


def test_of_columns_without_telling_names_the_one_with_blanks_is_to_be_filled_in():
    rows = frame(note=sentence, kind_a=lambda row: "xy"[row % 2] if row % 3 else "", kind_b=lambda row: "uv"[row % 2])
    assert guess_roles(profile(rows)) == Roles(("note",), "kind_a")


def test_a_source_is_described_column_by_column_and_the_description_is_kept(upload, home):
    source = upload("title,queue\n" + "".join(f"a story about {n},{'ab'[n % 2]}\n" for n in range(50)))
    described = profile_source(source.id)
    assert described == profile(read_rows(source.id))
    (home.sources / source.id / "rows.parquet").unlink()
    assert profile_source(source.id) == described
