"""Texts in another language than most, though in the same letters."""

import pytest

from pipeline.check.finding import Severity
from pipeline.check.languages import OTHER_LANGUAGE, find_mixed_languages
from pipeline.check.material import Material
from pipeline.data.languages import LANGUAGES
from pipeline.settings import Workspace
from tests.unit.check.checked import ENGLISH, GERMAN, after, look_at, the_finding

SLANG = [
    *(
        "Ok lar... Joking wif u oni...",
        "U dun say so early hor... U c already then say...",
        "Fine if thats the way u feel",
    ),
    *("Aft i finish my lunch then i go str down lor", "Ard 3 smth lor. U finish ur lunch already?", "k no worries luv"),
    *("Yup i thk cine is better cos no need 2 go down 2 plaza mah", "Im gonna b home soon n i dun wan 2 talk abt dis"),
]


def brought(texts: list[str]) -> Material:
    return look_at([("a", "b")[row % 2] for row in range(len(texts))], texts)


def test_german_among_english_is_found_and_can_be_left_out(home: Workspace) -> None:
    material = brought([*ENGLISH * 10, *GERMAN[:12]])
    found = the_finding(find_mixed_languages, material)
    assert (found.kind, found.severity, found.rows) == ("mixed_languages", Severity.NOTE, 12)
    assert found.message == "Texts in German, unlike most others here: {rows} ({share})."
    assert dict(found.values) == {"rows": "12", "share": "4.8%", "model": "multilingual-e5-small"}
    assert [example.rows for example in found.examples] == [(240,), (241,), (242,), (243,), (244,)]
    assert found.examples[0].text == GERMAN[0]
    assert not list(find_mixed_languages(after(material, found)))


@pytest.mark.parametrize(
    "texts",
    [
        ENGLISH,
        GERMAN,
        [*ENGLISH * 10, *GERMAN[:9]],  # a handful may be a mistake
        [*ENGLISH * 50, *GERMAN[:20]],  # and so may one in a hundred
        [*ENGLISH, *SLANG * 10],
        [*ENGLISH, *["Müller & Söhne GmbH", "Citroën C4", "déjà vu", "VPN", "", "12345"] * 10],
        ["打印机在三楼又卡纸了", *["Der Drucker"] * 3] * 20,
    ],
)
def test_one_language_is_not_mixed(home: Workspace, texts: list[str]) -> None:
    assert not list(find_mixed_languages(brought(texts)))


def test_rows_left_out_are_not_looked_at_and_the_template_does_not_count(home: Workspace) -> None:
    texts = [*ENGLISH, *GERMAN]
    labels = ["a", "b"] * 24
    material = look_at(labels, texts, template="Die Nachricht, die heute bei uns eingegangen ist: {text}")
    (found,) = find_mixed_languages(material)
    assert found.rows == 24
    without = found.remedies[0].view
    assert len(without.left_out) == 24 and not list(find_mixed_languages(Material(without)))


def test_in_a_large_file_a_sample_tells_and_the_rows_are_not_known(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.check.languages.SAMPLE", 200)
    material = brought([*ENGLISH * 10, *GERMAN * 2])
    assert the_finding(find_mixed_languages, material).rows == 48  # all are asked once the sample is mixed
    monkeypatch.setattr("pipeline.check.languages.MOST_ASKED", 250)
    found = the_finding(find_mixed_languages, material)
    assert 24 <= found.rows <= 72
    assert dict(found.values)["rows"] == f"≈ {found.rows}" and not found.remedies


def test_each_language_that_is_told_has_its_sentence() -> None:
    assert {*OTHER_LANGUAGE} == {*LANGUAGES}
