"""Figures of results and predictions: scores beside baselines, confusion, class probabilities.

Plotly only, no Streamlit and no translation: every word arrives translated. Labels come from strangers'
files, and Plotly reads a small HTML subset in them, so each passes through ``literal`` first.
"""

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.components.figures import ACCENT, QUIET

LABEL_WIDTH = 18  # columns of text that an axis label may take before it is cut
STRONG_CELL = 0.55  # from this share of its row on, a cell is dark enough to need white digits
FREE_HOVER = 60  # pixels around a marker in which hover and click still mean it, so that a whole cell answers


@dataclass(frozen=True)
class ScoreBar:
    """One bar: a classifier's score with its interval, fractions from 0 to 1."""

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
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            return line[: max(position - 1, 1)] + "…"
    return line


def against_baselines(bars: Sequence[ScoreBar]) -> go.Figure:
    """Scores from 0 to 100 % as pale horizontal bars, first bar on top, each with its interval in full colour."""
    figure = go.Figure([_score(bar) for bar in bars])
    for bar in bars:
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=_wrapped(bar.name), text=_percent(bar.value), showarrow=False
        )
    figure.update_xaxes(range=[0, 1], tickvals=[0, 0.5, 1], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(bargap=0.45, barmode="overlay")
    return calm(figure, height=60 + 42 * len(bars), right=56)


def _score(bar: ScoreBar) -> go.Bar:
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
        hovertemplate=f"{_percent(bar.value)} ({_percent(bar.low)} – {_percent(bar.high)})<extra></extra>",
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
                hover(literal(labels[row]), literal(labels[column]), counts[row][column], _percent(shares[row][column]))
                for row, column in cells
            ],
            hoverinfo="text",
        )
    )
    ticks = {"tickvals": list(positions), "ticktext": [literal(shorten(label)) for label in labels]}
    figure.update_xaxes(title=predicted, showgrid=False, zeroline=False, fixedrange=True, tickangle=-30, **ticks)
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
                # None is the page's own text colour, light or dark.
                colour = "white" if shares[row][column] >= STRONG_CELL else None
                figure.add_annotation(x=column, y=row, text=f"{count:,}", showarrow=False, font={"color": colour})


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
            text=[_percent(value) for _, value in pairs],
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


def _percent(share: float) -> str:
    return f"{share:.1%}"


def calm(figure: go.Figure, height: int, right: int = 8) -> go.Figure:
    """``figure`` with the page's margins, ``height`` in pixels, and room for words to the ``right`` of its axes."""
    figure.update_layout(height=height, margin={"l": 8, "r": right, "t": 12, "b": 8}, showlegend=False)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
