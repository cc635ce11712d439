"""Dates are read as people write them, and what is none stays none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.dates import read_dates

FIFTH = datetime(2024, 1, 5, tzinfo=UTC)


def moment(cell: str, *others: str) -> datetime | None:
    seconds = read_dates([cell, *others])[0]
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-01-05", "2024/1/5", "2024.1.5", "2024年1月5日", "2024 年 1 月 5 日", "20240105", "45296", "5.1.2024"),
        *(
            "5.1.24",
            "05-01-2024",
            "5 Jan 2024",
            "5. Januar 2024",
            "January 5, 2024",
            "Fri, 05 Jan 2024",
            "Jan 5th 2024",
        ),
        *(" 2024-01-05 ", "2024-01-05 00:00:00", "2024-01-05T08:00:00+08:00", "1704412800", "1704412800000"),
    ],
)
def test_one_day_in_many_forms(cell: str) -> None:
    assert moment(cell) == FIFTH


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2024-01-05T14:30:00Z",
            "2024-01-05 14:30",
            "2024/1/5 14:30:00.123",
            "2024/1/5 下午2:30",
            "2024年1月5日14时30分",
        ),
        *(
            "1/5/2024 2:30 PM",
            "202401051430",
            "45296.6041666667",
            "2024-01-05 14:30:00 UTC",
            "5 Jan 2024 14:30:00 +0000",
        ),
    ],
)
def test_times_count_to_the_minute(cell: str) -> None:
    read = moment(cell)
    assert read is not None
    assert read.replace(second=0, microsecond=0) == FIFTH.replace(hour=14, minute=30)


def test_the_other_cells_say_whether_the_day_or_the_month_comes_first() -> None:
    assert moment("5/1/2024", "13/1/2024") == FIFTH
    assert moment("1/5/2024", "1/13/2024") == FIFTH
    assert moment("1/5/2024") == FIFTH
    assert moment("1-5-2024", "1-13-2024") == FIFTH


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "2024-02-30", "2024-13-05", "13.13.2024", "007", "123", "99999", "v1.2.3", "10:30", "12345678901"],
)
def test_what_is_no_date_is_none(cell: str) -> None:
    assert moment(cell) is None


def test_months_and_years_alone_are_their_first_day() -> None:
    assert (
        moment("2024")
        == moment("2024-01")
        == moment("2024年1月")
        == moment("202401")
        == datetime(2024, 1, 1, tzinfo=UTC)
    )


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)))
def test_iso_is_read_to_the_second(when: datetime) -> None:
    assert moment(when.isoformat()) == when.replace(microsecond=0, tzinfo=UTC)


@given(st.lists(st.text(st.sampled_from("0123456789-/.: 年月日TZ上下午PMJan+")), max_size=5))
def test_any_text_is_a_date_or_none(cells: list[str]) -> None:
    assert len(read_dates(cells)) == len(cells)
