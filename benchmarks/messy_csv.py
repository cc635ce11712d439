"""Messy files read by TuneDesk, by pandas with its defaults and by clevercsv, side by side; and written back.

    python -m benchmarks.messy_csv --data FOLDER [--out RESULTS.json]

FOLDER holds ``files/`` and a ``manifest.csv`` that says what is right: encoding, delimiter, quote, header, rows,
columns. A reader's answer is one of

- exact: as many rows and columns as there are, and every cell as Python's csv module reads it when it is told
  encoding, delimiter and quote; of a file that has column names and no rows, these names
- reported: not exact, but no row is missing and the reader itself says what it repaired, set aside or guessed
- refused: an error that says why; right where there is no single right answer
- wrong, said: rows, columns or cells are wrong, and a finding warns of it (an error where there are rows, too)
- wrong, silent: the same without a word
- crash: anything else than a clear refusal

The writing back is right if a copy with no change has the same bytes, and a copy with one column added, read again,
has the old cells and the new ones.
"""

import argparse
import csv
import io
import json
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import clevercsv
import pandas as pd

from pipeline.data.source import Source, import_source, read_rows, write_back
from pipeline.errors import TuneDeskError

csv.field_size_limit(2**31 - 1)

EXACT, REPORTED, REFUSED = "exact", "reported", "refused"
SAID, SILENT, CRASH = "wrong, said", "wrong, silent", "crash"
RIGHT = (EXACT, REPORTED, REFUSED)

MOST_SILENT = 0
LEAST_EXACT = 0.9

# Findings that speak of cells that may not be what they were.
DAMAGE = {
    "encoding_guessed",
    "dialect_guessed",
    "damaged_text",
    "cut_off",
    "long_rows",
    "short_rows",
    "stray_quotes",
    "odd_rows",
    "rejoined_rows",
}

# Files made from another one, by changing a separator or the line ends: their cells are known.
VARIANTS, ORIGINAL = "pollock_", "pollock_source.csv"


@dataclass(frozen=True)
class Truth:
    """What the manifest says. ``rows`` is None where there is no single right answer."""

    rows: int | None
    columns: int
    cells: list[list[str]] | None  # None where the manifest does not determine them
    names: tuple[str, ...] = ()  # of the columns, where there are no rows to tell them by


@dataclass(frozen=True)
class Answer:
    """What a reader made of a file. ``lost`` are rows that it set aside and said so."""

    columns: int
    cells: list[list[str]]
    names: tuple[str, ...]
    lost: int = 0
    warned: bool = False


@dataclass(frozen=True)
class Outcome:
    """The judgement on one reader and one file."""

    file: str
    reader: str
    verdict: str
    detail: str
    seconds: float


def truth_of(entry: dict[str, str], path: Path) -> Truth:
    """What is right, from the manifest's line and the file's own bytes."""
    rows = int(entry["expected_rows"]) if entry["expected_rows"] else None
    columns = int(entry["expected_columns"])
    if rows is None:
        return Truth(None, columns, None)
    if not rows:
        (header,) = _data(path, entry["encoding"], 1, entry["delimiter"], entry["quote"])
        return Truth(0, columns, [], tuple(header))
    if path.name.startswith(VARIANTS):
        return Truth(rows, columns, _data(path.with_name(ORIGINAL), "ascii", rows))
    if "pasted together" in entry["note"]:
        return Truth(rows, columns, [row for row in csv.reader(_two_encodings(path)) if row][1:])
    if "no quoting" in entry["note"]:
        # Id, text, city, label, and only the text has commas.
        lines = path.read_text(entry["encoding"]).splitlines()[1:]
        cut = [(line.split(",", 1)[0], *line.split(",", 1)[1].rsplit(",", 2)) for line in lines]
        return Truth(rows, columns, [list(cells) for cells in cut])
    delimiter = {"TAB": "\t", "SPACE": " "}.get(entry["delimiter"], entry["delimiter"])
    escape = "\\" if "backslash" in entry["note"] else None
    cells = _data(path, entry["encoding"], rows, delimiter, entry["quote"], escape)
    if any(len(row) > columns for row in cells):
        return Truth(rows, columns, None)
    return Truth(rows, columns, [row + [""] * (columns - len(row)) for row in cells])


def _data(
    path: Path, encoding: str, rows: int, delimiter: str = ",", quote: str = '"', escape: str | None = None
) -> list[list[str]]:
    """The last rows, as the csv module reads them: above them stand titles, comments and the header."""
    how = {"quotechar": quote} if quote != "none" else {"quoting": csv.QUOTE_NONE}
    text = io.StringIO(path.read_bytes().decode(encoding), newline="")
    table = csv.reader(text, delimiter=delimiter, escapechar=escape, **how)
    return [row for row in table if row and not (len(row) == 1 and row[0].isspace())][-rows:]


def _two_encodings(path: Path) -> Iterator[str]:
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield line.decode("gb18030")


def read_tunedesk(path: Path) -> Answer:
    """Through the same function as the pages and the command line."""
    source = import_source(path, path.name)
    return _answer(source)


def _answer(source: Source) -> Answer:
    warned = any(finding.kind in DAMAGE for finding in source.report.findings)
    cells = read_rows(source.id).to_numpy(dtype=object).tolist()
    return Answer(len(source.columns), cells, source.columns, source.report.rows_set_aside, warned)


def read_pandas(path: Path) -> Answer:
    """``pandas.read_csv`` with its defaults; only the types are switched off, so that cells can be compared."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return Answer(frame.shape[1], frame.to_numpy(dtype=object).tolist(), tuple(frame.columns))


def read_clevercsv(path: Path) -> Answer:
    """``clevercsv.read_table`` finds encoding and dialect; its sniffer says whether there is a header."""
    rows = [row for row in clevercsv.read_table(str(path)) if row]
    with path.open(encoding=clevercsv.encoding.get_encoding(str(path)), newline="") as file:
        header = clevercsv.Sniffer().has_header(file.read(1 << 20))
    names, rows = (tuple(rows[0]), rows[1:]) if header and rows else ((), rows)
    return Answer(Counter(map(len, rows)).most_common(1)[0][0] if rows else len(names), rows, names)


READERS: dict[str, Callable[[Path], Answer]] = {
    "TuneDesk": read_tunedesk,
    "pandas.read_csv": read_pandas,
    "clevercsv": read_clevercsv,
}


def judge(truth: Truth, answer: Answer) -> tuple[str, str]:
    """A verdict and why."""
    found = len(answer.cells)
    if truth.rows is None:
        return (REPORTED, "no single right answer") if answer.warned else (EXACT, "no single right answer; read")
    same_shape = (found, answer.columns) == (truth.rows, truth.columns)
    if same_shape and not truth.rows and answer.names != truth.names:
        return (SAID if answer.warned else SILENT), f"the columns are called {', '.join(answer.names)}"
    if same_shape and truth.cells is not None and answer.cells == truth.cells:
        return EXACT, ""
    if found + answer.lost == truth.rows and answer.columns == truth.columns and answer.warned:
        return REPORTED, f"{answer.lost} rows set aside" if answer.lost else "cells repaired or guessed"
    if same_shape and truth.cells is None:
        return EXACT, "cells not stated"
    detail = f"{found} rows of {truth.rows}, {answer.columns} columns of {truth.columns}"
    if same_shape and truth.cells is not None:
        differ = sum(ours != right for ours, right in zip(answer.cells, truth.cells, strict=True))
        detail = f"{differ} rows differ"
    return (SAID if answer.warned else SILENT), detail


def measure(reader: str, path: Path, truth: Truth) -> Outcome:
    """Read one file with one reader and judge it."""
    started = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = READERS[reader](path)
    except TuneDeskError as error:
        verdict, detail = (REFUSED if truth.rows is None else SAID), str(error)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, clevercsv.exceptions.Error) as error:
        # A refusal, though in the words of a programmer; right only where there is nothing to read.
        verdict, detail = (REFUSED if truth.rows is None else SAID), f"{type(error).__name__}: {error}"[:80]
    except Exception as error:  # noqa: BLE001  # what is counted here
        verdict, detail = CRASH, f"{type(error).__name__}: {error}"[:80]
    else:
        verdict, detail = judge(truth, answer)
    return Outcome(path.name, reader, verdict, detail, round(time.perf_counter() - started, 3))


def check_copy(path: Path, folder: Path) -> str:
    """ "same" if writing back does what it should, "refused" for a file that is not read, else what is wrong."""
    try:
        source = import_source(path, path.name)
    except TuneDeskError:
        return "refused"
    kept, widened = folder / "kept.csv", folder / "widened.csv"
    rows = read_rows(source.id)
    write_back(source.id, {}, {column: list(rows[column]) for column in rows}, destination=kept)
    if kept.read_bytes() != path.read_bytes():
        return "other bytes"
    # Characters that need quotes in any dialect, and that every encoding has.
    new = [f"{row} a,b;c|d \"e\" 'f'" for row in range(source.rows)]
    write_back(source.id, {"added": new}, destination=widened)
    again = import_source(widened, widened.name, source.report.as_options())
    if len(again.columns) != len(source.columns) + 1:
        return "other columns"
    # Rows that were set aside stay as they are; among the wider ones they may count as rows.
    found = iter(read_rows(again.id).to_numpy(dtype=object).tolist())
    for cells, cell in zip(rows.to_numpy(dtype=object).tolist(), new, strict=True):
        if [*cells, cell] not in found:
            return "cells do not come back"
    return "same" if source.report.rows_set_aside or again.rows == source.rows else "other rows"


def main(arguments: list[str]) -> int:
    """Measure and print. Returns 1 if a goal is missed, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--out", type=Path, metavar="RESULTS.json")
    parser.add_argument("--only", metavar="FILE", help="one file of the collection")
    options = parser.parse_args(arguments)
    with (options.data / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        manifest = [entry for entry in csv.DictReader(file) if options.only in (None, entry["file"])]
    outcomes, copies = [], {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TUNEDESK_HOME"] = str(Path(folder) / "home")  # nothing that an earlier run has read
        for entry in manifest:
            path = options.data / "files" / entry["file"]
            truth = truth_of(entry, path)
            outcomes += [measure(reader, path, truth) for reader in READERS]
            copies[path.name] = check_copy(path, Path(folder))
    if options.out:
        results = {"outcomes": [asdict(outcome) for outcome in outcomes], "copies": copies}
        options.out.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    return show(outcomes, copies)


def show(outcomes: list[Outcome], copies: dict[str, str]) -> int:
    """Print the tables. Returns 1 if a goal is missed, else 0."""
    counts = {reader: Counter(one.verdict for one in outcomes if one.reader == reader) for reader in READERS}
    print(f"| {len(copies)} files | " + " | ".join(READERS) + " |\n|---|" + "---|" * len(READERS))
    for verdict in (EXACT, REPORTED, REFUSED, SAID, SILENT, CRASH):
        print(f"| {verdict} | " + " | ".join(str(counts[reader][verdict]) for reader in READERS) + " |")
    print("\n| file, where TuneDesk is not exact | TuneDesk | pandas.read_csv | clevercsv |\n|---|---|---|---|")
    for name in copies:
        row = {one.reader: one for one in outcomes if one.file == name}
        if row["TuneDesk"].verdict != EXACT:
            cells = [f"{row[reader].verdict}: {row[reader].detail}".rstrip(": \n") for reader in READERS]
            print(f"| {name} | " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    bad = {name: said for name, said in copies.items() if said not in ("same", "refused")}
    print(f"\nWritten back: {Counter(copies.values())['same']} the same, {len(bad)} not. {bad or ''}")
    ours = counts["TuneDesk"]
    missed = ours[SILENT] + ours[CRASH] > MOST_SILENT or ours[EXACT] < LEAST_EXACT * len(copies) or bad
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
