"""Write the sample data again: ``python sample_data/make.py [FOLDER]``. The same code gives the same bytes.

Knows file names, seeds and formats; what the rows say is decided in the modules beside it.
"""

import csv
import json
import sys
from pathlib import Path

import en_tickets
import instructions
import pairs
import spam
import tagged
import urgency
import zh_tickets

HERE = Path(__file__).parent


def write_csv(path: Path, rows: list[dict[str, str]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, triples: list[dict[str, str]]) -> None:
    text = json.dumps(triples, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_all(folder: Path) -> None:
    """The eight sample files, written into the folder."""
    # The mark at the start of the Chinese files is what makes Excel read it as UTF-8.
    write_csv(folder / "zh_requirement_tickets.csv", zh_tickets.make_rows(seed=7), "utf-8-sig")
    write_csv(folder / "en_support_tickets.csv", en_tickets.make_rows(seed=11), "utf-8")
    write_csv(folder / "spam_messages.csv", spam.make_rows(seed=3), "utf-8")
    write_csv(folder / "zh_tagged_tickets.csv", tagged.make_rows(seed=13), "utf-8-sig")
    write_csv(folder / "ticket_pairs.csv", pairs.make_rows(seed=17), "utf-8-sig")
    write_csv(folder / "ticket_urgency.csv", urgency.make_rows(seed=19), "utf-8")
    for language in ("en", "zh"):
        write_json(folder / f"instructions_{language}.json", instructions.make_triples(language, seed=5))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if sys.argv[1:] else HERE)
