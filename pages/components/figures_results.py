"""Figures of results and predictions: scores beside baselines, confusion, class probabilities.

Plotly only, no Streamlit and no translation: every word arrives translated. Labels come from strangers'
files, and Plotly reads a small HTML subset in them, so each passes through ``literal`` first.
"""

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from pages.components.figures import ACCENT, QUIET, SECOND

LABEL_WIDTH = 18  # columns of text that an axis label may take before it is cut
STRONG_CELL = 0.8  # from this share of its row on, a cell is dark enough to need white digits
LEVEL_NAMES = 30  # columns of text that the names of columns may take together before they are drawn aslant
# Digits on a cell in the page's own text colour, light or dark: Plotly knows only the grey of the axes, which cannot be
# read on a blue cell. White digits, on strong cells, stay white.
READABLE_CELLS = """<style>
.st-key-confusion .annotation-text:not([style*="rgb(255, 255, 255)"]) {
  fill: var(--st-text-color, light-dark(#1d2733, #e4e8ed)) !important; }
</style>"""
MOST_POINTS = 2_000  # of a scatter: more cannot be told apart
ERROR_BARS = 31  # an odd number, so that one stands on 0
FREE_HOVER = 60  # pixels around a marker in which hover and click still mean it, so that a whole cell answers


@dataclass(frozen=True)
class ScoreBar:
    """One bar: a model's score with its interval, from 0 to 1 or in the unit of a column."""

    name: str
    value: float
    low: float
    high: float
    ours: bool


def literal(text: str) -> str:
    """``text`` as Plotly shows it letter by letter: tags and entities lose their meaning, line breaks become spaces."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, width: int = LABEL_WIDTH) -> str:
    """``text`` on one line, cut with an ellipsis after ``width`` columns; a Chinese character takes two."""
    line = " ".join(text.split())
    used = 0
    for position, character in enumerate(line):
        used += columns(character)
        if used > width:
            return line[: max(position - 1, 1)] + "…"
    return line


def columns(text: str) -> int:
    """How many columns of text ``text`` takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def percent(share: float) -> str:
    """A fraction from 0 to 1 with one decimal."""
    return f"{share:.1%}"


def against_baselines(
    bars: Sequence[ScoreBar], written: Callable[[float], str] = percent, *, open_ended: bool = False
) -> go.Figure:
    """Scores as pale horizontal bars, first bar on top, each with its interval in full colour.

    Args:
        written: how a value is written beside its bar.
        open_ended: the scale ends at the longest bar; else it goes from 0 (a correlation: from below) to 1.
    """
    figure = go.Figure([_score(bar, written) for bar in bars])
    for bar in bars:
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=_wrapped(bar.name), text=written(bar.value), showarrow=False
        )
    if open_ended:
        figure.update_xaxes(range=[0, 1.02 * max(bar.high for bar in bars)], nticks=4, fixedrange=True)
    else:
        lowest = min([0.0, *(bar.low for bar in bars)])
        ends = [0, 0.5, 1]
        figure.update_xaxes(range=[lowest, 1], tickvals=ends, ticktext=[_end(end, written) for end in ends])
        figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(bargap=0.45, barmode="overlay")
    return calm(figure, height=60 + 42 * len(bars), right=56)


def _end(value: float, written: Callable[[float], str]) -> str:
    """The end of a scale: no decimals where these would all be 0."""
    return f"{value:.0%}" if written(1).endswith("%") else f"{value:g}"


def _score(bar: ScoreBar, written: Callable[[float], str]) -> go.Bar:
    colour = ACCENT if bar.ours else QUIET
    return go.Bar(
        x=[bar.value],
        y=[_wrapped(bar.name)],
        orientation="h",
        marker={"color": colour, "opacity": 0.4},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [bar.high - bar.value],
            "arrayminus": [bar.value - bar.low],
            "color": colour,
            "thickness": 3,
            "width": 6,
        },
        hovertemplate=f"{written(bar.value)} ({written(bar.low)} – {written(bar.high)})<extra></extra>",
    )


def confusion(
    counts: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    hover: Callable[[str, str, int, str], str],
    truth: str,
    predicted: str,
) -> go.Figure:
    """The confusion matrix ``counts`` [true class][predicted class]; each cell is shaded by its share of its row.

    A click selects the marker of a cell; its ``customdata`` is [true index, predicted index] into ``labels``.
    A heatmap alone would return no clicks (it has no points), so transparent markers lie on it.

    Args:
        hover: what a cell says: of its true label, its predicted label, its rows and their share of the true class.
        truth, predicted: titles of the axes.
    """
    positions = range(len(labels))
    totals = [max(sum(row), 1) for row in counts]
    shares = [[count / total for count in row] for row, total in zip(counts, totals, strict=True)]
    cells = [(row, column) for row in positions for column in positions]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(positions),
            y=list(positions),
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(47,109,181,0.04)"], [1, "rgba(47,109,181,0.95)"]],
            showscale=False,
            hoverinfo="skip",
            xgap=2,
            ygap=2,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[column for _, column in cells],
            y=[row for row, _ in cells],
            mode="markers",
            marker={"symbol": "square", "size": 34, "color": "rgba(0,0,0,0)"},
            selected={"marker": {"color": "rgba(217,119,6,0.35)", "opacity": 1}},
            unselected={"marker": {"opacity": 0}},
            customdata=[[row, column] for row, column in cells],
            hovertext=[
                hover(literal(labels[row]), literal(labels[column]), counts[row][column], percent(shares[row][column]))
                for row, column in cells
            ],
            hoverinfo="text",
        )
    )
    names = [shorten(label) for label in labels]
    ticks = {"tickvals": list(positions), "ticktext": [literal(name) for name in names]}
    angle = 0 if sum(map(columns, names)) <= LEVEL_NAMES else -30
    figure.update_xaxes(title=predicted, showgrid=False, zeroline=False, fixedrange=True, tickangle=angle, **ticks)
    figure.update_yaxes(title=truth, showgrid=False, zeroline=False, fixedrange=True, autorange="reversed", **ticks)
    _write_counts(figure, counts, shares)
    figure.update_layout(
        clickmode="event+select", dragmode=False, hovermode="closest", hoverdistance=FREE_HOVER, showlegend=False
    )
    return calm(figure, height=150 + 46 * len(labels))


def _write_counts(figure: go.Figure, counts: Sequence[Sequence[int]], shares: Sequence[Sequence[float]]) -> None:
    # As annotations: the digits of a trace would fade as soon as a cell is selected.
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                # None: see READABLE_CELLS.
                colour = "white" if shares[row][column] >= STRONG_CELL else None
                figure.add_annotation(x=column, y=row, text=f"{count:,}", showarrow=False, font={"color": colour})


def predicted_beside_true(
    true: npt.NDArray[np.float64],
    said: npt.NDArray[np.float64],
    *,
    truth: str,
    predicted: str,
    shares: bool = False,
) -> go.Figure:
    """A point a row, pale so that many are seen as many, over the line on which both numbers are one.

    Args:
        true, said: [n] numbers in the unit of their column.
        truth, predicted: titles of the axes.
        shares: the numbers are fractions from 0 to 1, shown in percent.
    """
    form = ".1%" if shares else ".4~g"
    every = -(-len(true) // MOST_POINTS)
    low, high = float(min(true.min(), said.min())), float(max(true.max(), said.max()))
    edge = 0.04 * (high - low or 1.0)
    figure = go.Figure(
        [
            go.Scatter(
                x=[low - edge, high + edge],
                y=[low - edge, high + edge],
                mode="lines",
                line={"color": QUIET, "width": 1.5, "dash": "dash"},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=true[::every],
                y=said[::every],
                mode="markers",
                marker={"color": ACCENT, "size": 8, "opacity": 0.35},
                hovertemplate=f"%{{x:{form}}} → %{{y:{form}}}<extra></extra>",
            ),
        ]
    )
    scale = {"range": [low - edge, high + edge], "fixedrange": True, "zeroline": False}
    if shares:
        scale["tickformat"] = ".0%"
    figure.update_xaxes(title=truth, **scale)
    figure.update_yaxes(title=predicted, **scale)
    return calm(figure, height=380)


def errors(values: npt.NDArray[np.float64], *, title: str, rows: str) -> go.Figure:
    """How far off predictions are, too low on the left, too high on the right; 0 in the middle of a bar.

    Args:
        values: [n] predicted less true number.
        title, rows: titles of the axes.
    """
    reach = float(np.quantile(np.abs(values), 0.995)) or 1.0
    width = 2 * reach / ERROR_BARS
    places = np.clip(np.round(values / width), -(ERROR_BARS // 2), ERROR_BARS // 2).astype(int)
    kinds, counts = np.unique(places, return_counts=True)
    figure = go.Figure(
        go.Bar(
            x=kinds * width,
            y=counts,
            width=0.9 * width,
            marker_color=ACCENT,
            marker_opacity=0.75,
            hovertemplate="%{x:+.3~g}: %{y}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(title=title, fixedrange=True, showgrid=False, zeroline=False)
    figure.update_yaxes(title=rows, fixedrange=True, nticks=5)
    return calm(figure, height=380)


def against_thresholds(pairs: Sequence[tuple[str, float, float]]) -> go.Figure:
    """Probabilities of labels as bars, each with a mark at its threshold; those that reach it in full colour.

    Args:
        pairs: label, its probability and its threshold, fractions from 0 to 1, in the order to draw.
    """
    positions = list(range(len(pairs)))
    figure = go.Figure(
        [
            go.Bar(
                x=[value for _, value, _ in pairs],
                y=positions,
                orientation="h",
                marker_color=[ACCENT if value >= limit else QUIET for _, value, limit in pairs],
                text=[percent(value) for _, value, _ in pairs],
                textposition="outside",
                cliponaxis=False,
                hovertext=[literal(label) for label, _, _ in pairs],
                hoverinfo="text",
            ),
            go.Scatter(
                x=[limit for _, _, limit in pairs],
                y=positions,
                mode="markers",
                marker={"symbol": "line-ns", "size": 20, "line": {"width": 2.5, "color": SECOND}},
                hovertext=[percent(limit) for _, _, limit in pairs],
                hoverinfo="text",
            ),
        ]
    )
    figure.update_xaxes(range=[0, 1.12], visible=False, fixedrange=True)
    names = [literal(shorten(label, 28)) for label, _, _ in pairs]
    figure.update_yaxes(tickvals=positions, ticktext=names, autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(bargap=0.4)
    return calm(figure, height=40 + 34 * len(pairs))


def probabilities(pairs: Sequence[tuple[str, float]]) -> go.Figure:
    """Class probabilities, fractions from 0 to 1, as horizontal bars in the order given; the first is the answer."""
    names = [literal(shorten(label, 28)) for label, _ in pairs]
    positions = list(range(len(pairs)))
    figure = go.Figure(
        go.Bar(
            x=[value for _, value in pairs],
            y=positions,
            orientation="h",
            marker_color=[ACCENT if position == 0 else QUIET for position in positions],
            text=[percent(value) for _, value in pairs],
            textposition="outside",
            cliponaxis=False,
            hovertext=[literal(label) for label, _ in pairs],
            hoverinfo="text",
        )
    )
    figure.update_xaxes(range=[0, 1.12], visible=False, fixedrange=True)
    figure.update_yaxes(tickvals=positions, ticktext=names, autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(bargap=0.4)
    return calm(figure, height=40 + 34 * len(pairs))


def coverage(confidences: Sequence[float], threshold: float, title: str) -> go.Figure:
    """How sure the model was: rows by confidence in steps of 5 %, those under ``threshold`` in the quiet colour."""
    steps = 20
    counts = [0] * steps
    for confidence in confidences:
        counts[min(int(confidence * steps), steps - 1)] += 1
    middles = [(step + 0.5) / steps for step in range(steps)]
    colours = [ACCENT if middle >= threshold else QUIET for middle in middles]
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=counts,
            marker_color=colours,
            customdata=[[f"{step / steps:.0%}", f"{(step + 1) / steps:.0%}"] for step in range(steps)],
            hovertemplate="%{customdata[0]} – %{customdata[1]}: %{y}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", title=title, fixedrange=True, showgrid=False)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(bargap=0.08)
    return calm(figure, height=190)


def _wrapped(name: str) -> str:
    return "<br>".join(literal(line) for line in textwrap.wrap(name, LABEL_WIDTH))


def calm(figure: go.Figure, height: int, right: int = 8) -> go.Figure:
    """``figure`` with the page's margins, ``height`` in pixels, and room for words to the ``right`` of its axes."""
    figure.update_layout(height=height, margin={"l": 8, "r": right, "t": 12, "b": 8}, showlegend=False)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
