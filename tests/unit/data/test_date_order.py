"""Whether 5/1/2024 is in January or in May is what the cells say, else what the file suggests, else said to be open."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from pipeline.data.date_order import DateOrder, date_order
from pipeline.data.dates import read_dates
from pipeline.data.source import Source
from pipeline.errors import DataError, UnfitData

Upload = Callable[..., Source]

OPEN = ["5/1/2024", "3/2/2024", "1/1/2024", "4/3/2024", "5/2/2024", "2/1/2024"]  # in no order, read either way


def ordered(upload: Upload, days: Sequence[str], others: Sequence[str] = (), **options: object) -> DateOrder:
    """How the column ``day`` is read of a file with these days, and beside them ``others``."""
    beside = list(others) or [f"text {number}" for number in range(len(days))]
    lines = [f"{day};{other}" for day, other in zip(days, beside, strict=True)]
    text = "\n".join(["day;other", *lines]).replace(";", str(options.get("delimiter", ",")))
    return date_order(upload(text, delimiter=options.get("delimiter", ","), header_row=1).id, "day")


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["5/1/2024", "13/1/2024"], "day"),
        (["5/1/2024", "1/13/2024"], "month"),
        (["5.1.2024", "1.13.2024"], "month"),
        (["2024-01-05", "2024年1月5日"], ""),
        (["5/5/2024", "1/1/2024"], ""),
        (["soon", ""], ""),
    ],
)
def test_where_the_cells_tell_or_it_does_not_matter_there_is_nothing_to_choose(
    upload: Upload, days: list[str], order: str
) -> None:
    found = ordered(upload, days)
    assert (found.order, found.reason, found.example) == (order, "cells", "")


def test_cells_that_contradict_each_other_are_named_and_the_most_days_win(upload: Upload) -> None:
    days = ["13/1/2024", "2/1/2024", "1/14/2024", "1/14/2024 10:00", "1/14/2024 11:00", "15/1/2024"]
    found = ordered(upload, days)
    assert (found.order, found.reason, found.example, found.other) == ("day", "most", "2/1/2024", "1/14/2024")
    assert read_dates(days)[1] == read_dates(["2024-01-02"])[0]
    source = upload("text,day\na,13/1/2024\nb,1/14/2024\n", header_row=1)
    assert date_order(source.id, "day", "month") == date_order(source.id, "day")  # it makes no difference to them


def test_rows_that_are_in_order_one_way_only_tell(upload: Upload) -> None:
    days = ["11/4/2024", "12/4/2024", "1/5/2024", "2/5/2024", "3/6/2024"]
    assert ordered(upload, days).reason == "rows"
    assert ordered(upload, days).order == ordered(upload, days[::-1]).order == "day"
    swapped = ["4/11/2024", "4/12/2024", "5/1/2024", "5/2/2024", "6/3/2024"]
    assert (ordered(upload, swapped).order, ordered(upload, swapped).reason) == ("month", "rows")
    assert ordered(upload, days[:4]).reason == "usual"


def test_another_column_with_dates_tells_unless_two_of_them_disagree(upload: Upload) -> None:
    found = ordered(upload, OPEN, ["13/1/2024", *OPEN[1:]])
    assert (found.order, found.reason, found.other, found.example) == ("day", "column", "other", "5/1/2024")
    lines = [f"{day},13/1/2024,1/13/2024" for day in OPEN]
    torn = upload("\n".join(["day,opened,closed", *lines]), header_row=1)
    assert date_order(torn.id, "day").reason == "usual"


@pytest.mark.parametrize(
    ("others", "delimiter", "order", "reason"),
    [
        (["plain English"] * 6, ",", "month", "usual"),
        (["打印机坏了", "无法登录"] * 3, ",", "month", "usual"),
        (["Das Gerät druckt nicht"] * 6, ",", "day", "file"),
        (["Принтер не печатает"] * 6, ",", "day", "file"),
        (["plain English"] * 6, ";", "day", "file"),
    ],
)
def test_the_language_and_the_form_of_the_file_suggest_an_order(
    upload: Upload, others: list[str], delimiter: str, order: str, reason: str
) -> None:
    found = ordered(upload, OPEN, others, delimiter=delimiter)
    assert (found.order, found.reason) == (order, reason)


def test_without_slashes_the_day_is_usually_first(upload: Upload) -> None:
    found = ordered(upload, [day.replace("/", "-") for day in OPEN])
    assert (found.order, found.reason) == ("day", "usual")


def test_both_readings_are_shown_and_the_other_one_can_be_chosen(upload: Upload) -> None:
    source = upload("\n".join(["text,day", *(f"a,{day}" for day in OPEN)]), header_row=1)
    found = date_order(source.id, "day")
    assert (found.day(found.order), found.day(found.opposite)) == (date(2024, 5, 1), date(2024, 1, 5))
    chosen = date_order(source.id, "day", found.opposite)
    assert (chosen.order, chosen.reason, chosen.example) == ("day", "chosen", "5/1/2024")


def test_a_choice_that_every_telling_cell_contradicts_is_refused_with_one_of_them(upload: Upload) -> None:
    source = upload("text,day\na,5/1/2024\nb,13/1/2024\n", header_row=1)
    with pytest.raises(UnfitData, match="the day comes before the month, as 13/1/2024 shows"):
        date_order(source.id, "day", "month")
    assert date_order(source.id, "day", "day").reason == "cells"
    assert date_order(source.id, "text", "month").order == ""
    with pytest.raises(DataError):
        date_order(source.id, "no such", "month")
