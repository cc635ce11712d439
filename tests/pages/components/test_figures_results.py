"""Figures show strangers' labels letter by letter, and figures as they are."""

import plotly.graph_objects as go

from pages.components.figures_results import (
    ScoreBar,
    against_baselines,
    confusion,
    coverage,
    literal,
    probabilities,
    shorten,
)

HOSTILE = "<img src=http://127.0.0.1/x>&amp;\n<a href='javascript:x'>y</a>"


def written(figure: go.Figure) -> str:
    """Everything that is sent to the browser, without Plotly's own template."""
    figure.layout.template = None
    return figure.to_json().replace("\\u003c", "<").replace("\\u003e", ">")


def test_a_label_loses_its_tags_their_meaning_and_nothing_else() -> None:
    shown = literal(HOSTILE).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == HOSTILE.replace("\n", " ")


def test_no_figure_sends_a_tag_of_a_label() -> None:
    labels = [HOSTILE, "other"]
    figures = (
        against_baselines([ScoreBar(HOSTILE, 0.5, 0.4, 0.6, ours=True)]),
        confusion([[1, 2], [3, 4]], labels, hover=lambda *said: " ".join(map(str, said)), truth="t", predicted="p"),
        probabilities([(HOSTILE, 0.9), ("other", 0.1)]),
    )
    for figure in figures:
        assert "<img" not in written(figure)
        assert "<a href" not in written(figure)


def test_a_long_label_is_cut_by_the_room_it_takes() -> None:
    assert shorten("abcdefghij", 6) == "abcde…"
    assert shorten("退款与售后服务", 6) == "退款…"
    assert shorten("short", 6) == "short"


def test_short_names_of_classes_stand_level_and_long_ones_aslant() -> None:
    def angle(labels: list[str]) -> float:
        counts = [[1] * len(labels) for _ in labels]
        return confusion(counts, labels, hover=lambda *_: "", truth="t", predicted="p").layout.xaxis.tickangle

    assert angle(["上海", "北京", "广州"]) == 0
    assert angle(["退款与售后服务"] * 3) == angle(["a label of many words"] * 2) == -30


def test_digits_are_white_on_strong_cells_and_the_color_of_the_page_on_others() -> None:
    figure = confusion([[9, 1], [4, 4]], ["a", "b"], hover=lambda *_: "", truth="t", predicted="p")
    assert [note.font.color for note in figure.layout.annotations] == ["white", None, None, None]


def test_a_click_on_a_cell_says_which_classes_it_is_about() -> None:
    figure = confusion([[5, 1], [0, 7]], ["a", "b"], hover=lambda *_: "", truth="t", predicted="p")
    markers = figure.data[-1]
    assert [list(cell) for cell in markers.customdata] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert list(markers.x) == [0, 1, 0, 1]
    assert list(markers.y) == [0, 0, 1, 1]


def test_cells_without_rows_stay_empty() -> None:
    figure = confusion([[5, 0], [0, 7]], ["a", "b"], hover=lambda *_: "", truth="t", predicted="p")
    assert sorted(note.text for note in figure.layout.annotations) == ["5", "7"]


def test_rows_are_counted_by_confidence_and_those_below_the_threshold_are_quiet() -> None:
    bars = coverage([0.02, 0.52, 0.53, 1.0], 0.5, "confidence").data[0]
    assert (bars.y[0], bars.y[10], bars.y[19]) == (1, 2, 1)
    assert bars.marker.color[0] != bars.marker.color[10] == bars.marker.color[19]
