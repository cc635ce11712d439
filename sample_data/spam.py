"""Wanted and unwanted short messages, English with some Chinese."""

import random
from pathlib import Path

from fragments import Seen, draw, read_sections

STOCK = Path(__file__).parent / "stock"
ROWS = 804
SPAM = 0.27  # share of unwanted messages
COLUMNS = ("message_id", "text", "label")
ENDINGS = ("", "", "", "", "", " x", " :)", "...")
TWO_MATTERS = 0.35  # personal messages that go on to something else
# Marks of messages that nobody chats under.
FORMAL = ("Your ", "Reply", "Reminder", "School:", "Council:", "Prize", "Line", "Parcel", "card payment", "form:")
FORMAL += ("voting", "library", "Volunteers", "Helpers")
BEFORE = ("", "", "", "", "hey ", "btw ", "Hi, ", "so ", "ok ")


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _message(rng: random.Random, lines: list[str], wanted: bool) -> str:
    text = draw(rng, rng.choice(lines)).strip()
    personal = wanted and not _chinese(text) and not any(word in text for word in FORMAL)
    if personal and rng.random() < TWO_MATTERS:
        other = draw(rng, rng.choice([line for line in lines if not any(word in line for word in FORMAL)])).strip()
        text = text if _chinese(other) or other[:6] == text[:6] else f"{text}{'' if text[-1] in '?!.' else '.'} {other}"
    if personal:
        text = rng.choice(BEFORE) + text + rng.choice(ENDINGS)
    if personal and rng.random() < 0.25:
        text = text.lower().replace("'", "")
    if not wanted and rng.random() < 0.12:
        text = text.upper() if rng.random() < 0.4 else text.replace("o", "0").replace("i", "1")
    return text


def make_rows(seed: int) -> list[dict[str, str]]:
    rng = random.Random(seed)
    stock = read_sections(STOCK / "spam.txt")
    seen, rows = Seen(), []
    for number in range(1, ROWS + 1):
        label = "spam" if rng.random() < SPAM else "ham"
        while True:
            text = _message(rng, stock[label], label == "ham")
            if not seen.near(text):
                break
        seen.add(text)
        rows.append({"message_id": f"M{number:04d}", "text": text, "label": label})
    return rows
