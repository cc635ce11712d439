"""What a phone sees of a tasting: one page of HTML, with no script and nothing from elsewhere.

Every word of a prompt or an answer is hostile and goes through ``html.escape``; the policy is the second line.
Knows neither which answer is A nor what the models are called.
"""

import base64
import hashlib
from html import escape

from pipeline.i18n import translate

_STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { font: 18px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem 1rem 3rem;
  color: light-dark(#1d2733, #e4e8ed); background: light-dark(#ffffff, #14181e); }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0.75rem 0; }
.note { color: light-dark(#5b6775, #a4adba); font-size: 0.9rem; margin: 0.25rem 0; }
progress { width: 100%; height: 0.5rem; accent-color: #3f7fcb; }
.prompt { padding: 0.7rem 1rem; border-radius: 0.9rem; margin: 0 0 1rem;
  background: light-dark(#e9f0f9, #22324a); }
.prompt, .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.answers { display: grid; gap: 1rem; }
@media (min-width: 44rem) { .answers { grid-template-columns: 1fr 1fr; } }
.answer { display: flex; flex-direction: column; gap: 0.8rem; padding: 1rem; border-radius: 0.9rem;
  border: 1px solid light-dark(#dfe4ea, #333c47); }
.text { flex: 1; }
button { font: inherit; font-weight: 650; width: 100%; min-height: 3.5rem; border-radius: 0.8rem; cursor: pointer;
  border: 2px solid #2f6db5; color: #ffffff; background: #2f6db5; }
button.said { color: light-dark(#2f6db5, #a9cbf2); background: transparent; }
button:focus-visible, a:focus-visible { outline: 3px solid #d9820f; outline-offset: 3px; }
a { color: light-dark(#2f6db5, #7fb0e8); display: inline-block; padding: 0.8rem 0; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_HASH}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIRST, SECOND = "1", "2"  # values of the two buttons


def question(
    here: str,
    prompt: str,
    answers: tuple[str, str],
    *,
    place: int,
    places: int,
    said: int | None,
    form: str,
    language: str,
) -> str:
    """A prompt with two answers, and under each the button that says it is better.

    Args:
        here: the address of the tasting, without the machine's.
        prompt: what was asked.
        answers: in the order of this phone.
        place, places: which prompt this is, from 0, and of how many.
        said: which one this phone found better earlier, None if it has not voted.
        form: the value without which a vote is not taken.
        language: of the reader, one of ``i18n.LANGUAGES``.
    """
    ask = translate("Which answer is better?", language)
    where = translate("{place} of {places}", language, place=place + 1, places=places)
    cards = "".join(
        _card(answer, value, said == number, language)
        for number, (answer, value) in enumerate(zip(answers, (FIRST, SECOND), strict=True))
    )
    return _page(
        ask,
        f'<p class="note">{escape(where)}</p><progress value="{place}" max="{places}"></progress><h1>{escape(ask)}</h1>'
        f'<p class="prompt" dir="auto">{escape(prompt)}</p>'
        f'<form class="answers" method="post" action="{escape(here)}/vote">'
        f'<input type="hidden" name="form" value="{escape(form)}"><input type="hidden" name="at" value="{place}">'
        f"{cards}</form>{_back(here, place, language)}",
        language,
    )


def thanks(here: str, places: int, language: str) -> str:
    """Everything was voted on."""
    head = translate("Thank you! All your votes are counted.", language)
    note = translate("The result is on the screen in the room.", language)
    return _page(
        head,
        f'<progress value="1" max="1"></progress><h1>{escape(head)}</h1><p class="note">{escape(note)}</p>'
        f"{_back(here, places, language)}",
        language,
    )


def refusal(here: str, language: str) -> str:
    """A vote that could not be counted."""
    head = translate("This vote was not counted.", language)
    note = translate(
        "Perhaps the browser keeps no cookies, the page is an old one, or too many vote at once. Wait a moment, then "
        "go on.",
        language,
    )
    link = translate("Go on", language)
    return _page(
        head,
        f'<h1>{escape(head)}</h1><p class="note">{escape(note)}</p><a href="{escape(here)}">{escape(link)}</a>',
        language,
    )


def _card(answer: str, value: str, said: bool, language: str) -> str:
    label = translate("This one is better", language)
    mark, style = ("✓ ", ' class="said"') if said else ("", "")
    return (
        f'<div class="answer"><div class="text" dir="auto">{escape(answer)}</div>'
        f'<button name="better" value="{value}"{style}>{mark}{escape(label)}</button></div>'
    )


def _back(here: str, place: int, language: str) -> str:
    if place == 0:
        return ""
    back = translate("Back", language)
    return f'<a href="{escape(here)}?at={place - 1}">← {escape(back)}</a>'


def _page(title: str, body: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
