"""Bring the translations up to date: ``python locale/update.py`` after changing a string.

Collects every message of the code, keeps what is translated, compiles. What is new stays empty in the .po file
until somebody translates it; ``tests/unit/test_locale.py`` fails until then. Knows nothing of what messages mean.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).resolve().parent
ROOT = LOCALE.parent
DOMAIN = "tunedesk"
METHODS = [(files, "python") for files in ("app.py", "launch.py", "pages/**.py", "pipeline/**.py")]
KEYWORDS = {"N_": None, "t": None, "tn": (1, 2), "translate": None}
WIDTH = 110


def messages() -> Catalog:
    """Every message of the code, in the order of files and lines."""
    found = Catalog(project="TuneDesk", charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS):
        found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def load(path: Path, language: str) -> Catalog:
    """A .po file as it is."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(path: Path, language: str) -> Catalog:
    """The translations of ``path`` for today's messages: nothing guessed, nothing that no code uses any more."""
    catalogue = load(path, language)
    begun = catalogue.creation_date
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.creation_date = begun  # the file changes when its messages do, not every day
    catalogue.obsolete.clear()
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """As it lies in the repository: sorted by file, without line numbers, which would change with every edit."""
    written = io.BytesIO()
    write_po(written, catalogue, width=WIDTH, include_lineno=False, sort_by_file=True, omit_header=False)
    return written.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Compiled, as ``gettext`` reads it."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages without a translation, or with a doubtful one."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not _whole(message.string))]


def _whole(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def main() -> int:
    """Update every language; 1 while something is not translated."""
    missing = 0
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        catalogue = updated(path, path.parent.parent.name)
        path.write_bytes(po_bytes(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
        for message in untranslated(catalogue):
            sys.stdout.write(f"{path.parent.parent.name}: not translated: {message}\n")
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
