"""Every word that a person reads has its translation, and what is compiled is what was written."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/tunedesk.po"))
PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")


def load_update() -> ModuleType:
    """The script that keeps the translations up to date."""
    spec = importlib.util.spec_from_file_location("update", ROOT / "locale" / "update.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


update = load_update()


@pytest.fixture(params=FILES, ids=lambda path: path.parent.parent.name)
def path(request: pytest.FixtureRequest) -> Path:
    """The file of one language."""
    return Path(request.param)


def test_there_is_a_language_besides_english() -> None:
    assert FILES


def test_every_message_of_the_code_is_in_the_file_and_no_other(path: Path) -> None:
    language = path.parent.parent.name

    assert path.read_bytes() == update.po_bytes(update.updated(path, language)), "run: python locale/update.py"


def test_every_message_is_translated_and_none_is_doubtful(path: Path) -> None:
    assert update.untranslated(update.load(path, path.parent.parent.name)) == []


def test_every_placeholder_of_a_message_is_in_its_translation(path: Path) -> None:
    wrong = [
        message.id
        for message in update.load(path, path.parent.parent.name)
        if message.id and _placeholders(message.string) != _placeholders(message.id)
    ]

    assert wrong == []


def test_what_is_compiled_is_what_was_written(path: Path) -> None:
    catalogue = update.load(path, path.parent.parent.name)

    assert path.with_suffix(".mo").read_bytes() == update.mo_bytes(catalogue), "run: python locale/update.py"


def test_no_translated_call_hides_inside_an_f_string() -> None:
    hidden = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in [*ROOT.glob("pages/**/*.py"), *ROOT.glob("pipeline/**/*.py")]
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\bf[\"'].*\{[^}]*\b(t|tn|N_)\([\"']", line)
    ]

    assert hidden == [], "the collector of messages does not look inside f-strings"


def _placeholders(text: str | tuple[str, ...] | list[str]) -> set[str]:
    forms = [text] if isinstance(text, str) else text
    return {name for form in forms for name in PLACEHOLDER.findall(form)}
