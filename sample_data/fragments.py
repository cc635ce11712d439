"""The fragment language of the sample data: read a stock file, draw one wording of a fragment.

Knows the notation ({a|b} picks one, <2-9> draws a number, " / " separates whole wordings); knows nothing about
tickets, labels or files that are written.
"""

import random
import re
from dataclasses import dataclass
from pathlib import Path

CHOICE = re.compile(r"\{([^{}]*)\}")
NUMBER = re.compile(r"<(\d+)-(\d+)>")
ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
SHINGLE = 5  # characters; the width used to recognise near-duplicates
NEAR = 0.9  # Jaccard similarity from which two texts count as near-duplicates


@dataclass(frozen=True)
class Topic:
    """One subject that people write about: wordings of its title, its sentences and its wishes."""

    areas: tuple[str, ...]
    titles: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    wishes: tuple[tuple[str, ...], ...]


def wordings(line: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in line.split(" / "))


def draw(rng: random.Random, fragment: str) -> str:
    """One wording of a fragment: choices from the inside out, then numbers."""
    while CHOICE.search(fragment):
        fragment = CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), fragment)
    numbered = NUMBER.sub(lambda match: _number(rng, int(match.group(1)), int(match.group(2))), fragment)
    return ORDINAL.sub(lambda match: match.group(1) + _ending(int(match.group(1))), numbered)


def _number(rng: random.Random, low: int, high: int) -> str:
    """People round: of a wide range, most numbers end in 0 or 5."""
    number = rng.randint(low, high)
    rounded = round(number / 5) * 5
    return str(rounded if high - low >= 20 and rng.random() < 0.7 and low <= rounded <= high else number)


def _ending(number: int) -> str:
    return "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def read_words(path: Path) -> dict[str, tuple[str, ...]]:
    """Word -> what else is said for it; alternatives are separated by ``|``, or by spaces where there is none."""
    words: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, others = line.split(": ", 1)
            words[word] = tuple(others.split("|" if "|" in others else " "))
    return words


def reword(rng: random.Random, text: str, words: dict[str, tuple[str, ...]], often: float, edge: str = "") -> str:
    """The text with some of the words said otherwise, each with probability ``often``; ``edge`` is a regular
    expression for the boundary of a word (none in Chinese), the longest word wins."""
    known = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    def other(match: re.Match[str]) -> str:
        word = match.group(0)
        return rng.choice(words[word]) if rng.random() < often else word

    return re.sub(f"{edge}(?:{known}){edge}", other, text)


def read_sections(path: Path) -> dict[str, list[str]]:
    """Lines by section header ``[name]``; blank lines and lines starting with # are left out."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line.strip() and not line.startswith("#"):
            current.append(line)
    return sections


def read_topics(path: Path) -> list[Topic]:
    """Topics of a stock file: a title line, then ``- fact`` and ``> wish`` lines."""
    topics: list[Topic] = []
    for name, lines in read_sections(path).items():
        blocks: list[list[str]] = []
        for line in lines:
            if not line.startswith(("- ", "> ")):
                blocks.append([])
            blocks[-1].append(line)
        for block in blocks:
            facts = tuple(wordings(line[2:]) for line in block if line.startswith("- "))
            wishes = tuple(wordings(line[2:]) for line in block if line.startswith("> "))
            topics.append(Topic(tuple(name.split("+")), wordings(block[0]), facts, wishes))
    return topics


def read_rare(path: Path) -> list[Topic]:
    """Topics of one line each, ``title | description``: told as they stand, by one or two people only."""
    return [
        Topic((area,), (title,), ((text,),), ())
        for area, lines in read_sections(path).items()
        for title, text in (line.split(" | ", 1) for line in lines)
    ]


def shingles(text: str) -> frozenset[str]:
    """Character shingles of the text with case and white space levelled."""
    text = re.sub(r"\s+", " ", text.lower())
    return frozenset(text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1)))


class Seen:
    """Texts kept so far; says whether a new one is a near-duplicate of any of them."""

    def __init__(self) -> None:
        self._sets: list[frozenset[str]] = []

    def near(self, text: str) -> bool:
        new = shingles(text)
        return any(
            NEAR * len(new) <= len(old) <= len(new) / NEAR and len(new & old) >= NEAR * len(new | old)
            for old in self._sets
        )

    def add(self, text: str) -> None:
        self._sets.append(shingles(text))


class Subjects:
    """Draws what the next ticket is about: mostly a common subject, now and then one that nobody raised before."""

    def __init__(self, rng: random.Random, common: list[Topic], rare: list[Topic], rare_share: float) -> None:
        self.common = common
        self._rng, self._rare, self._rare_share = rng, rare, rare_share
        self._weight = {id(topic): rng.choice((0.4, 0.7, 1.0, 1.6)) for topic in common}
        self._told: set[int] = set()

    def draw(self, area: str) -> Topic:
        fresh = [topic for topic in self._rare if area in topic.areas and id(topic) not in self._told]
        if fresh and self._rng.random() < self._rare_share:
            topic = self._rng.choice(fresh)
            self._told.add(id(topic))
            return topic
        mine = [topic for topic in self.common if area in topic.areas]
        return self._rng.choices(mine, [self._weight[id(topic)] for topic in mine])[0]
