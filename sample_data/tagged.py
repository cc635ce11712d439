"""Chinese tickets with tags: the areas they touch, whether something is broken or wished for, and how urgent it is."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from fragments import Seen, Topic, draw, read_sections, read_topics, read_words, reword

STOCK = Path(__file__).parent / "stock"
WORDS = read_words(STOCK / "zh_words.txt")
LABELLED, BLANK = 902, 148
BETWEEN = "、"

# area of the topics -> tag
TAGS = {
    "cart": "订单",
    "order": "订单",
    "pay": "支付",
    "fin": "支付",
    "item": "商品",
    "search": "商品",
    "promo": "促销",
    "promoapp": "促销",
    "wms": "仓储",
    "tms": "物流",
    "care": "客服",
    "iam": "权限",
    "bi": "报表",
}
BROKEN, WISHED, URGENT, PHONE = "缺陷", "建议", "紧急", "移动端"
TWO_MATTERS = 0.42  # tickets about two matters of different tags
FORGOTTEN, MISTAKEN = 0.05, 0.02  # tags that somebody forgot, or set by mistake
SPOKEN_OF_PHONES = 0.22
PRESSING = 0.24
REWORDED = 0.45


def _matter(rng: random.Random, topic: Topic) -> tuple[list[str], set[str]]:
    """Sentences about one topic, and what they make of it: a fault, a wish or both."""
    facts = [draw(rng, rng.choice(fact)) for fact in topic.facts]
    wishes = [draw(rng, rng.choice(wish)) for wish in topic.wishes]
    told = rng.random()
    if facts and (told < 0.5 or not wishes):
        return facts, {BROKEN}
    if told < 0.75 and facts:
        return facts + wishes, {BROKEN, WISHED}
    return [draw(rng, rng.choice(topic.titles)) + "。", *wishes], {WISHED}


def _ticket(rng: random.Random, topics: dict[str, list[Topic]], shared: dict[str, list[str]]) -> tuple[str, set[str]]:
    """A text and the tags that a careful person would set."""
    first = rng.choice(sorted(topics))
    areas = [first]
    if rng.random() < TWO_MATTERS:
        areas.append(rng.choice([area for area in sorted(topics) if TAGS[area] != TAGS[first]]))
    body, tags = [], {TAGS[area] for area in areas}
    for area in areas:
        said, kinds = _matter(rng, rng.choice(topics[area]))
        body += [*([draw(rng, rng.choice(("另外，", "还有，", "顺便说一个：")))] if body else []), *said]
        tags |= kinds
    if rng.random() < SPOKEN_OF_PHONES:
        body.append(draw(rng, rng.choice(shared["phone"])))
        tags.add(PHONE)
    if rng.random() < PRESSING:
        body.append(draw(rng, rng.choice(shared["urgent"])))
        tags.add(URGENT)
    elif rng.random() < 0.4:
        body.append(draw(rng, rng.choice(shared["calm"])))
    opening = draw(rng, rng.choice(shared["open"])) if rng.random() < 0.3 else ""
    return reword(rng, opening + "".join(body), WORDS, REWORDED), tags


def _as_set(rng: random.Random, tags: set[str], known: list[str]) -> str:
    """The tags as somebody in a hurry sets them: now and then one is missing or wrong; in any order."""
    kept = [tag for tag in sorted(tags) if rng.random() > FORGOTTEN] or sorted(tags)[:1]
    if rng.random() < MISTAKEN * len(tags):
        kept.append(rng.choice([tag for tag in known if tag not in tags]))
    rng.shuffle(kept)
    return BETWEEN.join(kept)


def make_rows(seed: int) -> list[dict[str, str]]:
    """All rows in the order of their dates; the newest ones have no tags yet."""
    rng = random.Random(seed)
    shared = read_sections(STOCK / "zh_shared.txt") | read_sections(STOCK / "zh_tags.txt")
    common = [topic for part in (1, 2, 3) for topic in read_topics(STOCK / f"zh_topics_{part}.txt")]
    topics = {area: [topic for topic in common if topic.areas == (area,)] for area in TAGS}
    topics = {area: found for area, found in topics.items() if found}
    known = sorted({*TAGS.values(), BROKEN, WISHED, URGENT, PHONE})
    seen, rows = Seen(), []
    start = datetime(2024, 3, 1)
    days = sorted(rng.randint(0, 300) for _ in range(LABELLED + BLANK))
    while len(rows) < LABELLED + BLANK:
        text, tags = _ticket(rng, topics, shared)
        if seen.near(text):
            continue
        seen.add(text)
        number = len(rows)
        rows.append(
            {
                "编号": f"T{number + 1001}",
                "日期": (start + timedelta(days=days[number])).strftime("%Y-%m-%d"),
                "描述": text,
                "标签": _as_set(rng, tags, known) if number < LABELLED else "",
            }
        )
    return rows
