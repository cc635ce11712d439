"""Files for the tests of this folder, as bytes that somebody might upload."""

import csv
import io

from streamlit.testing.v1 import AppTest

from tests.pages.visit import visit


def as_csv(rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """``rows`` as a file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def bring(content: bytes, name: str = "tickets.csv") -> AppTest:
    """The Data page after somebody has uploaded ``content``."""
    app = visit("data/read.py")
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception, app.exception[0].value
    return app


def titled(rows: int = 30) -> list[list[str]]:
    """Tickets with a title, a description, a queue, a customer and a column that says which rows are for testing."""
    header = ["title", "description", "queue", "customer", "split"]
    return [
        header,
        *(
            [
                f"title {n}",
                f"story {n} of {n * n}",
                "ab"[n % 2],
                f"customer {n // 2}",
                "test" if n % 5 == 0 else "train",
            ]
            for n in range(rows)
        ),
    ]
