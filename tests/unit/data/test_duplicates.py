"""Near-duplicates are found exactly: as many as by comparing every pair, in less time."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.duplicates import near_duplicate_clusters, normalise, similar_pairs


def shingles(text: str) -> set[str]:
    padded = text.ljust(3, "\0")
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


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
    found = similar_pairs(texts, similarity)
    assert len(found) == len(set(found))
    assert set(found) == by_brute_force(texts, similarity)


@pytest.mark.parametrize("portion", [1, 50, 2_000_000])
def test_long_texts_with_small_edits_are_found_whatever_the_portion(monkeypatch, portion):
    monkeypatch.setattr("pipeline.data.duplicates.PAIRS", portion)
    draw = random.Random(0)
    texts = ["".join(draw.choices("abcdefgh ", k=120)) for _ in range(40)]
    for text in list(texts):
        place = draw.randrange(100)
        texts.append(text[:place] + "x" * draw.randrange(1, 5) + text[place + 2 :])
    texts = list(dict.fromkeys(texts))
    expected = by_brute_force(texts, 0.9)
    assert len(expected) > 10
    assert set(similar_pairs(texts)) == expected


def test_the_most_similar_pair_comes_first():
    long = "the printer on the third floor does not print any more since this morning"
    pairs = similar_pairs([long, long + " at all", long + "s"])
    assert pairs[0] == (0, 2)


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


def test_two_equal_texts_stay_together_in_the_smallest_table():
    assert near_duplicate_clusters(["a", "b", "a"]) == [0, 1, 0]
    assert near_duplicate_clusters([]) == []
