"""Support tickets with an urgency from 0 to 5, the mean of two people's judgement: the text decides it to a degree."""

import random
from pathlib import Path

from fragments import Seen, Topic, draw, read_sections, read_topics, read_words, reword

STOCK = Path(__file__).parent / "stock"
WORDS = read_words(STOCK / "en_words.txt")
LABELLED, BLANK = 840, 110
LOWEST, HIGHEST = 0.0, 5.0
REWORDED = 0.75

# How urgent a ticket of an area is by itself.
AREAS = {
    "status": 2.6,
    "hardware": 2.2,
    "access": 2.1,
    "integrations": 1.8,
    "mobile": 1.6,
    "billing": 1.3,
    "reporting": 1.0,
    "sales": 0.5,
}
OF_TOPIC = 0.5  # by how much topics of an area differ
OF_PERSON = 0.8  # by how much one person's judgement differs from another's
REMARKS = (0, 1, 1, 2)  # remarks of a ticket that say how bad it is


def _told(rng: random.Random, topic: Topic, remarks: list[str]) -> str:
    pool = [wording for fact in topic.facts for wording in fact]
    facts = [draw(rng, wording) for wording in rng.sample(pool, min(rng.choice((1, 2)), len(pool)))]
    wishes = [draw(rng, rng.choice(wish)) for wish in topic.wishes] if rng.random() < 0.5 else []
    parts = [draw(rng, rng.choice(topic.titles)).rstrip("?. ") + ".", *facts, *wishes]
    for remark in remarks:
        parts.insert(rng.choice((1, len(parts))), draw(rng, remark))
    text = reword(rng, " ".join(parts), WORDS, REWORDED, r"\b")
    return text[:1].upper() + text[1:]


def _judged(rng: random.Random, urgency: float) -> float:
    """The mean of two people, each of whom gives whole points."""
    both = [min(HIGHEST, max(LOWEST, round(urgency + rng.gauss(0, OF_PERSON)))) for _ in range(2)]
    return sum(both) / 2


def make_rows(seed: int) -> list[dict[str, str]]:
    """All rows; the last ones have not been judged yet."""
    rng = random.Random(seed)
    topics = [topic for part in (1, 2) for topic in read_topics(STOCK / f"en_topics_{part}.txt")]
    shared = read_sections(STOCK / "en_urgency.txt")
    effects = [(float(points), line) for points, lines in shared.items() for line in lines]
    by_topic = {id(topic): rng.gauss(0, OF_TOPIC) for topic in topics}
    seen, rows = Seen(), []
    while len(rows) < LABELLED + BLANK:
        topic = rng.choice(topics)
        remarks = rng.sample(effects, rng.choice(REMARKS))
        text = _told(rng, topic, [line for _, line in remarks])
        if seen.near(text):
            continue
        seen.add(text)
        base = sum(AREAS[area] for area in topic.areas) / len(topic.areas) + by_topic[id(topic)]
        urgency = _judged(rng, base + sum(points for points, _ in remarks))
        rows.append(
            {
                "ticket_id": f"U{len(rows) + 1:04}",
                "text": text,
                "urgency": f"{urgency:.1f}" if len(rows) < LABELLED else "",
            }
        )
    return rows
