"""What a judge replied, read strictly: a reply that leaves doubt is no verdict. Knows no questions and no judges."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pipeline.judge.prompts import Prompt

MOST_REASON = 500  # characters of a reason that are kept
MOST_CHARACTERS = 20_000  # of a reply behind its thoughts; no verdict is longer, and reading takes time

# A lone number, perhaps with what it is out of; and a lone name, as small models reply.
_NUMBER = re.compile(
    r"(?:score|评分|得分|分数)?\s*[:：]?\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*(?:(?:/|out of)\s*(\d{1,9})|分)?\s*[.。]?", re.I
)
_NAME = re.compile(
    r"(?:winner|胜者|答案|answer|回答|assistant|助手)?[\s_]*[:：]?\s*[\"“(]?(A|B|tie|平局)[\"”)]?\s*[.。]?", re.I
)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.S)
# What a model thought before it replied; some templates write the opening mark themselves.
_THOUGHTS = re.compile(r"\s*<think>.*?(?:</think>|\Z)|[^{}]*?</think>", re.S)


@dataclass(frozen=True)
class Opinion:
    """What was said."""

    score: float | None = None  # from ``low`` to ``high`` of the prompt
    winner: str = ""  # "A", "B" or "tie"; "" for a score
    reason: str = ""


def read_reply(text: str, prompt: Prompt) -> Opinion | None:
    """The opinion in a reply; None where it holds none, or more than one.

    A JSON object is read wherever it stands in the text, as long as it is the only one that answers; without any, the
    whole text has to be the number or the name. What a model thought before it replied does not count.
    """
    thoughts = _THOUGHTS.match(text)
    said = text[thoughts.end() :] if thoughts else text
    if len(said) > MOST_CHARACTERS:
        return None
    if "{" not in said:
        return _lone(said, prompt)
    contents = _objects(said, prompt.kind)
    found = [_of_object(content, prompt) for content in contents or () if prompt.kind in content]
    # One that answers and can't be read leaves as much doubt as two that differ.
    if not found or None in found:
        return None
    return found[0] if len({(one.score, one.winner) for one in found if one}) == 1 else None


class _Doubt(ValueError):  # noqa: N818  # no failure
    """An object gives one thing two values."""


def _objects(text: str, wanted: str) -> list[dict[str, Any]] | None:
    """The JSON objects of a text that are not part of another one; None if there is one that is broken, or twofold.

    What stands in a broken one may be anything: an answer that the judge quotes, and that holds a verdict of its own.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_once_each, strict=False)
    broken = re.compile(rf"\s*(?:[\"'“]|{wanted}\b)", re.I)
    found, place = [], text.find("{")
    while place >= 0:
        try:
            content, end = decoder.raw_decode(text, place)
        except _Doubt:
            return None
        except (ValueError, RecursionError):
            end = place + 1
            if broken.match(text, end):
                return None
        else:
            found.append(content)
        place = text.find("{", end)
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; readers that took the last of two values would not agree with those that take the first."""
    content = dict(pairs)
    if any(content[name] != value for name, value in pairs):
        raise _Doubt
    return content


def _of_object(content: dict[str, Any], prompt: Prompt) -> Opinion | None:
    said = content.get(prompt.kind)
    reason = content.get("reason")
    # Halves of characters, which JSON can spell and no file takes, become question marks.
    why = reason.strip()[:MOST_REASON].encode("utf-8", "replace").decode() if isinstance(reason, str) else ""
    if prompt.kind == "winner":
        name = _named(said) if isinstance(said, str) else ""
        return Opinion(winner=name, reason=why) if name else None
    if isinstance(said, str):
        lone = _NUMBER.fullmatch(said.strip())
        return None if lone is None else _scored(lone[1], lone[2], why, prompt)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return _scored(said, None, why, prompt)


def _lone(text: str, prompt: Prompt) -> Opinion | None:
    fenced = _FENCE.fullmatch(text.strip())
    said = (fenced[1] if fenced else text).strip().strip("*")
    if prompt.kind == "winner":
        name = _named(said)
        return Opinion(winner=name) if name else None
    number = _NUMBER.fullmatch(said)
    return None if number is None else _scored(number[1], number[2], "", prompt)


def _named(said: str) -> str:
    match = _NAME.fullmatch(said.strip())
    if match is None:
        return ""
    name = match[1].upper()
    return name if name in ("A", "B") else "tie"


def _scored(number: str | float, out_of: str | None, reason: str, prompt: Prompt) -> Opinion | None:
    """A score of the scale that was asked for; a share of one, or of another number of points, is no answer to it."""
    try:
        score = float(number)
    except OverflowError:  # a whole number of more than 300 digits
        return None
    if 0 < score < 1 or not prompt.low <= score <= prompt.high or (out_of is not None and int(out_of) != prompt.high):
        return None
    return Opinion(score=score, reason=reason)
