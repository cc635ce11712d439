"""Chinese requirement tickets: who owns which area, how a ticket is worded, and how the file gets its noise."""

import random
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
WORDS = read_words(STOCK / "zh_words.txt")
LABELLED, BLANK = 1204, 1003
COLUMNS = (
    "需求编号",
    "标题",
    "提出人工号",
    "业务线",
    "需求类型",
    "优先级",
    "描述",
    "提出时间",
    "期望上线日期",
    "技术负责人",
)

# area -> (owner, share of the tickets, the area that takes over when the owner hands a ticket on)
AREAS = {
    "cart": ("407080", 12, "order"),
    "order": ("411236", 11, "cart"),
    "pay": ("398752", 9, "fin"),
    "fin": ("420915", 7, "pay"),
    "item": ("403318", 10, "search"),
    "search": ("415507", 6, "item"),
    "promo": ("028816", 8, "promoapp"),
    "promoapp": ("419043", 6, "promo"),
    "wms": ("400621", 9, "tms"),
    "tms": ("412774", 7, "wms"),
    "care": ("405939", 7, "order"),
    "iam": ("418260", 5, "bi"),
    "bi": ("422087", 6, "iam"),
    "app": ("396405", 4, "promoapp"),
}
HANDED_OVER, MISROUTED = 0.03, 0.01
RARE = 0.04  # share of the tickets about a rare subject, as long as there is one nobody has written about
VAGUE = 0.07  # titles that say nothing
RESENT = 0.008  # tickets sent a second time in the same words
NO_CUE = 0.15  # tickets of a shared area that do not say on which platform they happened
REWORDED = 0.45  # share of the known words that are said otherwise
SLIPS = (
    ("登录", "登陆"), ("账", "帐"), ("的", "得"), ("再", "在"), ("已经", "以经"), ("做", "作"), ("需要", "须要"),
    ("，", ","), ("。", ""), ("，", " "), ("优惠", "优会"), ("导出", "倒出"), ("订单", "定单"), ("截图", "截屏"),
)  # fmt: skip


def _voice(rng: random.Random, text: str) -> str:
    """The writer's own words: words said otherwise, now and then a slip of the keyboard."""
    text = reword(rng, text, WORDS, REWORDED)
    if rng.random() < 0.22:
        word, slip = rng.choice(SLIPS)
        text = text.replace(word, slip, 1)
    if rng.random() < 0.1:
        text = text.replace("，", ",").replace("。", ".")
    return text


def _title(rng: random.Random, topic: Topic, shared: dict[str, list[str]]) -> tuple[str, bool]:
    """A title, and whether it says nothing about the matter."""
    if rng.random() < VAGUE:
        return draw(rng, rng.choice(shared["vague"])), True
    title = draw(rng, rng.choice(topic.titles))
    prefix = rng.random()
    if prefix < 0.06:
        title = rng.choice(("【优化】", "【需求】", "[急]", "【bug】", "(二期)")) + title
    elif prefix < 0.12 or len(title) < 8:
        title += rng.choice(("，求处理", "的问题", "，麻烦看下", "（反馈多次）", "，需要优化", "，能支持吗"))
    return title, False


def _aside(rng: random.Random, area: str, shared: dict[str, list[str]]) -> str:
    """A sentence that mentions another area which is not the one that should act."""
    names = dict(line.split(": ", 1) for line in shared["names"])
    other = rng.choice(sorted(names.keys() - {area}))
    return draw(rng, rng.choice(shared["aside"])).replace("X", rng.choice(wordings(names[other])))


def _description(rng: random.Random, topic: Topic, area: str, shared: dict[str, list[str]], vague: bool) -> str:
    facts = [draw(rng, rng.choice(fact)) for fact in topic.facts]
    wishes = [draw(rng, rng.choice(wish)) for wish in topic.wishes]
    terse = not vague and rng.random() < 0.03
    if terse:
        body = [draw(rng, rng.choice(shared["terse"]))]
    else:
        body = facts + wishes if rng.random() < 0.6 else rng.choice((facts, facts, wishes))
        if topic.facts and len(topic.facts[0]) > 1 and rng.random() < 0.45:
            first, second = rng.sample(topic.facts[0], 2)
            body = [draw(rng, first), draw(rng, second)] + (wishes if rng.random() < 0.5 else [])
    if len(topic.areas) > 1 and rng.random() > NO_CUE:
        cue = draw(rng, rng.choice(shared["phone" if area == "promoapp" else "desk"]))
        body.insert(rng.choice((0, len(body))), cue)
    if rng.random() < 0.2:
        body.append(_aside(rng, area, shared))
    if rng.random() < 0.3:
        body.append(draw(rng, rng.choice(shared["impact"])))
    if rng.random() < 0.25:
        body.append(draw(rng, rng.choice(shared["limit"])))
    opening = draw(rng, rng.choice(shared["open"])) if rng.random() < 0.35 else ""
    closing = draw(rng, rng.choice(shared["close"])) if rng.random() < 0.25 else ""
    filling = rng.sample(shared["limit"], len(shared["limit"]))
    while len(opening + "".join(body) + closing) < 30:
        body.append(draw(rng, filling.pop()))
    if len(body) > 2 and len(facts) + len(wishes) > 1 and not terse and rng.random() < 0.12:
        listed = [part.rstrip("。") for part in body]
        return opening.replace("，", "：") + "\n".join(f"{number}、{part}" for number, part in enumerate(listed, 1))
    return opening + "".join(body) + closing


def _owner(rng: random.Random, area: str) -> str:
    chance = rng.random()
    if chance < HANDED_OVER:
        area = AREAS[area][2]
    elif chance < HANDED_OVER + MISROUTED:
        area = rng.choice(sorted(AREAS))
    return AREAS[area][0]


def _facts_of_form(rng: random.Random, area: str, opened: datetime, people: list[str]) -> dict[str, str]:
    """The columns around the text; the business line leans towards an area, weakly."""
    lines = ["零售", "企业购", "跨境", "生鲜", "供应链", "平台"]
    leaning = lines[sorted(AREAS).index(area) % len(lines)]
    wanted = opened + timedelta(days=rng.randint(5, 90))
    return {
        "提出人工号": rng.choice(people),
        "业务线": leaning if rng.random() < 0.3 else rng.choice(lines),
        "需求类型": rng.choice(("优化", "优化", "新功能", "缺陷", "缺陷", "数据修复", "")),
        "优先级": rng.choices(("P0", "P1", "P2", "P3", "高", ""), (3, 18, 45, 18, 6, 10))[0],
        "提出时间": opened.strftime("%Y-%m-%d %H:%M"),
        "期望上线日期": wanted.strftime("%Y-%m-%d") if rng.random() < 0.7 else "",
    }


def _times(rng: random.Random) -> list[datetime]:
    """When the tickets were written, in order: within working hours."""
    start = datetime(2024, 1, 8)
    days = (start + timedelta(days=rng.randint(0, 400)) for _ in range(LABELLED + BLANK))
    return sorted(day + timedelta(minutes=rng.randint(8 * 60 + 20, 20 * 60)) for day in days)


def _ticket(
    rng: random.Random, subjects: Subjects, area: str, shared: dict[str, list[str]], seen: Seen
) -> tuple[str, str]:
    """Title and description of a ticket that nobody has written in nearly the same words."""
    while True:
        topic = subjects.draw(area)
        title, vague = _title(rng, topic, shared)
        title = _voice(rng, title)
        text = _voice(rng, _description(rng, topic, area, shared, vague))
        if not seen.near(title + text):
            seen.add(title + text)
            return title, text


def make_rows(seed: int) -> list[dict[str, str]]:
    """All rows in the order of their dates; the newest rows and some old ones have no owner yet."""
    rng = random.Random(seed)
    shared = read_sections(STOCK / "zh_shared.txt")
    common = [topic for part in (1, 2, 3) for topic in read_topics(STOCK / f"zh_topics_{part}.txt")]
    subjects = Subjects(rng, common, read_rare(STOCK / "zh_rare.txt"), RARE)
    people = [f"{rng.randint(1, 429999):06d}" for _ in range(160)]
    seen, rows = Seen(), []
    for number, opened in enumerate(_times(rng), 1):
        if rows and rng.random() < RESENT:
            earlier = rng.choice(rows[-200:])
            texts = {column: earlier[column] for column in ("标题", "描述", "技术负责人")}
            area = next(name for name, (owner, _, _) in AREAS.items() if owner == texts["技术负责人"])
        else:
            area = rng.choices(list(AREAS), [share for _, share, _ in AREAS.values()])[0]
            title, text = _ticket(rng, subjects, area, shared, seen)
            texts = {"标题": title, "描述": text, "技术负责人": _owner(rng, area)}
        rows.append({"需求编号": f"REQ{number + 20240:06d}", **texts, **_facts_of_form(rng, area, opened, people)})
    # Tickets that nobody has been given yet are mostly the newest ones.
    order = sorted(range(len(rows)), key=lambda place: place + rng.gauss(0, len(rows) / 5))
    for place in order[LABELLED:]:
        rows[place]["技术负责人"] = ""
    return [{column: row[column] for column in COLUMNS} for row in rows]
