"""How sure a model was of each word that it wrote, as HTML: colour, and on pointing at a word what else it might have
said. No Streamlit.

Every word is hostile: all of them go through ``html.escape``, and nothing else of them reaches an attribute.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pages.components.text import t
from pipeline.inference.events import Token

# From this probability on a word counts as this sure, the surest first.
STEPS = (0.9, 0.6, 0.3, 0.1)
# One hue that gets stronger, and a line below the least sure words, so that nothing hangs on telling colours apart.
_SHADES = ("0%", "11%", "22%", "35%", "50%")
_SIGNS = {"\n": "⏎", "\t": "⇥", " ": "␣"}

STYLE = f"""<style>
.td-said {{ position: relative; padding-bottom: 4rem; line-height: 1.9; white-space: pre-wrap;
  overflow-wrap: anywhere; }}
.td-word {{ border-radius: 0.15rem; padding: 0.1rem 0; cursor: default; outline-offset: 1px; }}
{
    "".join(
        f".td-s{step} {{ background: color-mix(in srgb, #d9820f {shade}, transparent); }} "
        for step, shade in enumerate(_SHADES)
        if step
    )
}
.td-s4 {{ text-decoration: underline dotted; text-underline-offset: 0.25em; }}
.td-word:hover, .td-word:focus {{ outline: 2px solid #2f6db5; }}
.td-about, .td-hint {{ position: absolute; left: 0; right: 0; bottom: 0; height: 3.4rem; overflow: hidden;
  line-height: 1.5; font-size: 0.875rem; padding: 0.35rem 0.7rem; border-radius: 0.5rem; white-space: normal; }}
.td-hint {{ opacity: 0.65; padding-left: 0; }}
.td-about {{ visibility: hidden; background: color-mix(in srgb, #2f6db5 12%, var(--td-page)); }}
.td-word:hover .td-about, .td-word:focus .td-about {{ visibility: visible; }}
.td-word:hover .td-about {{ z-index: 2; }}
.td-other {{ display: inline-block; margin-right: 1.1rem; white-space: nowrap; unicode-bidi: isolate; }}
.td-other b {{ font-weight: 600; }}
.td-other i {{ font-style: normal; opacity: 0.7; }}
.td-said {{ --td-page: var(--st-background-color, light-dark(#ffffff, #14181e)); }}
@media (max-width: 640px) {{ .td-said {{ padding-bottom: 5.4rem; }} .td-about, .td-hint {{ height: 4.7rem; }} }}
</style>"""


@dataclass(frozen=True)
class Word:
    """One token, or those that together are one character."""

    text: str
    probability: float  # of all its tokens
    alternatives: tuple[tuple[str, float], ...]  # of the first one; () where that is no whole character


def words(tokens: Sequence[Token]) -> list[Word]:
    """The tokens of an answer, joined where one alone shows nothing; () where their probability is not known."""
    found: list[Word] = []
    share, waiting = 1.0, 0
    for token in tokens:
        if token.probability is None:
            return []
        share, waiting = share * token.probability, waiting + 1
        if token.text:
            found.append(Word(token.text, share, token.alternatives if waiting == 1 else ()))
            share, waiting = 1.0, 0
    return found


def mean_sureness(tokens: Sequence[Token]) -> float | None:
    """The geometric mean of the tokens' probabilities, 0 to 1; None where they are not known."""
    shares = [token.probability for token in tokens if token.probability is not None]
    if not shares or len(shares) < len(tokens):
        return None
    return math.exp(sum(math.log(max(share, 1e-12)) for share in shares) / len(shares))


def markup(tokens: Sequence[Token]) -> str:
    """The answer with its colours; "" where the probabilities are not known."""
    found = words(tokens)
    if not found:
        return ""
    hint = escape(t("Point at a word to see what else it might have been."))
    spans = "".join(_span(word) for word in found)
    return f'{STYLE}<div class="td-said"><div class="td-hint">{hint}</div>{spans}</div>'


def _span(word: Word) -> str:
    step = next((place for place, least in enumerate(STEPS) if word.probability >= least), len(STEPS))
    shown = escape(word.text)
    about = f'<span class="td-about">{_about(word)}</span>'
    return f'<span class="td-word td-s{step}" tabindex="0">{shown}{about}</span>'


def _about(word: Word) -> str:
    own = _other(word.text, word.probability, chosen=True)
    others = [(text, share) for text, share in word.alternatives if text != word.text]
    if not others:
        return own
    return f"{own}{''.join(_other(text, share) for text, share in others[:4])}"


def _other(text: str, share: float, *, chosen: bool = False) -> str:
    name = escape(visible(text))
    said = f"<b>{name}</b>" if chosen else name
    return f'<span class="td-other">{said} <i>{share:.1%}</i></span>'


def visible(text: str) -> str:
    """A token with signs in place of blanks that nobody would see; a space inside of it stays."""
    if text == text.strip():
        return text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    inside = text[start:end] if end > start else ""
    before, after = (text[:start], text[end:]) if inside else (text, "")
    return _signs(before) + inside + _signs(after)


def _signs(blanks: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in blanks)
