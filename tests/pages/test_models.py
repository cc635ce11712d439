"""The base models: what is here, what can be fetched, and what somebody brings."""

from pathlib import Path

import pytest

from pipeline.actions import jobs
from pipeline.actions.models import list_models
from pipeline.data.conversation import single
from pipeline.errors import JobError
from pipeline.inference import client
from pipeline.inference.sampling import Sampling
from pipeline.settings import Workspace
from tests.pages.visit import visit, words
from tests.tiny import tiny_writer


def test_a_fresh_machine_offers_every_model_with_size_and_licence(home: Workspace) -> None:
    app = visit("models.py")
    said, labels = words(app), " ".join(button.label.replace("\\", "") for button in app.button)
    assert "No base model is on this machine yet" in said
    for card in list_models():
        assert f"**{card.name}**" in said
        assert card.licence in said
        assert f"Download {card.name} (" in labels


def test_a_licence_that_asks_for_it_is_accepted_before_the_download(home: Workspace) -> None:
    app = visit("models.py")
    assert app.button(key="fetch-gemma-3-270m").disabled
    app.checkbox(key="accept-gemma-3-270m").check().run()
    assert not app.button(key="fetch-gemma-3-270m").disabled


def test_a_folder_that_is_not_a_model_is_refused_in_one_line(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    app = visit("models.py")
    app.text_input(key="bring_name").set_value("mine")
    app.text_input(key="bring_path").set_value(str(tmp_path / "holiday"))
    app.form_submit_button[0].click().run()
    assert not app.exception
    with pytest.raises(JobError):
        jobs.wait(app.query_params["bring"])
    app.run()
    assert len(app.error) == 1
    assert "No base model is on this machine yet" in words(app)


def test_bringing_needs_a_name_and_a_place(home: Workspace) -> None:
    app = visit("models.py")
    app.form_submit_button[0].click().run()
    assert "Give it a name" in words(app)
    assert "bring" not in app.query_params


def test_models_that_were_asked_are_shown_with_their_memory_and_can_go(home: Workspace) -> None:
    tiny_writer(home.models / "writer")
    assert "In memory" not in words(visit("models.py"))
    list(client.generate("model", "writer", single("hello", ""), Sampling(max_new_tokens=2)))
    try:
        app = visit("models.py")
        assert "writer (1 MB)" in words(app)
        app.button(key="free").click().run()
        assert not app.exception
        assert "In memory" not in words(app)
    finally:
        client.stop()
