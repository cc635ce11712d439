"""A zip with one table is read; a harmful or ambiguous one is refused with the reason."""

import io
import stat
import zipfile

import pytest

from pipeline.data.preview import preview
from pipeline.data.source import ReadOptions, read_rows
from pipeline.errors import UnreadableFile

CSV = "id,text\n007,打印机\n008,登录\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("folder/tickets.csv", CSV),
        ("tickets.tsv", CSV.replace(",", "\t").encode("gb18030")),
        ("tickets.json", '[{"id": "007", "text": "打印机"}, {"id": "008", "text": "登录"}]'),
        ("tickets", CSV),
    ],
)
def test_the_one_table_of_a_zip_is_read_under_its_own_name(upload, name, data):
    beside = [("__MACOSX/._tickets.csv", "x"), ("README.md", "about")] if "." in name else []
    source = upload(zipped((name, data), *beside), "all.zip")
    assert read_rows(source.id).to_numpy().tolist() == [["007", "打印机"], ["008", "登录"]]
    assert source.name == name.rsplit("/", 1)[-1]
    assert dict(source.report.findings[-1].values) == {"file": source.name, "zip": "all.zip"}


def test_a_name_that_chinese_windows_wrote_is_readable(upload):
    content = zipped(("XXXX.csv", CSV)).replace(b"XXXX.csv", "工单".encode("gbk") + b".csv")
    assert upload(content, "a.zip").name == "工单.csv"


def link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("tickets.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(("a.csv", CSV), ("b.xlsx", "x")), "holds 2 tables: a.csv, b.xlsx"),
        (zipped(), "holds no table"),
        (zipped(("a.md", "x"), ("b.py", "x")), "holds no table"),
        (zipped(("../../evil.csv", CSV)), "leads out of its folder"),
        (zipped(("/etc/evil.csv", CSV)), "leads out of its folder"),
        (zipped(("C:\\evil.csv", CSV)), "leads out of its folder"),
        (zipped((link(), "/etc/passwd")), "leads out of its folder"),
        (zipped(("a.csv", b"0" * 50_000_000)), "would unpack to 50 MB"),
        (zipped(("a.csv", b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01\x00\x00")), "Python pickle"),
        (zipped(("a.csv", zipped(("b.csv", CSV)))), "its content is ZIP"),
        (zipped(("a.csv", CSV * 99))[:60] + b"?" * 9 + zipped(("a.csv", CSV * 99))[69:], "damaged"),
    ],
)
def test_what_is_wrong_with_a_zip_is_said(upload, home, content, said):
    with pytest.raises(UnreadableFile, match=said):
        upload(content, "upload.zip")
    assert list(home.sources.iterdir()) == []


def test_a_password_is_named(upload):
    content = bytearray(zipped(("a.csv", CSV)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    with pytest.raises(UnreadableFile, match="password"):
        upload(bytes(content), "a.zip")


def test_a_zip_is_looked_into_before_it_is_imported(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("a.csv", CSV)))
    assert preview(path, "a.zip", ReadOptions()).columns == ("id", "text")
