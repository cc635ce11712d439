"""Near-duplicates are found exactly: as many as by comparing every pair, in less time."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.data.duplicates import near_duplicate_clusters, normalise, similar_pairs
from pipeline.runs.progress import Silent, Stopped


def shingles(text: str) -> set[str]:
    padded = text.ljust(3, "\0")
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def pairs_of(texts: list[str], similarity: float = 0.9) -> list[tuple[int, int]]:
    return [(left, right) for left, right in similar_pairs(texts, similarity).tolist()]


def by_brute_force(texts: list[str], similarity: float) -> set[tuple[int, int]]:
    sets = [shingles(text) for text in texts]
    return {
        (left, right)
        for right in range(len(texts))
        for left in range(right)
        if len(sets[left] & sets[right]) >= similarity * len(sets[left] | sets[right]) - 1e-12
    }


@given(
    st.lists(st.text("abc打", max_size=25), max_size=25, unique=True),
    st.sampled_from([0.5, 0.7, 0.8, 0.9, 1.0]),
)
def test_all_similar_pairs_are_found_and_no_other(texts, similarity):
    found = pairs_of(texts, similarity)
    assert len(found) == len(set(found))
    assert set(found) == by_brute_force(texts, similarity)


@pytest.mark.parametrize("bound", ["PAIRS", "ENTRIES", "MANY", "ELEMENTS"])
@pytest.mark.parametrize("portion", [1, 50])
def test_long_texts_with_small_edits_are_found_whatever_is_held_at_once(monkeypatch, bound, portion):
    monkeypatch.setattr(f"pipeline.data.near.{bound}", portion)
    draw = random.Random(0)
    texts = ["".join(draw.choices("abcdefgh ", k=120)) for _ in range(40)]
    for text in list(texts):
        place = draw.randrange(100)
        texts.append(text[:place] + "x" * draw.randrange(1, 5) + text[place + 2 :])
    texts = list(dict.fromkeys(texts))
    expected = by_brute_force(texts, 0.9)
    assert len(expected) > 10
    assert sorted(pairs_of(texts)) == sorted(expected)


@pytest.mark.parametrize("similarity", [0.5, 0.9])
def test_texts_that_differ_in_a_number_alone_are_told_apart_by_their_rarest_shingles(monkeypatch, similarity):
    monkeypatch.setattr("pipeline.data.near.MANY", 2)
    monkeypatch.setattr("pipeline.data.near.ENTRIES", 200)
    draw = random.Random(0)
    texts = [f"your order number {draw.randrange(10**5)} was shipped today and will be there soon" for _ in range(150)]
    texts = list(dict.fromkeys(texts))
    expected = by_brute_force(texts, similarity)
    assert expected
    assert sorted(pairs_of(texts, similarity)) == sorted(expected)


def test_characters_of_all_of_unicode_and_batches_of_any_size_make_no_difference(monkeypatch):
    monkeypatch.setattr("pipeline.data.shingles.CHARACTERS_AT_ONCE", 7)
    texts = ["".join(chr(first + place) for place in range(40)) for first in (0x20, 0x4E00, 0xD7F0, 0x10FFD7)]
    texts += [text + "!" for text in texts]
    assert set(pairs_of(texts)) == by_brute_force(texts, 0.9) == {(0, 4), (1, 5), (2, 6), (3, 7)}


def test_no_more_pairs_than_asked_for_are_looked_for():
    texts = [f"the printer on the third floor does not print any more since this morning {n}" for n in range(30)]
    assert len(similar_pairs(texts)) > 5
    assert len(similar_pairs(texts, most=5)) == 5


class StopsAfter(Silent):
    """Asks for a stop at the second look."""

    def __init__(self):
        self.looks = 0

    def advance(self, phase, done, total):
        self.looks += 1
        assert 0 <= done <= total

    def stop_requested(self):
        return self.looks > 1


@pytest.mark.parametrize("search", [similar_pairs, near_duplicate_clusters])
def test_the_search_can_be_stopped(search):
    with pytest.raises(Stopped):
        search([f"{number} other text {number * 7}" for number in range(100)], progress=StopsAfter())


def test_the_most_similar_pair_comes_first():
    long = "the printer on the third floor does not print any more since this morning"
    pairs = similar_pairs([long, long + " at all", long + "s"])
    assert pairs[0].tolist() == [0, 2]


def test_width_case_and_spaces_make_no_difference():
    assert normalise(" ＰＲＩＮＴＥＲ　１\n broken ") == "printer 1 broken"
    fill = [f"{number} other text {number * 7}" for number in range(30)]
    clusters = near_duplicate_clusters(["Printer  broken", "ｐｒｉｎｔｅｒ broken", *fill])
    assert clusters[0] == clusters[1] == 0
    assert len(set(clusters)) == 31


def test_similarity_joins_through_others():
    base = "the printer on the third floor does not print any more since this morning, please come soon and look"
    chain = [base, base + " xx", base + " xx yy"]
    fill = [f"{number} something else {number * 13}" for number in range(40)]
    assert len(set(near_duplicate_clusters([*chain, *fill])[:3])) == 1


def test_no_cluster_is_larger_than_a_tenth_of_the_texts():
    texts = ["test"] * 50 + [f"{number} different {number * 31}" for number in range(50)]
    clusters = near_duplicate_clusters(texts)
    assert max(clusters.count(cluster) for cluster in set(clusters)) == 10


def clusters_pair_by_pair(texts: list[str]) -> list[int]:
    """As ``near_duplicate_clusters`` says it: the most similar pairs first, none that makes a cluster too large."""
    keys = list(dict.fromkeys(map(normalise, texts)))
    rows = [[place for place, text in enumerate(texts) if normalise(text) == key] for key in keys]
    limit = max(2, len(texts) // 10)
    clusters = {key: [key] for key in range(len(keys))}
    for pair in pairs_of(keys):
        left, right = (next(name for name, members in clusters.items() if key in members) for key in pair)
        if left != right and sum(len(rows[key]) for key in clusters[left] + clusters[right]) <= limit:
            clusters[left] += clusters.pop(right)
    names: dict[tuple[int, int], int] = {}
    met = dict.fromkeys(clusters, 0)
    found = []
    for text in texts:
        name = next(name for name, members in clusters.items() if keys.index(normalise(text)) in members)
        found.append(names.setdefault((name, met[name] // limit), len(names)))
        met[name] += 1
    return found


@pytest.mark.parametrize("waiting", [7, 1_000])
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_clusters_are_those_of_joining_pair_by_pair_however_few_pairs_wait(monkeypatch, waiting, data):
    monkeypatch.setattr("pipeline.data.duplicates.WAITING", waiting)
    texts = data.draw(st.lists(st.text("ab", min_size=3, max_size=40).map(lambda text: text * 3), max_size=40))
    edited = [text[:place] + "c" + text[place:] for text in texts for place in (1, len(text) // 2)]
    assert near_duplicate_clusters(texts + edited) == clusters_pair_by_pair(texts + edited)


def test_two_equal_texts_stay_together_in_the_smallest_table():
    assert near_duplicate_clusters(["a", "b", "a"]) == [0, 1, 0]
    assert near_duplicate_clusters([]) == []
