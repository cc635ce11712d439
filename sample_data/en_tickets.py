"""English support tickets of an invented maker of shop tills: queues, wording, noise."""

import random
import re
from datetime import datetime, timedelta
from pathlib import Path

from fragments import (
    Seen,
    Subjects,
    Topic,
    draw,
    read_rare,
    read_sections,
    read_topics,
    read_words,
    reword,
    wordings,
)

STOCK = Path(__file__).parent / "stock"
WORDS = read_words(STOCK / "en_words.txt")
LABELLED, BLANK = 1412, 104
COLUMNS = ("ticket_id", "created", "channel", "product", "subject", "body", "queue")

# area -> (queue, share of the tickets, the queue that most often gets such a ticket by mistake)
AREAS = {
    "billing": ("Billing", 16, "sales"),
    "sales": ("Sales", 9, "billing"),
    "access": ("Accounts & access", 14, "mobile"),
    "integrations": ("Integrations", 12, "status"),
    "reporting": ("Reports & data", 14, "integrations"),
    "mobile": ("Mobile app", 11, "hardware"),
    "hardware": ("Devices", 15, "mobile"),
    "status": ("Service status", 9, "integrations"),
}
MISROUTED, ANY_QUEUE = 0.03, 0.01
RARE = 0.06  # share of the tickets about a rare subject, as long as there is one nobody has written about
NO_CUE = 0.15
SECOND_MATTER = 0.1  # tickets that mention something else, for another queue, at the end
RESENT = 0.006  # tickets sent a second time in the same words
SHORTEST = 30  # characters of a body, greeting included
PRODUCTS = ("Register", "Stock", "Books", "Connect", "Register + Stock", "")
REWORDED = 0.75  # share of the known words that are said otherwise
FAULTS = ("access", "integrations", "mobile", "hardware", "status", "reporting")  # areas where something breaks


def _typo(rng: random.Random, text: str) -> str:
    """Two letters of one longer word change places, or one is lost."""
    words = list(re.finditer(r"[a-z]{5,}", text))
    if not words:
        return text
    word = rng.choice(words)
    place = rng.randint(word.start() + 1, word.end() - 2)
    if rng.random() < 0.5:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + text[place + 1 :]


def _voice(rng: random.Random, text: str) -> str:
    text = reword(rng, text, WORDS, REWORDED, r"\b")
    text = re.sub(r"\b([Aa]) (?=[aeio]|un[^i])", r"\1n ", text)
    text = re.sub(r"\b([Aa])n (?!hour|honest)(?=[b-df-hj-np-tv-z])", r"\1 ", text)
    return re.sub(r" {2,}", " ", text).strip()


def _sentence(text: str) -> str:
    text = re.sub(r" {2,}", " ", text).strip()
    return text[:1].upper() + text[1:]


def _subject(rng: random.Random, topic: Topic, shared: dict[str, list[str]]) -> tuple[str, bool]:
    """A subject line, and whether it says nothing about the matter."""
    chance = rng.random()
    if chance < 0.14:
        return draw(rng, rng.choice(shared["vague"])).strip(), True
    subject = _voice(rng, draw(rng, rng.choice(topic.titles)))
    return subject if chance < 0.35 else _sentence(subject), False


def _aside(rng: random.Random, area: str, shared: dict[str, list[str]]) -> str:
    names = dict(line.split(": ", 1) for line in shared["names"])
    other = rng.choice(sorted(names.keys() - {area}))
    return draw(rng, rng.choice(shared["aside"]).replace("{X}", rng.choice(wordings(names[other]))))


def _core(rng: random.Random, topic: Topic, area: str, shared: dict[str, list[str]], vague: bool) -> list[str]:
    """The sentences that say what it is about, in the order in which they are told."""
    wanted = 1 if rng.random() < 0.5 else 2
    pool = [wording for fact in topic.facts for wording in fact]
    facts = [draw(rng, wording) for wording in rng.sample(pool, min(wanted, len(pool)))]
    wishes = [draw(rng, rng.choice(wish)) for wish in topic.wishes] if rng.random() < 0.6 else []
    if vague and topic.wishes:
        facts.insert(0, draw(rng, rng.choice(topic.titles)).rstrip("?") + ".")
    core = facts + wishes if rng.random() < 0.85 else wishes + facts
    if len(topic.areas) > 1 and rng.random() > NO_CUE:
        core.insert(rng.choice((0, len(core))), draw(rng, rng.choice(shared[f"cue_{area}"])))
    return core


def _body(
    rng: random.Random, topic: Topic, area: str, shared: dict[str, list[str]], topics: list[Topic], vague: bool
) -> str:
    parts = _core(rng, topic, area, shared, vague)
    if rng.random() < 0.35:
        parts.insert(0, draw(rng, rng.choice(shared["open"])))
    if rng.random() < 0.2:
        parts.append(_aside(rng, area, shared))
    remarks = shared["impact"] + (shared["impact_fault"] if area in FAULTS else [])
    for _ in range(rng.choice((0, 0, 1, 1))):
        parts.append(draw(rng, rng.choice(remarks)))
    if rng.random() < SECOND_MATTER:
        other = rng.choice([topic for topic in topics if area not in topic.areas])
        aside = _sentence(draw(rng, rng.choice(other.titles)).rstrip("?"))
        parts.append(draw(rng, rng.choice(shared["second"]).replace("{Y}", aside + ".")))
    parts = list(dict.fromkeys(parts))
    text = _voice(rng, " ".join(_sentence(part) for part in parts))
    if rng.random() < 0.12:
        text = text.lower()
    for _ in range(rng.choice((0, 0, 0, 1))):
        text = _typo(rng, text)
    lines = [draw(rng, rng.choice(shared["greet"]))] if rng.random() < 0.55 else []
    lines.append(text)
    if rng.random() < 0.5:
        lines.append(draw(rng, rng.choice(shared["close"])))
    if rng.random() < 0.45:
        lines.append(draw(rng, rng.choice(shared["sign"])).strip())
    return "\n".join(lines)


def _queue(rng: random.Random, area: str) -> str:
    chance = rng.random()
    if chance < MISROUTED:
        area = AREAS[area][2]
    elif chance < MISROUTED + ANY_QUEUE:
        area = rng.choice(sorted(AREAS))
    return AREAS[area][0]


def _ticket(
    rng: random.Random, subjects: Subjects, area: str, shared: dict[str, list[str]], seen: Seen
) -> tuple[str, str]:
    """Subject and body of a ticket that nobody has written in nearly the same words."""
    while True:
        topic = subjects.draw(area)
        subject, vague = _subject(rng, topic, shared)
        body = _body(rng, topic, area, shared, subjects.common, vague)
        if len(body) > SHORTEST and not seen.near(subject + body):
            seen.add(subject + body)
            return subject, body


def make_rows(seed: int) -> list[dict[str, str]]:
    """All rows in the order of their dates; a few have not been sorted into a queue yet."""
    rng = random.Random(seed)
    shared = read_sections(STOCK / "en_shared.txt")
    common = [topic for part in (1, 2) for topic in read_topics(STOCK / f"en_topics_{part}.txt")]
    subjects = Subjects(rng, common, read_rare(STOCK / "en_rare.txt"), RARE)
    total = LABELLED + BLANK
    seen, rows = Seen(), []
    for number, minute in enumerate(sorted(rng.randint(0, 300 * 24 * 60) for _ in range(total)), 1):
        created = datetime(2024, 3, 1) + timedelta(minutes=minute)
        if rows and rng.random() < RESENT:
            earlier = rng.choice(rows[-60:])
            subject, body, queue = earlier["subject"], earlier["body"], earlier["queue"]
        else:
            area = rng.choices(list(AREAS), [share for _, share, _ in AREAS.values()])[0]
            (subject, body), queue = _ticket(rng, subjects, area, shared, seen), _queue(rng, area)
        channel = rng.choices(("email", "web form", "chat", "phone note"), (50, 28, 14, 8))[0]
        values = (
            f"TW-{number + 48210}",
            created.isoformat(" ", "minutes"),
            channel,
            rng.choice(PRODUCTS),
            subject,
            body,
            queue,
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    for place in rng.sample(range(total), BLANK):
        rows[place]["queue"] = ""
    return rows
