"""What could not be read is kept word for word, with its line."""

import pytest

from pipeline.data.source import set_aside_file
from pipeline.errors import DataError


def test_rows_that_are_too_long_are_kept_with_their_lines(upload):
    source = upload('a,b\n1,2\n1,2,3\n3,4\n"x\ny",6,打印机')
    assert set_aside_file(source.id).read_text(encoding="utf-8-sig") == '3: 1,2,3\n5: "x\ny",6,打印机\n'


def test_lines_that_are_no_json_object_are_kept(upload):
    source = upload('{"a": "1"}\nnot json\n{"a": "2"}\n', "tickets.jsonl")
    assert set_aside_file(source.id).read_text(encoding="utf-8-sig") == "2: not json\n"


def test_there_is_no_file_where_everything_was_read(upload):
    assert set_aside_file(upload("a,b\n1,2\n").id) is None
    with pytest.raises(DataError):
        set_aside_file("nothing")
