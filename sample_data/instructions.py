"""Instruction, input and output triples in one language: written by hand, or composed so that the answer is right.

Knows how a triple is put together; the words of a language stand in ``stock/``.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

from fragments import draw, read_sections

STOCK = Path(__file__).parent / "stock"
COMPOSED = 25  # triples of each composed task
Triple = dict[str, str]
Words = dict[str, list[str]]


def _by_hand(rng: random.Random, words: Words, path: Path) -> list[Triple]:
    """A task that nobody wrote a request for asks with its input alone."""
    before, after = words["frame"]
    triples: list[Triple] = []
    for task, lines in read_sections(path).items():
        for line in lines:
            given, answer = line.split(" => ", 1)
            if task == "reply":
                answer = rf"{before}\n\n{answer}\n\n{after}"
            asked, given = (rng.choice(words[task]), given) if task in words else (given, "")
            triples.append({"instruction": asked, "input": given, "output": answer.replace(r"\n", "\n")})
    return triples


def _order(rng: random.Random, words: Words) -> tuple[str, dict[str, str | int], str]:
    """A sentence about an order, its facts, and the day it names."""
    product, day = rng.choice(words["words goods"]), rng.choice(words["words days"])
    order, count = f"A-{rng.randint(10000, 99999)}", rng.randint(2, 12)
    sentence = rng.choice(words["words reports"])
    for name, value in (("product", product), ("count", str(count)), ("order", order), ("day", day)):
        sentence = sentence.replace("{" + name + "}", value)
    return draw(rng, sentence), {"order": order, "product": product, "quantity": count}, day


def _extract(rng: random.Random, words: Words) -> tuple[str, str]:
    sentence, facts, _ = _order(rng, words)
    return sentence, json.dumps(facts, ensure_ascii=False)


def _when(rng: random.Random, words: Words) -> tuple[str, str]:
    sentence, _, day = _order(rng, words)
    return sentence, day


def _sort(rng: random.Random, words: Words) -> tuple[str, str]:
    """Names where the language has an alphabet, else numbers."""
    names = words.get("words towns") or [str(number) for number in range(100, 1000)]
    drawn = rng.sample(names, 5)
    return ", ".join(drawn), ", ".join(sorted(drawn))


def _total(rng: random.Random, words: Words) -> tuple[str, str]:
    count, price = rng.randint(2, 9), rng.randint(3, 60) * 5
    values = {"product": rng.choice(words["words goods"]), "count": count, "price": price, "sum": count * price}
    given, answer = (line.format(**values) for line in words["words total"])
    return given, answer


def _table(rng: random.Random, words: Words) -> tuple[str, str]:
    head, item, comma = words["words table"]
    stock = [(product, rng.randint(0, 80)) for product in rng.sample(words["words goods"], 3)]
    given = comma.join(item.format(product=product, count=count) for product, count in stock)
    rows = "\n".join(f"| {product} | {count} |" for product, count in stock)
    return given.replace(";", "; "), f"| {head} |\n| --- | --- |\n{rows}"


COMPOSERS: dict[str, Callable[[random.Random, Words], tuple[str, str]]] = {
    "extract": _extract,
    "when": _when,
    "sort": _sort,
    "total": _total,
    "table": _table,
}


def make_triples(language: str, seed: int) -> list[Triple]:
    """All triples of a language (``en`` or ``zh``) in random order."""
    rng = random.Random(seed)
    words = read_sections(STOCK / f"tasks_{language}.txt")
    triples = _by_hand(rng, words, STOCK / f"instructions_{language}.txt")
    for task, compose in COMPOSERS.items():
        for _ in range(COMPOSED):
            given, answer = compose(rng, words)
            triples.append({"instruction": rng.choice(words[task]), "input": given, "output": answer})
    rng.shuffle(triples)
    return triples
