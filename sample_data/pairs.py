"""Pairs of tickets, English and Chinese: do both speak of the same problem?"""

import random
from pathlib import Path

from fragments import Topic, draw, read_topics, read_words, reword

STOCK = Path(__file__).parent / "stock"
LABELLED, BLANK = 1100, 100
SAME, OTHER = "yes", "no"
SAME_SHARE = 0.5
SAME_AREA = 0.5  # of the pairs about two problems: both come from the same team's work
MISJUDGED = 0.03
ENGLISH = 0.6
REWORDED = {"en": 0.75, "zh": 0.45}
EDGE = {"en": r"\b", "zh": ""}


def _tell(rng: random.Random, topic: Topic, language: str, words: dict[str, tuple[str, ...]], title: str) -> str:
    """A ticket about a topic: a title and a sentence or two, in the writer's own words."""
    pool = [wording for fact in topic.facts for wording in fact]
    facts = [draw(rng, wording) for wording in rng.sample(pool, min(rng.choice((1, 1, 2)), len(pool)))]
    wishes = [draw(rng, rng.choice(wish)) for wish in topic.wishes] if rng.random() < 0.3 else []
    parts = [draw(rng, title).rstrip("。. ") + ("。" if language == "zh" else "."), *facts, *wishes]
    text = ("" if language == "zh" else " ").join(parts)
    text = reword(rng, text, words, REWORDED[language], EDGE[language])
    return text[:1].upper() + text[1:] if language == "en" else text


def _pair(rng: random.Random, topics: list[Topic], language: str, words: dict[str, tuple[str, ...]]) -> list[str]:
    """Two texts and whether they are about the same."""
    first = rng.choice(topics)
    same = rng.random() < SAME_SHARE
    if same:
        titles = rng.sample(first.titles, 2) if len(first.titles) > 1 else [first.titles[0]] * 2
        texts = [_tell(rng, first, language, words, title) for title in titles]
    else:
        near = [topic for topic in topics if topic is not first and {*topic.areas} & {*first.areas}]
        others = near if near and rng.random() < SAME_AREA else [topic for topic in topics if topic is not first]
        texts = [_tell(rng, topic, language, words, rng.choice(topic.titles)) for topic in (first, rng.choice(others))]
    judged = same != (rng.random() < MISJUDGED)
    return [*texts, SAME if judged else OTHER]


def make_rows(seed: int) -> list[dict[str, str]]:
    """All rows; the last ones have not been judged yet."""
    rng = random.Random(seed)
    topics = {
        "en": [topic for part in (1, 2) for topic in read_topics(STOCK / f"en_topics_{part}.txt")],
        "zh": [topic for part in (1, 2, 3) for topic in read_topics(STOCK / f"zh_topics_{part}.txt")],
    }
    words = {language: read_words(STOCK / f"{language}_words.txt") for language in topics}
    rows, seen = [], set()
    while len(rows) < LABELLED + BLANK:
        language = "en" if rng.random() < ENGLISH else "zh"
        first, second, same = _pair(rng, topics[language], language, words[language])
        if first == second or (first, second) in seen:
            continue
        seen.add((first, second))
        rows.append(
            {
                "pair_id": f"P{len(rows) + 1:04}",
                "ticket_1": first,
                "ticket_2": second,
                "same_problem": same if len(rows) < LABELLED else "",
            }
        )
    return rows
