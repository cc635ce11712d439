"""JSON and JSON Lines with members added and values replaced: every other byte stays as it is."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.data.changes import Changes
from pipeline.data.feed import decode_damaged
from pipeline.data.records import members
from pipeline.data.report import Layout

# The space before the first key, and the one behind its colon, are what a new member follows.
_STYLE = re.compile(r'\{(\s*)"(?:\\.|[^"\\])*"\s*:(\s*)')


def rewrite_records(
    original: Path,
    destination: Path,
    columns: Sequence[str],
    layout: Layout,
    spans: npt.NDArray[np.int64],
    changes: Changes,
) -> None:
    """Write a copy in which each object has the new members at its end and the new values in their places."""
    content = original.read_bytes()
    added = list(changes.rows()) if changes.names else [()] * len(spans)
    with destination.open("wb") as out:
        written = 0
        for row, (start, end, _) in enumerate(spans.tolist()):
            out.write(content[written:start])
            raw = content[start:end]
            text = _decode(raw, layout)
            new = {columns[column]: cell for column, cell in changes.replaced.get(row, {}).items()}
            changed = rewrite_object(text, dict(zip(changes.names, added[row], strict=True)), new)
            out.write(changed.encode(layout.codec))
            written = end
        out.write(content[written:])


def rewrite_object(text: str, added: dict[str, str], replaced: dict[str, str]) -> str:
    """One JSON object with members added, and values replaced; a key that it lacks is added."""
    escape = text.isascii() and "\\u" in text
    places = {key: (start, end) for key, start, end in members(text)}
    more = {key: value for key, value in replaced.items() if key not in places} | added
    style = _STYLE.search(text)
    for key in sorted(replaced.keys() & places.keys(), key=lambda key: -places[key][0]):
        start, end = places[key]
        text = text[:start] + json.dumps(replaced[key], ensure_ascii=escape) + text[end:]
    before, after = style.groups() if style else ("", " ")
    between = "," + (before if "\n" in before else after)
    parts = [
        f"{json.dumps(key, ensure_ascii=escape)}:{after}{json.dumps(value, ensure_ascii=escape)}"
        for key, value in more.items()
    ]
    close = text.rindex("}")
    body = text[:close].rstrip()
    rest = text[len(body) :]
    joined = between.join(parts)
    if not parts:
        return text
    return body + (between if places else "") + joined + rest


def _decode(raw: bytes, layout: Layout) -> str:
    try:
        return raw.decode(layout.codec)
    except UnicodeDecodeError:
        return decode_damaged(raw, layout.codec, layout.spare)
