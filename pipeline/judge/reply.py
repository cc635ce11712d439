"""What a judge replied, read strictly: a reply that leaves doubt is no verdict. Knows no questions and no judges."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pipeline.judge.prompts import Prompt

MOST_REASON = 500  # characters of a reason that are kept

# A lone number, perhaps with what it is out of; and a lone name, as small models reply.
_NUMBER = re.compile(r"(?:score|评分|得分|分数)?\s*[:：]?\s*(-?\d+(?:\.\d+)?)\s*(?:/\s*(\d+)|分)?\s*[.。]?", re.I)
_NAME = re.compile(r"(?:winner|胜者|答案|answer|回答)?\s*[:：]?\s*[\"“(]?(A|B|tie|平局)[\"”)]?\s*[.。]?", re.I)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.S)


@dataclass(frozen=True)
class Opinion:
    """What was said."""

    score: float | None = None  # from ``low`` to ``high`` of the prompt
    winner: str = ""  # "A", "B" or "tie"; "" for a score
    reason: str = ""


def read_reply(text: str, prompt: Prompt) -> Opinion | None:
    """The opinion in a reply; None where it holds none, or more than one.

    A JSON object is read wherever it stands in the text, as long as it is the only one that answers; without any, the
    whole text has to be the number or the name.
    """
    found = [opinion for content in _objects(text) if (opinion := _of_object(content, prompt)) is not None]
    if found:
        verdicts = {(one.score, one.winner) for one in found}
        return found[0] if len(verdicts) == 1 else None
    return _lone(text, prompt) if "{" not in text else None


def _objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a text that are not part of another one."""
    decoder, found, place = json.JSONDecoder(), [], text.find("{")
    while place >= 0:
        try:
            content, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found.append(content)
        place = text.find("{", end)
    return found


def _of_object(content: dict[str, Any], prompt: Prompt) -> Opinion | None:
    said = content.get(prompt.kind)
    reason = content.get("reason")
    why = reason.strip()[:MOST_REASON] if isinstance(reason, str) else ""
    if prompt.kind == "winner":
        name = _named(said) if isinstance(said, str) else ""
        return Opinion(winner=name, reason=why) if name else None
    if isinstance(said, str):
        lone = _NUMBER.fullmatch(said.strip())
        return None if lone is None else _scored(lone[1], lone[2], why, prompt)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return _scored(str(said), None, why, prompt)


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


def _scored(number: str, out_of: str | None, reason: str, prompt: Prompt) -> Opinion | None:
    """A score of the scale that was asked for; one out of another number of points is no answer to it."""
    score = float(number)
    if not prompt.low <= score <= prompt.high or (out_of is not None and int(out_of) != prompt.high):
        return None
    return Opinion(score=score, reason=reason)
