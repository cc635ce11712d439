"""A name that a stranger chose becomes a file name that harms nobody."""

import pytest

from pages.components.files import LONGEST, safe_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tickets", "tickets.csv"),
        ("工单 2024", "工单 2024.csv"),
        ("../../evil", "_.._evil.csv"),
        ("C:\\Windows\\x", "C_Windows_x.csv"),
        ('a<b>:|?*"c', "a_b_c.csv"),
        ("line\nbreak", "line_break.csv"),
        ("invoice\u202evsc.exe", "invoice_vsc.exe.csv"),
        ("CON", "tunedesk_CON.csv"),
        ("  . ", "tunedesk.csv"),
        ("", "tunedesk.csv"),
    ],
)
def test_what_a_system_would_take_amiss_is_replaced(name: str, expected: str) -> None:
    assert safe_name(name, ".csv") == expected


def test_a_long_name_is_cut_before_its_ending() -> None:
    assert safe_name("标" * 500, ".xlsx") == "标" * LONGEST + ".xlsx"
