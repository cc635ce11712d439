"""Train and Monitor of a model that learns to write: the prompt format on real rows, and its answers as it learns."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.actions.data import Dataset, create_dataset
from pipeline.actions.plan import plan
from pipeline.data.source import import_source
from pipeline.settings import Workspace
from tests.pages.run_under_way import under_way
from tests.pages.visit import visit, words
from tests.tiny import ANSWERS, instructions, tiny_writer


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> Dataset:
    """Instructions whose answers hold what a stranger could have put there."""
    tiny_writer(home.models / "SmolLM2-135M-Instruct")
    frame = instructions(60, seed=0)
    frame.loc[frame.index % 3 == 0, "output"] = "<script>alert(1)</script> ![](http://example.org)"
    frame.to_csv(tmp_path / "asked.csv", index=False)
    source = import_source(tmp_path / "asked.csv", "asked.csv")
    return create_dataset(source.id, name="asked", text=["instruction", "input"], label="output", written=True)


def marked(app: AppTest) -> list[str]:
    """The previews of the prompt format, as the browser gets them."""
    return [part.proto.body for part in app.get("html") if "td-marked" in part.proto.body]


def test_only_models_that_write_are_offered_with_what_they_read_and_learn(dataset: Dataset) -> None:
    app = visit("train/start.py", dataset=dataset.id)

    options = app.selectbox(key="base_model").options
    assert options[0].startswith("SmolLM2-135M-Instruct · recommended")
    assert not any("MiniLM-L6" in option or "e5" in option for option in options)
    assert "It learns to write answers: output." in words(app)
    previews = marked(app)
    assert len(previews) == 3
    assert all("<mark>" in preview and "&lt;|im_start|&gt;user" in preview for preview in previews)
    # What a file holds is shown and never carried out.
    assert not any("<script>" in preview or "<img" in preview for preview in previews)
    assert not any(box.label == "Head factor" for box in app.text_input)


def test_a_format_of_ones_own_is_shown_at_once_and_taken_into_the_run(dataset: Dataset) -> None:
    app = visit("train/start.py", dataset=dataset.id)
    app.selectbox(key="setting-prompt_format").set_value("own").run()
    app.text_area(key="setting-own_format").set_value("Kunde: {instruction}\nWir: {answer}").run()
    assert not app.exception
    assert all("Kunde:" in preview for preview in marked(app))
    app.text_area(key="setting-own_format").set_value("no field").run()
    assert any("needs {instruction}" in error.value.replace("\\", "") for error in app.error)
    assert plan(dataset, "SmolLM2-135M-Instruct").recipe.prompt_format == "chat"


def test_one_sees_the_same_answers_before_and_after(dataset: Dataset) -> None:
    with under_way(dataset) as going:
        for step, said in ((0, "the the the"), (10, ANSWERS["log"])):
            going.log.write(
                "validation", step=step, epoch=step / 10, loss=2.0 - step / 10, bits_per_character=1.0 - step / 20,
                perplexity=7.0, best=True,
            )  # fmt: skip
            answer = {"row": 1, "asked": "log in\nplease", "truth": ANSWERS["log"], "said": said}
            going.log.write("samples", step=step, answers=[answer] * 5)
        app = visit("train/monitor.py", run=going.run)
        assert "Watch it learn" in words(app)
        assert app.get("vega_lite_chart")
        texts = [text.value for text in app.text]
        assert texts.count("the the the") == 5
        assert texts.count(ANSWERS["log"]) == 10  # the right answer, and the one after ten steps
        app.select_slider(key="samples").set_value(0).run()
        assert [text.value for text in app.text].count(ANSWERS["log"]) == 5
