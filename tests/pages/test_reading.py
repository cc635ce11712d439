"""Learning from texts alone, on every page that it touches: chosen, trained, watched, judged, and the way on."""

from pathlib import Path

import pytest

from pipeline.actions.data import create_dataset, list_datasets
from pipeline.actions.write import what_can_label, what_can_write
from pipeline.models import store as models
from pipeline.runs.surprise import ShownText, save_shown
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.data.test_question import keyed, stories, taken
from tests.pages.staged_reading import BEACON, stage_reading, texts_source
from tests.pages.visit import visit, words
from tests.pretraining import tiny_reader
from tests.tiny import tiny_base


def test_a_file_of_nothing_but_texts_is_taken_for_one_and_another_is_on_request(home: Workspace) -> None:
    app = bring(as_csv([["text"], *([text] for text in stories())]))
    said = words(app)
    assert said.startswith("48 rows, all with a text")
    assert "text holds texts, and no other column anything that could be an answer." in said
    assert keyed(app.radio, "kind-").value == "raw"
    view = taken(app)
    assert (view.raw, view.written, view.text, view.label) == (True, True, ("text",), "text")
    again = visit("data/read.py", dataset=list_datasets()[0].id)
    assert keyed(again.radio, "kind-").value == "raw"


def test_texts_beside_labels_are_learned_alone_on_request(home: Workspace) -> None:
    app = bring(as_csv([["text", "label"], *([text, "ab"[n % 2]] for n, text in enumerate(stories()))]))
    assert keyed(app.radio, "kind-").value == "one"
    keyed(app.radio, "kind-").set_value("raw").run()
    assert keyed(app.selectbox, "raw-").value == "text"
    assert not app.exception and not app.error
    assert taken(app).raw


def test_the_check_looks_at_texts_without_labels(home: Workspace, tmp_path: Path) -> None:
    source = texts_source(tmp_path)
    dataset = create_dataset(source, name="texts", text=("text",), label="text", written=True, raw=True)
    app = visit("data/check.py", dataset=dataset.id)
    assert "are read in pieces, to their end." in words(app)
    assert "Length of the answers" not in words(app)


def test_only_models_that_can_learn_from_texts_are_offered_and_others_are_refused(
    home: Workspace, tmp_path: Path
) -> None:
    tiny_reader(home.models / "my MiniRBT", "encoder")
    tiny_reader(home.models / "SmolLM2-135M-Instruct", "decoder")
    tiny_base(home.models / "sentence encoder")
    tiny_base(home.models / "no marks", "encoder-decoder")
    source = texts_source(tmp_path)
    dataset = create_dataset(source, name="texts", text=("text",), label="text", written=True, raw=True)
    app = visit("train/start.py", dataset=dataset.id)
    offered = [option.split(" · ")[0] for option in app.selectbox(key="base_model").options]
    assert {"SmolLM2-135M-Instruct", "my MiniRBT", "hfl/minirbt-h288", "google/flan-t5-small"} <= {*offered}
    assert not {"sentence encoder", "no marks", "all-MiniLM-L6-v2", "multilingual-e5-small"} & {*offered}
    said = words(app)
    assert "the model gets used to your words before it learns labels or answers" in said
    assert "It reads your texts and learns how they go on, from text alone." in said
    for model, packs in (("SmolLM2-135M-Instruct", True), ("my MiniRBT", False)):
        app.selectbox(key="base_model").set_value(model).run()
        assert not app.exception and not app.error
        assert app.button(key="start")
        assert not {"Prompt format"} & {box.label for box in app.selectbox}
        labels = {box.label for box in app.text_input}
        assert ("Rows one behind the other" in labels) == packs
        assert not {"What is learned", "Head factor"} & labels


@pytest.mark.parametrize("family", ["decoder", "encoder", "encoder-decoder"])
def test_a_run_is_read_on_every_page(home: Workspace, tmp_path: Path, family: str) -> None:
    run = stage_reading(tmp_path, family).run
    foretells = family == "decoder"

    report = visit("results/report.py", run=run)
    said = words(report)
    assert "It knows texts like yours better than the base model." in report.header[0].value.replace("\\", "")
    assert "Keep it as a base model now" in said
    assert ("How it goes on with texts" if foretells else "What it guesses") in said
    assert "Right answer" not in said and "chrF" not in said
    assert report.button(key="next").label == "Keep it as a base model"
    assert sum(value.value.count("This model") for value in report.markdown) == 5
    # What a file holds is shown and never carried out.
    shown = [part.value for kind in (report.markdown, report.caption, report.header) for part in kind]
    assert not any("](http" in str(value) or "<script>" in str(value) for value in shown)

    front = visit("home.py")
    assert front.metric[0].label == ("Surprise (bits a character)" if foretells else "Hidden words guessed right")
    assert "perplexity" in words(front)
    monitor = visit("train/monitor.py", run=run)
    said = words(monitor)
    assert said.startswith("Done: ")
    assert ("Surprise at validation rows" if foretells else "Hidden words guessed right") in said
    titles = {"decoder": "How it goes on", "encoder": "Hidden words", "encoder-decoder": "What was cut out"}
    assert titles[family] in said
    assert "Right answer" not in said
    assert [button.key for button in monitor.button if button.key in ("fill", "results", "ask")] == ["results"]

    assert "There are no answers that could be wrong." in words(visit("results/errors.py", run=run))
    for page in ("use/ask.py", "use/fill.py"):
        assert "read run has learned from texts alone. It has no labels to give" in words(visit(page, run=run))
    assert run not in {partner.id for partner in what_can_label()}
    assert (run in {partner.id for partner in what_can_write()}) == foretells


def test_on_the_export_page_it_is_kept_as_a_base_model_first(home: Workspace, tmp_path: Path) -> None:
    app = visit("use/export.py", run=stage_reading(tmp_path, "encoder").run)
    assert words(app).index("Train on from this model") < words(app).index("Hugging Face folder (zip)")
    (program,) = app.code
    assert 'pipeline("fill-mask"' in program.value
    assert app.text_input(key="keep_name").value == "read run"
    assert [model.name for model in models.list_ready()] == ["reader-encoder"]


def test_a_strangers_text_is_shown_letter_by_letter(home: Workspace, tmp_path: Path) -> None:
    run = stage_reading(tmp_path, "decoder").run
    save_shown((ShownText(3, BEACON, BEACON, BEACON, BEACON),), home.runs / run)
    app = visit("results/report.py", run=run)
    assert [part.value for part in app.text].count(BEACON) == 3
    assert not any("](http" in str(part.value) or "<script>" in str(part.value) for part in app.markdown)
