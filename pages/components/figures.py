"""Figures of data and of learning, as Vega-Lite specifications: cheap to send again every second.

No Streamlit and no translation: every word arrives translated. Colours are told apart without colour vision
and read on the light and on the dark background; grids and letters follow the theme.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pipeline.runs.metrics_log import Event

ACCENT = "#2f6db5"
SECOND = "#d9820f"
QUIET = "#98a2b3"
SMOOTHED_SHARE = 0.03  # of a line's points after which one counts half in its running mean
MOST_POINTS = 600  # points of one line that are sent; more cannot be told apart
MOST_LABELS = 15  # bars of label counts; what is rarer is added up
BINS = 30
MIDDLE = 0.5  # of the scale of scores
NEAR = 0.09  # of an axis: lines closer to each other leave no room for a name between them

Spec = dict[str, Any]


def loss(events: Sequence[Event], *, step: str, value: str, training: str, validation: str, best: str) -> Spec:
    """Training loss smoothed over its faint raw line, validation as points, the best one ringed.

    Args:
        events: of a run's metrics log; ``step`` and ``loss`` of kinds "train" and "validation" are read.
        step, value, training, validation, best: axis titles and names, translated.
    """
    raw = _thin([(event.values["step"], event.values["loss"]) for event in events if event.kind == "train"])
    smooth = _smoothed(raw)
    checked = [event.values for event in events if event.kind == "validation"]
    chosen = [values for values in checked if values.get("best")][-1:]
    colour = _legend([training, validation], [ACCENT, SECOND])
    layers = [
        _layer(
            [{"x": x, "y": y} for x, y in raw], {"type": "line", "strokeWidth": 1, "opacity": 0.25, "color": ACCENT}
        ),
        _layer([{"x": x, "y": y, "name": training} for x, y in smooth], {"type": "line", "strokeWidth": 2.5}, colour),
        _layer(
            [{"x": v["step"], "y": v["loss"], "name": validation} for v in checked],
            {"type": "point", "filled": True, "size": 60, "opacity": 1},
            colour,
        ),
        _layer(
            [{"x": v["step"], "y": v["loss"], "name": best} for v in chosen],
            {"type": "point", "filled": False, "size": 260, "strokeWidth": 2, "opacity": 1, "color": SECOND},
        ),
        _layer(
            [{"x": v["step"], "y": v["loss"], "name": best} for v in chosen],
            {"type": "text", "dy": -18, "color": SECOND, "text": {"expr": "datum.name"}},
        ),
    ]
    return _chart(layers, x=step, y=value)


def scores(
    events: Sequence[Event],
    *,
    step: str,
    lines: dict[str, str],
    baselines: dict[str, str],
    shares: bool = True,
    open_ended: bool = False,
) -> Spec:
    """One or two figures on the validation rows, what the baselines reach of the first one as dashed lines.

    Args:
        events: of a run's metrics log; kinds "validation" and "baseline" are read.
        step: axis title, translated.
        lines: translated name of each figure, by the name it has in the log.
        baselines: translated name of each baseline, by the name it has in the log.
        shares: the figures are shares, shown in percent; else correlations, which may fall below 0.
        open_ended: the figures have no largest value: the axis goes from 0 to the largest there is.
    """
    checked = [event.values for event in events if event.kind == "validation"]
    points = [{"x": v["step"], "y": v[line], "name": name} for line, name in lines.items() for v in checked]
    first, names = next(iter(lines)), list(lines.values())
    simple = {event.values["name"]: event.values[first] for event in events if event.kind == "baseline"}
    rules = [{"y": value, "name": baselines.get(name, name)} for name, value in simple.items()]
    seen = [point["y"] for point in (*points, *rules)]
    low, high = 0.0 if shares else min([0.0, *seen]), 1.0
    axis: Spec = {"format": ".0%" if shares else ".1f", "tickCount": 5}
    if open_ended:
        low, high, axis = 0.0, 1.15 * max(seen, default=1.0), {"format": ".2f"}
    layers = [
        _layer(rules, {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 1.5, "color": QUIET}, x=False),
        *_names_beside(rules, NEAR * (high - low)),
        _layer(points, {"type": "line", "strokeWidth": 2.5}, _legend(names, [ACCENT, SECOND])),
        _layer(points, {"type": "point", "filled": True, "size": 60, "opacity": 1}, _legend(names, [ACCENT, SECOND])),
    ]
    return _chart(layers, x=step, y="", y_scale={"domain": [low, high]}, y_axis=axis)


def label_counts(counts: Sequence[tuple[str, int]], *, rows: str, others: str) -> Spec:
    """Rows of each label as bars, most frequent on top; what is rarer than the first ones is one quiet bar."""
    shown = [{"label": label, "rows": count, "rest": False} for label, count in counts[:MOST_LABELS]]
    rest = counts[MOST_LABELS:]
    if rest:
        shown.append({"label": others, "rows": sum(count for _, count in rest), "rest": True})
    return {
        "data": {"values": shown},
        "height": 26 * len(shown) + 20,
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"labelLimit": 160, "labelOverlap": False, "ticks": False, "domain": False},
            },
            # A fifth of the width is for the number behind the longest bar.
            "x": {
                "field": "rows",
                "type": "quantitative",
                "title": rows,
                "axis": None,
                "scale": {
                    "domainMax": 1.2 * max([1, *(count for _, count in counts), sum(count for _, count in rest)])
                },
            },
            "tooltip": [{"field": "label"}, {"field": "rows", "title": rows, "format": ","}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": 14},
                "encoding": {"color": {"condition": {"test": "datum.rest", "value": QUIET}, "value": ACCENT}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": QUIET},
                "encoding": {"text": {"field": "rows", "format": ","}},
            },
        ],
    }


def lengths(characters: Sequence[int], *, title: str, rows: str) -> Spec:
    """How long the texts are; the longest hundredth is drawn into the last bar so that it squeezes nothing."""
    ordered = sorted(characters)
    top = max(1, ordered[int(0.99 * (len(ordered) - 1))]) if ordered else 1
    width = max(1, -(-top // BINS))
    counts: dict[int, int] = {}
    for length in characters:
        start = min(length, top) // width * width
        counts[start] = counts.get(start, 0) + 1
    bars = [{"start": start, "end": start + width, "rows": counts[start]} for start in sorted(counts)]
    return {
        "data": {"values": bars},
        "height": 220,
        "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 2, "binSpacing": 1},
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "bin": {"binned": True, "step": width}, "title": title},
            "x2": {"field": "end"},
            "y": {"field": "rows", "type": "quantitative", "title": rows, "axis": {"tickCount": 4}, "stack": None},
            "tooltip": [{"field": "start", "title": title}, {"field": "rows", "title": rows}],
        },
    }


def numbers(counts: Sequence[tuple[float, int]], *, title: str, rows: str) -> Spec:
    """How often numbers of each size are there: a bar a number where there are few, else of ranges.

    Args:
        counts: each different number, ascending, with its rows.
        title, rows: axis titles, translated.
    """
    lowest, highest = counts[0][0], counts[-1][0]
    smallest_step = min((b - a for (a, _), (b, _) in pairwise(counts)), default=1.0)
    width = max(smallest_step, (highest - lowest) / BINS) if len(counts) > BINS else smallest_step
    width = max(width, (highest - lowest) / (4 * BINS))  # two numbers that hardly differ make no bars of a hair
    bars: dict[int, int] = {}
    for number, its in counts:
        place = int((number - lowest) / width + 1e-9)
        bars[place] = bars.get(place, 0) + its
    values = [
        {"start": lowest + (place - 0.5) * width, "end": lowest + (place + 0.5) * width, "rows": its}
        for place, its in bars.items()
    ]
    return {
        "data": {"values": values},
        "height": 220,
        "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 2, "binSpacing": 1},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "bin": {"binned": True, "step": width},
                "title": title,
                "scale": {"zero": False, "nice": False},
                "axis": {"grid": False, "tickCount": 8},
            },
            "x2": {"field": "end"},
            "y": {"field": "rows", "type": "quantitative", "title": rows, "axis": {"tickCount": 4}, "stack": None},
            "tooltip": [
                {"field": "start", "title": title, "format": ".3~g"},
                {"field": "end", "title": "–", "format": ".3~g"},
                {"field": "rows", "title": rows, "format": ","},
            ],
        },
    }


def _chart(layers: list[Spec], *, x: str, y: str, y_scale: Spec | None = None, y_axis: Spec | None = None) -> Spec:
    # A run that was stopped at once has one point, at step 0: an axis needs a length all the same.
    last = max((point["x"] for layer in layers for point in layer["data"]["values"] if "x" in point), default=1)
    return {
        "height": 300,
        "encoding": {
            "x": {
                "type": "quantitative",
                "title": x,
                "scale": {"domain": [0, max(1, last)]},
                "axis": {"grid": False, "tickMinStep": 1, "tickCount": 6, "format": ",d"},
            },
            "y": {
                "type": "quantitative",
                "title": y or None,
                "scale": y_scale or {"zero": False, "nice": True},
                # Enough digits to tell the labels of a narrow axis apart; zeros at the end are cut off.
                "axis": {"tickCount": 5, "format": ".6~g", **(y_axis or {})},
            },
        },
        "layer": [layer for layer in layers if layer["data"]["values"]] or [_layer([], {"type": "point"})],
    }


def _names_beside(rules: list[Spec], near: float) -> list[Spec]:
    """The names of lines, where a curve that starts low on the left and ends high on the right is not.

    Args:
        rules: ``y`` and ``name`` of each line.
        near: two lines closer than this have room for a name above the one and below the other only.
    """
    ordered, layers = sorted(rules, key=lambda rule: rule["y"]), []
    for number, rule in enumerate(ordered):
        high = rule["y"] >= MIDDLE
        over_another = number > 0 and rule["y"] - ordered[number - 1]["y"] < near
        under_another = number + 1 < len(ordered) and ordered[number + 1]["y"] - rule["y"] < near
        above = over_another or (high and not under_another)
        side = {"align": "left", "dx": 4} if high else {"align": "right", "dx": -4}
        layers.append(_names([rule], 0 if high else "width", {**side, "dy": -8 if above else 10}))
    return layers


def _names(rules: list[Spec], x: int | str, place: Spec) -> Spec:
    mark = {"type": "text", "color": QUIET, "text": {"expr": "datum.name"}, **place}
    return _layer(rules, mark, {"x": {"value": x}}, x=False)


def _layer(values: list[Spec], mark: Spec, encoding: Spec | None = None, *, x: bool = True) -> Spec:
    places: Spec = {"y": {"field": "y"}}
    if x:
        places["x"] = {"field": "x"}
    return {"data": {"values": values}, "mark": mark, "encoding": {**places, **(encoding or {})}}


def _legend(names: list[str], colours: list[str]) -> Spec:
    scale = {"domain": names, "range": colours}
    legend = {"title": None, "orient": "top", "symbolType": "circle"}
    return {"color": {"field": "name", "type": "nominal", "scale": scale, "legend": legend}}


def _smoothed(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Running mean with the start corrected (Kingma & Ba 2015, section 3), so that it does not begin at 0."""
    keep = 0.5 ** (1 / max(1.0, SMOOTHED_SHARE * len(points)))
    mean, result = 0.0, []
    for number, (x, y) in enumerate(points, start=1):
        mean = keep * mean + (1 - keep) * y
        result.append((x, mean / (1 - keep**number)))
    return result


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    every = -(-len(points) // MOST_POINTS) or 1
    return points[::every]
