"""Figures of a judgement: how scores are spread, by which criterion, for which requests, and who wins pairs.

Plotly only, no Streamlit and no translation: every word arrives translated. Names of runs, criteria and groups come
from people and files, so each passes through ``literal`` first. Two contestants are blue and orange, told apart without
colour vision, and a legend names them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import ACCENT, QUIET, SECOND
from pages.components.figures_results import calm, literal, shorten
from pipeline.metrics.intervals import Interval

NAME_WIDTH = 28  # columns of text of a name beside its bars
STEPS = 10  # bars of a distribution from 0 to 100
HEIGHT = 300  # pixels of figures that stand beside each other
HALF = 0.5  # width of a bar of scores from 1 to 5
LINE, EDGES = 46, 90  # pixels of one name with its bars, and of what is around them
EDGE = 28  # pixels on the right, for half of the last number and of a dot at the end of the scale


@dataclass(frozen=True)
class Series:
    """What one contestant got."""

    name: str
    values: tuple[Interval | None, ...]  # of each name on the axis; None where there is none


def colours(count: int) -> list[str]:
    """Of contestants in their order: the last one, which is the one in question, has the accent."""
    return [SECOND, ACCENT][-count:]


def distribution(
    names: Sequence[str], scores: Sequence[Sequence[float]], scale: tuple[float, float], *, score: str, answers: str
) -> go.Figure:
    """How many answers got which score, of each contestant beside the other.

    Args:
        names: [contestants]
        scores: [contestants][scored answers]
        scale: its lowest and its highest score.
        score, answers: titles of the axes.
    """
    low, high = scale
    width = (high - low) / STEPS if high - low > STEPS else HALF
    # Of scores from 1 to 5 each bar stands on its score; of 0 to 100 it stands between its ends, 100 with the nineties.
    edges = np.arange(low, high + width / 2, width) if width > 1 else np.arange(low - width / 2, high + width, width)
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    for name, its, colour in zip(names, scores, colours(len(names)), strict=True):
        counts, _ = np.histogram(np.asarray(its), edges)
        figure.add_bar(
            x=middles,
            y=counts,
            name=literal(shorten(name, NAME_WIDTH)),
            marker_color=colour,
            marker_opacity=0.85,
            hovertemplate=f"{literal(name)}<br>%{{customdata}}: %{{y}}<extra></extra>",
            customdata=[f"{one - width / 2:g} – {one + width / 2:g}" if width > 1 else f"{one:g}" for one in middles],
        )
    figure.update_xaxes(title=score, range=[edges[0], edges[-1]], showgrid=False, **_ticks(scale))
    figure.update_yaxes(title=answers, fixedrange=True, nticks=5, tickformat=",d", rangemode="tozero")
    figure.update_layout(barmode="group", bargap=0.12, bargroupgap=0.04)
    return _named(calm(figure, height=HEIGHT, right=EDGE), len(names))


def bars(names: Sequence[str], series: Sequence[Series], scale: tuple[float, float], written: str) -> go.Figure:
    """Means as horizontal bars with their intervals, of each name one bar a contestant; the first name on top.

    Args:
        names: of criteria.
        series: of each contestant.
        scale: where bars begin and how long they may be.
        written: d3 format of a value, such as ".1f".
    """
    low = scale[0]
    figure = go.Figure()
    for its, colour in zip(series, colours(len(series)), strict=True):
        figure.add_bar(
            x=[None if one is None else one.value - low for one in its.values],
            base=low,
            y=list(range(len(names))),
            orientation="h",
            name=literal(shorten(its.name, NAME_WIDTH)),
            marker={"color": colour, "opacity": 0.55},
            error_x=_interval(its.values, colour),
            customdata=_said(its, written),
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="group", bargap=0.35)
    return _lined(figure, names, scale, len(series))


def dots(
    names: Sequence[str],
    series: Sequence[Series],
    scale: tuple[float, float],
    written: str,
    middle: float | None = None,
) -> go.Figure:
    """Figures as dots with their intervals, of each name one dot a contestant; the first name on top.

    Args:
        names: of parts of the prompts.
        series: of each contestant.
        scale: ends of the axis.
        written: d3 format of a value.
        middle: where nobody is better, drawn as a line; None for nothing.
    """
    figure = go.Figure()
    for its, colour in zip(series, colours(len(series)), strict=True):
        figure.add_scatter(
            x=[None if one is None else one.value for one in its.values],
            y=list(range(len(names))),
            mode="markers",
            name=literal(shorten(its.name, NAME_WIDTH)),
            marker={"color": colour, "size": 11, "symbol": "circle" if colour == ACCENT else "diamond"},
            error_x=_interval(its.values, colour),
            cliponaxis=False,
            customdata=_said(its, written),
            hovertemplate="%{customdata}<extra></extra>",
        )
    if middle is not None:
        figure.add_vline(x=middle, line={"color": QUIET, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(tickformat=written)
    return _lined(figure, names, scale, len(series))


def duel(names: Sequence[str], counts: Sequence[int], rate: Interval | None) -> go.Figure:
    """Wins, ties and losses as one bar, and under it the win rate with its interval, on the line of its shares.

    Args:
        names: of what the three stretches and the rate are called: wins, ties, losses, win rate.
        counts: wins, ties, losses of the contestant in question.
        rate: its win rate, from 0 to 1.
    """
    total = max(1, sum(counts))
    figure = go.Figure()
    for name, count, colour in zip(names, counts, (ACCENT, QUIET, SECOND), strict=False):
        figure.add_bar(
            x=[count / total],
            y=[0],
            orientation="h",
            name=literal(shorten(name, NAME_WIDTH)),
            marker_color=colour,
            text=[f"{count:,}" if count else ""],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": "white" if colour == ACCENT else "#14181e", "size": 15},
            hovertemplate=f"{literal(name)}: {count:,}<extra></extra>",
        )
    if rate is not None:
        figure.add_scatter(
            x=[rate.value],
            y=[1],
            mode="markers",
            showlegend=False,
            marker={"color": ACCENT, "size": 11},
            cliponaxis=False,
            error_x=_interval([rate], ACCENT),
            hovertemplate=f"{rate.value:.1%} ({rate.low:.1%} – {rate.high:.1%})<extra></extra>",
        )
    figure.add_vline(x=0.5, line={"color": QUIET, "width": 1.5, "dash": "dash"})
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_xaxes(range=[0, 1], tickformat=".0%", **_ticks((0, 1)))
    figure.update_yaxes(
        tickvals=[1], ticktext=[literal(names[3])], range=[1.6, -0.6], showgrid=False, zeroline=False, fixedrange=True
    )
    return _named(calm(figure, height=190, right=EDGE), 2)


def _said(its: Series, written: str) -> list[str]:
    form = written.strip()
    return [
        "" if one is None else f"{literal(its.name)}: {one.value:{form}} ({one.low:{form}} – {one.high:{form}})"
        for one in its.values
    ]


def _interval(values: Sequence[Interval | None], colour: str) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [0 if one is None else one.high - one.value for one in values],
        "arrayminus": [0 if one is None else one.value - one.low for one in values],
        "color": colour,
        "thickness": 3,
        "width": 6,
    }


def _lined(figure: go.Figure, names: Sequence[str], scale: tuple[float, float], count: int) -> go.Figure:
    figure.update_xaxes(range=list(scale), zeroline=False, **_ticks(scale))
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[literal(shorten(name, NAME_WIDTH)) for name in names],
        range=[len(names) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    return _named(calm(figure, height=EDGES + LINE * len(names), right=EDGE), count)


def _ticks(scale: tuple[float, float]) -> dict[str, object]:
    """Both ends of the scale and what is between them."""
    return {"tickvals": np.linspace(*scale, 5).tolist(), "fixedrange": True}


def _named(figure: go.Figure, count: int) -> go.Figure:
    """With a legend above where there is more than one contestant."""
    if count > 1:
        legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"}
        figure.update_layout(showlegend=True, legend=legend)
        figure.update_layout(margin={"t": 36})
    return figure
