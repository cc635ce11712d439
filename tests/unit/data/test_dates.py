"""Dates are read as people write them, and what is none stays none."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.dates import Order, order_told, read_dates

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


def test_an_order_that_is_said_counts_and_a_cell_that_cannot_have_it_is_read_as_it_can() -> None:
    said = [datetime.fromtimestamp(seconds or 0, UTC) for seconds in read_dates(["5/1/2024", "1/13/2024"], "day")]
    assert said == [FIFTH, datetime(2024, 1, 13, tzinfo=UTC)]


def test_what_most_days_say_counts_and_not_the_first_cell() -> None:
    assert moment("5/1/2024", "1/13/2024", "14/1/2024", "15/1/2024") == FIFTH


@given(st.lists(st.dates(date(1970, 1, 2), date(2199, 12, 31)), min_size=1), st.sampled_from("/-."), st.booleans())
def test_a_column_is_read_as_written_whenever_the_order_is_said_or_told(days: list[date], mark: str, day: bool) -> None:
    cells = [
        mark.join(map(str, (one.day, one.month, one.year) if day else (one.month, one.day, one.year))) for one in days
    ]
    order: Order = "day" if day else "month"
    expected = [datetime(one.year, one.month, one.day, tzinfo=UTC).timestamp() for one in days]
    assert read_dates(cells, order) == expected
    told = order_told(cells)
    assert told.order in ("", order)
    if told.order or not told.open:
        assert read_dates(cells) == expected


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
