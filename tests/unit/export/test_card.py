"""The card says what an engineer has to do with a text before the model reads it, and what the classes were called."""

import dataclasses

from pipeline.export.card import model_card
from pipeline.runs.bundle import BundleInfo
from pipeline.settings import Workspace

INFO = BundleInfo(
    "run", "mine", "classification", "tiny", ("text",), "", "label", ("账单", "登录"), 32, {}, {}, "2026-01-01"
)


def test_what_the_model_does_not_get_to_read_is_said_with_what_stands_there_instead(home: Workspace) -> None:
    card = model_card(dataclasses.replace(INFO, masks=("email", "phone")))
    assert "e-mail addresses by `[email]`, phone numbers by `[phone]`" in card
    assert "replaced" not in model_card(INFO)


def test_labels_that_were_learned_under_another_name_are_told(home: Workspace) -> None:
    card = model_card(dataclasses.replace(INFO, renamed={"帐单": "账单", "`x`": "登录"}))
    assert "- `帐单` as `账单`" in card
    assert "- `'x'` as `登录`" in card
    assert "another name" not in model_card(INFO)
