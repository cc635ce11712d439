"""A workbook that was made or damaged to do harm is refused in a moment, with the reason."""

import io
import zipfile

import openpyxl
import pytest

from pipeline.data import workbook
from pipeline.errors import UnreadableFile


def sheet(rows: str = "", after: str = "") -> bytes:
    """A workbook of two tickets, with XML added to its rows and after them."""
    book, plain, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["text", "label"], ["paper jam", "printer"], ["no mail", "login"]):
        book.active.append(row)
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            xml = old.read(name)
            if name.endswith("sheet1.xml"):
                xml = xml.replace(b"</sheetData>", f"{rows}</sheetData>{after}".encode())
            new.writestr(name, xml)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        sheet(after='<mergeCells><mergeCell ref="ZZZ1:ZZZ9999999"/></mergeCells>'),
        sheet(rows='<row r="99999999999"><c r="A9"><v>1</v></c></row>'),
        sheet(rows='<row r="4"><c r="A4" t="s"><v>99</v></c></row>'),
    ],
)
def test_a_sheet_that_breaks_off_while_its_rows_are_read_is_called_damaged(upload, content):
    with pytest.raises(UnreadableFile, match="damaged"):
        upload(content, "tickets.xlsx")


def test_a_range_merged_down_the_whole_sheet_is_no_header(upload):
    source = upload(sheet(after='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'), "tickets.xlsx")
    assert (source.columns, source.rows) == (("text", "label"), 2)


def test_cells_far_to_the_right_of_every_row_are_refused(upload, monkeypatch):
    monkeypatch.setattr(workbook, "MANY_CELLS", 100_000)
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(4, 40))
    with pytest.raises(UnreadableFile, match="hardly any"):
        upload(sheet(rows), "tickets.xlsx")
