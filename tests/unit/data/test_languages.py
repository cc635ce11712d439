"""The language of a text in letters that many languages share."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.data.languages import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The printer on the third floor only prints blank pages", "en"),
        ("Der Drucker im dritten Stock druckt nur leere Seiten", "de"),
        ("L'imprimante du troisième étage n'imprime que des pages blanches", "fr"),
        ("La impresora del tercer piso solo imprime páginas en blanco", "es"),
        ("A impressora do terceiro andar só imprime páginas em branco", "pt"),
        ("De printer op de derde verdieping print alleen lege pagina's", "nl"),
        ("Принтер на третьем этаже печатает только пустые страницы", "ru"),
        ("Принтер на третьому поверсі друкує лише порожні сторінки", "uk"),
        ("Skriveren i tredje etasje skriver bare ut tomme sider, kan dere hjelpe oss?", "da"),  # Norwegian, told as one
        ("ok VPN", ""),
        ("", ""),
    ],
)
def test_a_sentence_has_a_language_and_a_word_or_two_have_none(text: str, language: str) -> None:
    assert language_of(text) == language


@given(st.text())
@settings(deadline=None)  # the model is loaded by the first
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    assert language_of(text) in (*LANGUAGES, "")


def test_the_model_is_loaded_by_the_first_question_only() -> None:
    said = "import sys, pipeline.check.find; print('py3langid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
