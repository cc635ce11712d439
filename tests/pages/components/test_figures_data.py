"""Figures of a file: every label has its bar, and nothing of a stranger's names is obeyed."""

import plotly.graph_objects as go

from pages.components.figures_data import by_group, label_counts, lengths, missing

HOSTILE = "<img src=http://127.0.0.1/x>&amp;\n<a href='javascript:x'>y</a>"


def written(figure: go.Figure) -> str:
    """Everything that is sent to the browser, without Plotly's own template."""
    figure.layout.template = None
    return str(figure.to_json()).replace("\\u003c", "<").replace("\\u003e", ">")


def histogram(characters: list[int], limit: int) -> go.Figure:
    return lengths(characters, limit=limit, title="Characters", rows="Rows", limit_name="128 tokens")


def test_every_label_has_a_bar_with_room_for_its_name_however_many_there_are() -> None:
    figure = label_counts([(f"label {n}", 100 - n) for n in range(77)], rows="Rows")

    assert len(figure.data[0].x) == len(figure.layout.yaxis.ticktext) == 77
    assert figure.layout.height / 77 > 20


def test_a_long_label_is_cut_on_the_axis_and_whole_when_pointed_at() -> None:
    name = "a queue with a very long name indeed"
    figure = label_counts([(name, 3)], rows="Rows")

    assert figure.layout.yaxis.ticktext[0].endswith("…")
    assert figure.data[0].hovertext[0] == f"{name}: 3"


def test_every_text_is_in_a_bar_the_longest_in_the_last() -> None:
    figure = histogram([*range(1, 101), 100_000], limit=50)

    assert sum(figure.data[0].y) == 101
    assert max(figure.data[0].x) < 200


def test_the_line_stands_at_the_limit_and_only_where_texts_come_near_it() -> None:
    near, far = histogram([10, 100], limit=120), histogram([10, 100], limit=1000)

    assert near.layout.shapes[0].x0 == 120
    assert near.layout.xaxis.range[1] > 120
    assert not far.layout.shapes


def test_labels_by_group_are_shaded_by_their_share_of_the_group() -> None:
    figure = by_group([[3, 1], [0, 8]], ["north", "south"], ["a", "b"], group="region", label="Label")

    assert [list(line) for line in figure.data[0].z] == [[0.75, 0.25], [0.0, 1.0]]
    assert figure.data[0].hovertext[0][0] == "north · a: 3"


def test_no_figure_sends_a_tag_of_a_name() -> None:
    figures = (
        label_counts([(HOSTILE, 3)], rows="Rows"),
        by_group([[1]], [HOSTILE], [HOSTILE], group=HOSTILE, label="Label"),
        missing([(HOSTILE, 0.5)], title="Blank"),
    )
    for figure in figures:
        assert "<img" not in written(figure)
        assert "<a href" not in written(figure)
