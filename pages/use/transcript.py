"""A conversation as one HTML file of its own: to send, to print, to keep. No scripts, nothing from elsewhere.

Every word is hostile and goes through ``html.escape``; the policy in the file's head is the second line.
"""

from datetime import datetime
from html import escape

from pages.components.text import t
from pipeline.actions.talk import Answer, Talk
from pipeline.i18n import LANGUAGES

_STYLE = """
:root { color-scheme: light dark; }
body { font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem;
  color: light-dark(#1d2733, #e4e8ed); background: light-dark(#ffffff, #14181e); }
h1 { font-size: 1.5rem; margin: 0; }
.note { color: light-dark(#5b6775, #98a2b3); font-size: 0.875rem; margin: 0.25rem 0 0; }
.asked { margin: 2.25rem 0 0.75rem auto; width: fit-content; max-width: 85%; padding: 0.6rem 1rem;
  border-radius: 0.9rem; background: light-dark(#e9f0f9, #22324a); }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.25rem; }
.answer { border: 1px solid light-dark(#dfe4ea, #333c47); border-radius: 0.9rem; padding: 0.8rem 1rem; }
.asked, .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.name { font-weight: 600; }
@media print { .answer, .asked { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(talk: Talk, language: str, when: datetime) -> str:
    """The whole conversation, with the names of the models and how they were asked.

    Args:
        talk: what was said.
        language: of the reader, one of LANGUAGES.
        when: written into the head.
    """
    assert language in LANGUAGES
    title, exchanges = t("A conversation with a model"), []
    for exchange in talk.exchanges:
        answers = "".join(_answer(answer) for answer in exchange.answers)
        exchanges.append(f'<p class="asked">{escape(exchange.asked)}</p><div class="answers">{answers}</div>')
    return (
        f'<!doctype html><html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{escape(title)}</h1><p class="note">{when:%Y-%m-%d %H:%M} · TuneDesk</p>'
        f"{''.join(exchanges)}</body></html>"
    )


def _answer(answer: Answer) -> str:
    sampling = answer.sampling
    how = (
        t("temperature {temperature}, seed {seed}", temperature=f"{sampling.temperature:g}", seed=sampling.seed)
        if sampling.draws
        else t("always the most probable text")
    )
    note = "" if answer.label else f'<p class="note">{escape(how)}</p>'
    name = f'<div class="name">{escape(answer.partner.name)}</div>'
    return f'<div class="answer">{name}<div class="text">{escape(answer.text)}</div>{note}</div>'
