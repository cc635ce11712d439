"""The sample data are what their documentation says: size, shape, difficulty, and nothing that could be real."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pipeline.actions.samples import SAMPLES, import_sample, samples
from pipeline.baselines.tfidf import fit_tfidf
from pipeline.check.fits import hold_trial, measure_learnability
from pipeline.check.material import Material
from pipeline.data.duplicates import near_duplicate_clusters
from pipeline.data.question import question_of
from pipeline.data.source import read_rows
from pipeline.data.split import load_split
from pipeline.data.view import is_labelled, view_frame, view_labels
from pipeline.settings import Workspace

FILES = (
    "zh_requirement_tickets.csv",
    "en_support_tickets.csv",
    "spam_messages.csv",
    "zh_tagged_tickets.csv",
    "ticket_pairs.csv",
    "ticket_urgency.csv",
    "instructions_en.json",
    "instructions_zh.json",
)
TICKETS = ("zh_requirement_tickets", "en_support_tickets")


def _everything_written() -> str:
    return "\n".join((SAMPLES / name).read_text(encoding="utf-8-sig") for name in FILES)


def test_the_generator_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLES / "make.py"), str(tmp_path)], check=True, timeout=300)

    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), name


@pytest.mark.parametrize(
    ("name", "labelled", "blank", "classes"),
    [
        ("zh_requirement_tickets", 1204, 1003, range(10, 15)),
        ("en_support_tickets", 1412, 104, range(6, 9)),
        ("spam_messages", 804, 0, range(2, 3)),
    ],
)
def test_a_sample_has_the_rows_and_classes_it_promises(
    home: Workspace, name: str, labelled: int, blank: int, classes: range
) -> None:
    labels = view_labels(import_sample(name).view)

    assert ((labels != "").sum(), (labels == "").sum()) == (labelled, blank)
    assert labels[labels != ""].nunique() in classes


def test_owner_ids_stay_strings_and_the_load_is_uneven(home: Workspace) -> None:
    sample = next(sample for sample in samples() if sample.name == "zh_requirement_tickets")
    owners = read_rows(import_sample(sample.name).source)[sample.question.label]
    load = Counter(owner for owner in owners if owner)

    assert all(re.fullmatch(r"\d{6}", owner) for owner in load)
    assert {"407080", "028816"} <= load.keys()
    assert max(load.values()) > 2 * min(load.values())


def test_the_chinese_file_opens_in_excel_and_has_lengths_of_real_tickets(home: Workspace) -> None:
    assert (SAMPLES / "zh_requirement_tickets.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_rows(import_sample("zh_requirement_tickets").source)

    assert len(rows.columns) >= 8
    assert rows["标题"].str.len().between(6, 30).all()
    assert rows["描述"].str.len().between(25, 200).all()
    assert 0.05 < (rows["优先级"] == "").mean() < 0.2


@pytest.mark.parametrize("name", TICKETS)
def test_few_tickets_repeat_one_another(home: Workspace, name: str) -> None:
    sample = next(sample for sample in samples() if sample.name == name)
    frame = read_rows(import_sample(name).source, sample.question.text)
    clusters = near_duplicate_clusters([" ".join(row) for row in frame.to_numpy()])
    repeated = sum(count for count in Counter(clusters).values() if count > 1)

    assert 0 < repeated / len(clusters) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("name", TICKETS)
def test_word_counts_alone_neither_solve_nor_miss_the_tickets(home: Workspace, name: str) -> None:
    dataset = import_sample(name)
    split, labels = load_split(dataset.split), view_labels(dataset.view)
    texts = view_frame(dataset.view).agg("\n".join, axis=1)
    classes = sorted(set(labels) - {""})
    y = labels.map({label: index for index, label in enumerate(classes)})
    train, validation, test = (list(part) for part in (split.train, split.validation, split.test))

    model = fit_tfidf(list(texts[train]), y[train], list(texts[validation]), y[validation], len(classes))
    accuracy = np.mean(model.probabilities(list(texts[test])).argmax(axis=1) == y[test].to_numpy())

    assert 0.75 < accuracy < 0.92


@pytest.mark.parametrize(
    ("name", "labelled", "blank"),
    [("zh_tagged_tickets", 902, 148), ("ticket_pairs", 1100, 100), ("ticket_urgency", 840, 110)],
)
def test_a_sample_of_another_kind_has_the_rows_it_promises_and_is_guessed_to_be_of_it(
    home: Workspace, name: str, labelled: int, blank: int
) -> None:
    dataset = import_sample(name)
    known = is_labelled(dataset.view)

    assert (known.sum(), (~known).sum()) == (labelled, blank)
    assert question_of(dataset.source) == next(sample for sample in samples() if sample.name == name).question


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("zh_tagged_tickets", 0.6, 0.92), ("ticket_urgency", 0.45, 0.9)],
)
def test_quick_fits_neither_solve_nor_miss_tags_and_urgency(
    home: Workspace, name: str, lowest: float, highest: float
) -> None:
    dataset = import_sample(name)
    found = measure_learnability(hold_trial(Material(dataset.view, load_split(dataset.split))))

    assert found.verdict == "learnable" and lowest < found.accuracy < highest


def test_pairs_are_balanced_and_share_more_words_where_they_are_the_same(home: Workspace) -> None:
    view = import_sample("ticket_pairs").view
    labels = view_labels(view)
    rows = [row for row, label in labels.items() if label]
    shared = {
        label: np.mean([_overlap(*view_frame(view, [row]).iloc[0]) for row in rows if labels[row] == label])
        for label in view.labels
    }

    assert 0.4 < (labels[rows] == "yes").mean() < 0.6
    assert 1.5 * shared["no"] < shared["yes"] < 0.5


def _overlap(one: str, other: str) -> float:
    """Share of the letters in threes that two texts have in common."""
    first, second = ({text[at : at + 3] for at in range(len(text) - 2)} for text in (one, other))
    return len(first & second) / max(1, len(first | second))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_instructions_are_complete_and_none_comes_twice(language: str) -> None:
    triples = json.loads((SAMPLES / f"instructions_{language}.json").read_text(encoding="utf-8"))

    assert 290 <= len(triples) <= 320
    assert len({(triple["instruction"], triple["input"]) for triple in triples}) == len(triples)
    for triple in triples:
        assert triple["instruction"].strip() and triple["output"].strip()
        assert set(triple) == {"instruction", "input", "output"}


def test_nothing_of_the_stock_notation_is_left_over() -> None:
    tickets = "".join((SAMPLES / name).read_text(encoding="utf-8-sig") for name in FILES if name.endswith(".csv"))

    assert not re.search(r"<\d+-\d+>|\{[^{}\"]*\||\|[^{}\"]*\}|\{[XY]\}", tickets)


def test_no_number_address_or_link_could_belong_to_somebody() -> None:
    text = _everything_written()

    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text), "a Chinese mobile number"
    assert not re.search(r"\+\d{2}|(?<!\d)0\d{2,3}[- ]\d{6,8}", text), "a telephone number"
    assert not re.search(r"(?<!\d)\d{17}[\dXx](?!\d)", text), "an identity number"
    assert not re.search(r"[\w.]+@[\w.]+", text), "a mail address"
    assert not re.search(r"https?://|www\.", text), "a link"
    assert not re.search(r"\b[\w-]+\.(?:com|net|org|cn|info)\b", text), "a domain that exists"
