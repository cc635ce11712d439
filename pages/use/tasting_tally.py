"""How a tasting stands, as bars that a room can read. HTML of our own, every word through ``html.escape``.

A is blue and on the left, B is orange and on the right, each with its letter: told apart without colour, too.
"""

from html import escape

from pages.components.figures import ACCENT, SECOND
from pages.components.sentences import percent
from pages.components.text import t, tn
from pipeline.actions.tasting import Count, Pair, Tally, Tasting

_STYLE = f"""<style>
.td-tally {{ --a: {ACCENT}; --b: {SECOND}; font-size: var(--size); line-height: 1.4; }}
.td-tally .ends {{ display: flex; justify-content: space-between; gap: 1em; align-items: end; }}
.td-tally .ends > :last-child {{ text-align: right; }}
.td-tally .letter {{ display: inline-block; min-width: 1.7em; text-align: center; font-weight: 700;
  border-radius: .35em; color: #fff; background: var(--a); }}
.td-tally .letter.b {{ color: #14181e; background: var(--b); }}
.td-tally .name {{ overflow-wrap: anywhere; font-weight: 600; }}
.td-tally .big {{ font-size: 2.6em; font-weight: 700; line-height: 1.15; font-variant-numeric: tabular-nums; }}
.td-tally .quiet {{ opacity: .72; font-size: .85em; }}
.td-tally .bar {{ position: relative; height: 1.6em; border-radius: .4em; overflow: hidden; margin: .3em 0;
  background: color-mix(in srgb, currentColor 14%, transparent); }}
.td-tally .bar.voted {{ background: var(--b); }}
.td-tally .bar i {{ position: absolute; inset: 0 auto 0 0; background: var(--a); border-right: 2px solid #fff; }}
.td-tally .bar b {{ position: absolute; top: calc(50% - 2px); height: 4px; background: #14181e;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .75); }}
.td-tally .bar u {{ position: absolute; inset: 0 auto 0 50%; width: 0; border-left: 2px dashed #fff; opacity: .8; }}
.td-tally .one {{ display: grid; grid-template-columns: minmax(0, 1fr) 2em minmax(6em, 40%) 2em; gap: .6em;
  align-items: center; font-size: .85em; }}
.td-tally .one .bar {{ height: .9em; }}
.td-tally .one .prompt {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }}
.td-tally .one .n {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>"""


def markup(tasting: Tasting, tally: Tally, *, names: bool, large: bool) -> str:
    """The bars of all prompts together and of each.

    Args:
        tasting: what is tasted.
        tally: how it stands.
        names: whether to say which model is A.
        large: for people far from the screen.
    """
    return (
        f'{_STYLE}<div class="td-tally" style="--size: {"1.45rem" if large else "1rem"}">'
        f"{_together(tasting, tally, names)}{''.join(map(_one, tasting.pairs, tally.counts))}</div>"
    )


def said(tally: Tally) -> str:
    """The interval of the share in words, "" without a vote."""
    if tally.share is None:
        return ""
    return t(
        "Share of A: {share}, 95% interval {low} to {high}. Each phone counts once, however often it voted.",
        share=percent(tally.share.value),
        low=percent(tally.share.low),
        high=percent(tally.share.high),
    )


def _together(tasting: Tasting, tally: Tally, names: bool) -> str:
    share, votes = tally.share, tally.together
    shares = ("–", "–") if share is None else (percent(share.value), percent(1 - share.value))
    sides = zip("AB", tasting.models, shares, (votes.first, votes.second), strict=True)
    ends = "".join(_end(letter, name if names else "", value, number) for letter, name, value, number in sides)
    bar = '<div class="bar"></div>'
    if share is not None:
        reach = f"left: {share.low:.2%}; width: {share.high - share.low:.2%}"
        bar = (
            f'<div class="bar voted" role="img" aria-label="{escape(said(tally))}"><i style="width: {share.value:.2%}">'
            f'</i><u></u><b style="{reach}"></b></div>'
        )
    phones = tn("{n} phone has voted.", "{n} phones have voted.", tally.phones)
    note = " ".join((phones, said(tally))).strip()
    return f'<div class="ends">{ends}</div>{bar}<p class="quiet">{escape(note)}</p>'


def _end(letter: str, name: str, share: str, number: int) -> str:
    votes = tn("{n} vote", "{n} votes", number)
    return (
        f'<div><span class="letter {letter.lower()}">{letter}</span> <span class="name">{escape(name)}</span>'
        f'<div class="big">{share}</div><div class="quiet">{escape(votes)}</div></div>'
    )


def _one(pair: Pair, votes: Count) -> str:
    bar = '<div class="bar"></div>'
    if votes.total:
        label = t("{first} votes for A, {second} for B", first=votes.first, second=votes.second)
        width = f"{votes.first / votes.total:.2%}"
        bar = f'<div class="bar voted" role="img" aria-label="{escape(label)}"><i style="width: {width}"></i></div>'
    return (
        f'<div class="one"><span class="prompt">{escape(" ".join(pair.prompt.split()))}</span>'
        f'<span class="n">{votes.first}</span>{bar}<span>{votes.second}</span></div>'
    )
