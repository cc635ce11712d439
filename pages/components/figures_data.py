"""Figures of what a file holds: rows of each label, lengths, labels by group, blank cells.

Plotly only, no Streamlit and no translation: every word arrives translated. Labels, groups and columns come from
strangers' files, so each passes through ``literal`` first.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.components.figures import ACCENT, QUIET, SECOND
from pages.components.figures_results import calm, literal, shorten

BAR = 22  # pixels that a bar with its name takes
HOVER_WIDTH = 120  # columns of text that a hover may take
BINS = 30
FAR = 2.0  # a limit so many times longer than nearly all texts would squeeze the bars: it is left to the words
CELL = 30  # pixels of a row of the table of groups


def label_counts(counts: Sequence[tuple[str, int]], *, rows: str) -> go.Figure:
    """Rows of each label as bars with their number, in the order given, the first on top; every label has a bar."""
    positions = list(range(len(counts)))
    figure = go.Figure(
        go.Bar(
            x=[count for _, count in counts],
            y=positions,
            orientation="h",
            marker_color=ACCENT,
            text=[f"{count:,}" for _, count in counts],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{_hover(label)}: {count:,}" for label, count in counts],
            hoverinfo="text",
        )
    )
    most = max((count for _, count in counts), default=1)
    # A quarter of the width is for the number behind the longest bar.
    figure.update_xaxes(range=[0, 1.25 * most], title=rows, showticklabels=False, showgrid=False, fixedrange=True)
    _name_bars(figure, [label for label, _ in counts])
    return calm(figure, height=60 + BAR * len(counts))


def lengths(characters: Sequence[int], *, limit: int, title: str, rows: str, limit_name: str) -> go.Figure:
    """How long the texts are, with a line where a model stops reading; the longest hundredth is in the last bar.

    Args:
        characters: of each text.
        limit: characters that a model reads, about; no line where nearly all texts are much shorter.
        title, rows: titles of the axes.
        limit_name: what stands at the line.
    """
    ordered = sorted(characters)
    usual = max(1, ordered[int(0.99 * (len(ordered) - 1))]) if ordered else 1
    drawn = limit <= FAR * usual
    width = max(1, -(-usual // BINS))
    counts = [0] * (usual // width + 1)
    for length in characters:
        counts[min(length, usual) // width] += 1
    figure = go.Figure(
        go.Bar(
            x=[(position + 0.5) * width for position in range(len(counts))],
            y=counts,
            width=[0.92 * width] * len(counts),
            marker_color=ACCENT,
            hovertext=[f"{n * width:,} – {(n + 1) * width - 1:,}: {count:,}" for n, count in enumerate(counts)],
            hoverinfo="text",
        )
    )
    if drawn:
        figure.add_vline(x=limit, line={"color": SECOND, "width": 2, "dash": "dash"})
        # The words stand on the side where there is room for them.
        left = limit > usual / 2
        figure.add_annotation(
            x=limit,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if left else "left",
            text=limit_name,
            showarrow=False,
        )
    end = max(len(counts) * width, 1.04 * limit if drawn else 0)
    figure.update_xaxes(range=[0, end], title=title, tickformat=",", showgrid=False, fixedrange=True, nticks=6)
    figure.update_yaxes(title=rows, tickformat=",", fixedrange=True, nticks=5)
    figure = calm(figure, height=250)
    figure.update_layout(margin_t=28)
    return figure


def by_group(
    table: Sequence[Sequence[int]],
    groups: Sequence[str],
    labels: Sequence[str],
    *,
    group: str,
    label: str,
) -> go.Figure:
    """Rows ``table`` [group][label] as a table of cells, each shaded by its share of the rows of its group.

    Args:
        table: row counts.
        groups, labels: names of its rows and columns.
        group, label: titles of the axes; ``group`` may be the name of a column.
    """
    totals = [max(1, sum(line)) for line in table]
    figure = go.Figure(
        go.Heatmap(
            z=[[count / total for count in line] for line, total in zip(table, totals, strict=True)],
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(47,109,181,0.04)"], [1, "rgba(47,109,181,0.95)"]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertext=[
                [f"{_hover(groups[row])} · {_hover(labels[column])}: {count:,}" for column, count in enumerate(line)]
                for row, line in enumerate(table)
            ],
            hoverinfo="text",
        )
    )
    names = [literal(shorten(name, 14)) for name in labels]
    figure.update_xaxes(
        title=label, tickvals=list(range(len(labels))), ticktext=names, tickangle=-40, showgrid=False, fixedrange=True
    )
    _name_bars(figure, groups)
    figure.update_yaxes(title=literal(shorten(group)))
    return calm(figure, height=130 + CELL * len(groups))


def missing(shares: Sequence[tuple[str, float]], *, title: str) -> go.Figure:
    """Share of blank cells, from 0 to 1, of each column, in the order given, the first on top."""
    positions = list(range(len(shares)))
    figure = go.Figure(
        go.Bar(
            x=[share for _, share in shares],
            y=positions,
            orientation="h",
            marker_color=QUIET,
            text=[f"{share:.1%}" for _, share in shares],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{_hover(name)}: {share:.1%}" for name, share in shares],
            hoverinfo="text",
        )
    )
    figure.update_xaxes(range=[0, 1.2], tickvals=[0, 0.5, 1], tickformat=".0%", title=title, fixedrange=True)
    _name_bars(figure, [name for name, _ in shares])
    return calm(figure, height=70 + BAR * len(shares))


def _name_bars(figure: go.Figure, names: Sequence[str]) -> None:
    """Names at the left of horizontal bars, the first on top: cut, since a hover says them whole."""
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[literal(shorten(name)) for name in names],
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(bargap=0.35)


def _hover(name: str) -> str:
    return literal(shorten(name, HOVER_WIDTH))
