"""A judgement to take away: a CSV file for spreadsheets, and one HTML file for somebody who decides.

The CSV file speaks the reader's language. Every word of the HTML arrives translated and goes through ``html.escape``;
the policy in the file's head is the second line. It has no scripts and loads nothing. Neither file holds a key or an
address.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipeline.data.formulas import neutral
from pipeline.errors import N_
from pipeline.i18n import translate
from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.side_by_side import JudgedRow, Remark

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --ours: #2f6db5; --other: #d9820f; --quiet: light-dark(#5b6775, #98a2b3);
  --line: light-dark(#dfe4ea, #333c47); }
body { font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem;
  color: light-dark(#1d2733, #e4e8ed); background: light-dark(#ffffff, #14181e); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.35; margin: 0 0 0.5rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 0.5rem; }
.note { color: var(--quiet); font-size: 0.9rem; margin: 0.25rem 0; }
.warning { border-left: 4px solid var(--other); padding: 0.25rem 0.9rem; margin: 1rem 0; }
.bar { display: grid; grid-template-columns: minmax(7rem, 14rem) minmax(6rem, 1fr) 12rem; gap: 0.9rem;
  align-items: center; margin: 0.45rem 0; font-size: 0.95rem; }
.bar svg { width: 100%; height: 1.3rem; }
.bar .value { font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: minmax(7rem, 14rem) 1fr; gap: 0.3rem 0.9rem; margin: 0.5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; }
.row { border: 1px solid var(--line); border-radius: 0.9rem; padding: 0.9rem 1.1rem; margin: 1rem 0; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1.25rem; }
.text { white-space: pre-wrap; } .name { font-weight: 600; margin-top: 0.7rem; }
@media (max-width: 36rem) { .bar { grid-template-columns: 1fr; gap: 0.1rem; margin: 0.9rem 0; } dl { display: block; } }
@media print { .row { break-inside: avoid; } }
"""


# To answer, score and reason the contestant's name is added; the better answer is of pairs only.
_COLUMNS = (
    *(N_("Row"), N_("Asked"), N_("Right answer"), N_("Answer"), N_("Score")),
    *(N_("Reason"), N_("Better answer"), N_("Why there is no verdict")),
)


@dataclass(frozen=True)
class Bar:
    """One figure with its interval."""

    name: str
    value: str  # as people read it, with its interval
    share: float  # of the scale, 0 to 1
    low: float
    high: float
    ours: bool = True  # of the contestant that is in question; else of the one that it is compared with


@dataclass(frozen=True)
class Section:
    """Figures that belong together."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One text of a row, with what was said of it."""

    name: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Telling:
    """What the HTML file says, all of it translated and none of it escaped."""

    language: str  # "en" or "zh-CN"
    answer: str  # the first line
    grounds: str
    warning: str  # "" for none
    facts_title: str
    facts: tuple[tuple[str, str], ...]  # who judged what, and how
    sections: tuple[Section, ...]
    rows_title: str
    rows: tuple[tuple[str, tuple[Part, ...]], ...]  # title of each row, and its texts
    foot: str


def as_csv(judgement: Judgement, rows: Sequence[JudgedRow], language: str) -> bytes:
    """A CSV file that spreadsheets open as UTF-8, with no cell that they would take for a formula; a line a prompt.

    Args:
        judgement: whose rows these are.
        rows: what to write; rows are counted from 1 there, as people do.
        language: of the names of the columns, one of LANGUAGES.
    """
    names = [one.name for one in judgement.material.contestants]
    pairs = judgement.spec.mode == "pairwise"
    row, asked, right, answer, score, reason, winner, missing = (translate(name, language) for name in _COLUMNS)
    tie = translate(N_("tie"), language)
    columns = [row, asked, right]
    for name in names:
        columns += [f"{answer}: {name}"] if pairs else [f"{answer}: {name}", f"{score}: {name}", f"{reason}: {name}"]
    columns += [winner, reason, missing] if pairs else [missing]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in columns])
    for one in rows:
        writer.writerow([one.row + 1, *map(neutral, (one.asked, one.reference)), *_cells(one, names, tie, pairs)])
    return out.getvalue().encode("utf-8-sig")


def _cells(row: JudgedRow, names: Sequence[str], tie: str, pairs: bool) -> list[str]:
    missing = ", ".join(row.missing)
    if pairs:
        won = "" if row.winner is None else tie if row.winner == TIE else names[row.winner]
        texts = [*(one.text for one in row.answers), won, as_text(row.remarks)]
        return [*map(neutral, texts), missing]
    cells = []
    for one in row.answers:
        score = "" if one.score is None else f"{one.score:g}"
        cells += [neutral(one.text), score, neutral(as_text(one.remarks))]
    return [*cells, missing]


def as_text(remarks: Sequence[Remark]) -> str:
    """What was said, a line a question, each with what it is about and its score where there are several."""
    lines = []
    for one in remarks:
        about = " ".join(filter(None, (one.about, "" if one.score is None or not one.about else f"{one.score:g}")))
        lines.append(": ".join(filter(None, (about, one.reason))))
    return "\n".join(filter(None, lines))


def as_html(telling: Telling) -> str:
    """The whole file."""
    warning = f'<p class="warning">{escape(telling.warning)}</p>' if telling.warning else ""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in telling.facts)
    return (
        f'<!doctype html><html lang="{escape(telling.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(telling.answer)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{escape(telling.answer)}</h1><p class="note">{escape(telling.grounds)}</p>{warning}'
        f"{''.join(map(_section, telling.sections))}<h2>{escape(telling.facts_title)}</h2><dl>{facts}</dl>"
        f"<h2>{escape(telling.rows_title)}</h2>{''.join(_row(title, parts) for title, parts in telling.rows)}"
        f'<p class="note">{escape(telling.foot)}</p></body></html>'
    )


def _section(section: Section) -> str:
    note = f'<p class="note">{escape(section.note)}</p>' if section.note else ""
    return f"<h2>{escape(section.title)}</h2>{note}{''.join(map(_bar, section.bars))}"


def _bar(bar: Bar) -> str:
    """A bar from the left end of the scale, pale, and the interval over it as a line."""
    share, low, high = (100 * min(1.0, max(0.0, one)) for one in (bar.share, bar.low, bar.high))
    colour = f"var(--{'ours' if bar.ours else 'other'})"
    drawn = (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="10" fill="currentColor" opacity="0.08"/>'
        f'<rect width="{share:.2f}" height="10" fill="{colour}" opacity="0.55"/>'
        f'<rect x="{low:.2f}" width="{max(0.4, high - low):.2f}" y="4" height="2" fill="currentColor"/></svg>'
    )
    return (
        f'<div class="bar"><span>{escape(bar.name)}</span>{drawn}<span class="value">{escape(bar.value)}</span></div>'
    )


def _row(title: str, parts: Sequence[Part]) -> str:
    asked, *answers = parts
    return (
        f'<div class="row"><p class="note">{escape(title)}</p>{_part(asked)}'
        f'<div class="answers">{"".join(map(_part, answers))}</div></div>'
    )


def _part(part: Part) -> str:
    note = f'<p class="note text">{escape(part.note)}</p>' if part.note else ""
    return f'<div><div class="name">{escape(part.name)}</div><div class="text">{escape(part.text)}</div>{note}</div>'
