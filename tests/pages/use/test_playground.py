"""The playground, with real models that are very small."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.use.partners import BESIDE, FIRST, SECOND
from pipeline.actions.preferences import Preference, list_preferences, prefer
from pipeline.actions.talk import Exchange, find_talk
from pipeline.inference import client
from pipeline.settings import Workspace
from tests.pages.staged_run import WORDS, Staged
from tests.pages.staged_writers import HOSTILE, stage_everything
from tests.pages.visit import visit, words
from tests.tiny_writers import ANSWERS

ASKED = "打印机坏了"
PAGE = "use/playground.py"


@pytest.fixture
def host(home: Workspace) -> Iterator[None]:
    """The model host that the page starts ends with the test."""
    yield
    client.stop()


@pytest.fixture
def staged(host: None, tmp_path: Path) -> Staged:
    return stage_everything(tmp_path)


def ask(app: AppTest, text: str) -> None:
    app.chat_input[0].set_value(text).run()
    until_written(app)


def until_written(app: AppTest) -> None:
    talk = find_talk(talk_of(app))
    assert talk is not None
    talk.wait()
    app.run()
    assert not app.exception, app.exception[0].stack_trace


def talk_of(app: AppTest) -> str:
    found = app.query_params["talk"]
    return found if isinstance(found, str) else found[0]


def button(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()


def test_without_a_model_that_writes_the_page_says_how_to_get_one(home: Workspace) -> None:
    app = visit(PAGE)
    assert "There is no model here that writes" in words(app)
    assert any("SmolLM2" in one.label for one in app.button)
    assert not app.chat_input


def test_a_message_is_answered_with_speed_prompt_and_sureness(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    ask(app, ASKED)
    assert ANSWERS[ASKED] in words(app)
    assert "tokens a second · ended by itself" in words(app)
    sure = next(part for part in app.expander if part.label.startswith("How sure"))
    assert "on average" in sure.label
    assert app.chat_input[0].disabled is False


def test_a_message_whose_answer_ends_while_the_page_is_drawn_stays_on_it(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    ask(app, ASKED)
    talk = find_talk(talk_of(app))
    assert talk is not None
    (exchange,) = talk.exchanges
    exchange.answers[0].state = "writing"
    talk.exchanges[0] = Ending(exchange.asked, exchange.answers)
    app.run()
    assert ASKED in words(app)
    assert ANSWERS[ASKED] in words(app)


class Ending(Exchange):
    """Its answer is complete a moment after somebody has asked, as a thread that writes may do."""

    @property
    def writing(self) -> bool:
        found = super().writing
        self.answers[0].state = "done"
        return found


def test_two_side_by_side_answer_the_same_message_and_hostile_words_stay_words(staged: Staged) -> None:
    app = visit(PAGE)
    app.toggle(key=BESIDE).set_value(True).run()
    assert app.selectbox(key=FIRST).value.startswith("run:")
    app.selectbox(key=SECOND).set_value("model:little writer").run()
    ask(app, "hello")
    said = [text.value for text in app.text]
    assert said == ["hello", HOSTILE, ANSWERS["hello"]]
    assert not any("evil.example" in part.value and "![" in part.value for part in app.markdown)


def test_one_says_which_answer_is_better_takes_it_back_and_teaches_it(staged: Staged) -> None:
    for number in range(9):
        prefer(Preference(f"question {number}", f"good {number}", f"bad {number}", "a", "b"))
    app = visit(PAGE)
    app.toggle(key=BESIDE).set_value(True).run()
    app.selectbox(key=SECOND).set_value("model:little writer").run()
    ask(app, "hello")
    app.button(key="vote-right").click().run()
    assert list_preferences()[-1] == Preference("hello", ANSWERS["hello"], HOSTILE, "little writer", "house style")
    assert "10 preferences are kept." in words(app)
    app.button(key="vote-right").click().run()
    assert len(list_preferences()) == 9
    assert "From 10 on, a model can learn from them." in words(app)
    app.button(key="vote-left").click().run()
    app.button(key="learn").click().run()
    assert not app.exception
    assert "rejected seem" in words(app) or "and rejected the worse ones" in words(app)


def test_a_later_exchange_is_not_compared_since_each_goes_on_from_its_own_answers(staged: Staged) -> None:
    app = visit(PAGE)
    app.toggle(key=BESIDE).set_value(True).run()
    app.selectbox(key=SECOND).set_value("model:little writer").run()
    ask(app, "hello")
    ask(app, ASKED)
    assert [one.key for one in app.button if (one.key or "").startswith("vote-")] == ["vote-left", "vote-right"]


def test_a_run_that_labels_answers_with_its_label_on_the_same_page(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value(f"run:{staged.run}").run()
    ask(app, "my card was charged twice")
    assert app.header[1].value in WORDS


def test_a_refresh_finds_the_conversation_again_and_another_tab_has_its_own(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    ask(app, ASKED)
    again = visit(PAGE, talk=talk_of(app))
    assert ANSWERS[ASKED] in words(again)
    other = visit(PAGE)
    assert ANSWERS[ASKED] not in words(other)
    lost = visit(PAGE, talk="no-such")
    assert "The earlier conversation is gone" in words(lost)


def test_the_last_message_is_asked_again_with_other_settings_or_all_is_begun_anew(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    ask(app, ASKED)
    app.number_input(key="playground-decoder-max_new_tokens").set_value(9).run()
    button(app, "Ask again")
    until_written(app)
    talk = find_talk(talk_of(app))
    assert talk is not None
    assert [exchange.answers[0].text for exchange in talk.exchanges] == [ANSWERS[ASKED][:3]]
    assert "cut at the longest length allowed" in words(app)
    button(app, "New conversation")
    assert "talk" not in app.query_params
    assert "Choose a message to begin with" in words(app)


def test_demo_prompts_are_kept_sent_and_deleted(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    field = next(one for one in app.text_area if one.label == "A message to keep")
    field.set_value("hello")
    next(one for one in app.button if one.label == "Keep").click().run()
    next(one for one in app.button if (one.key or "").startswith("suggestion-")).click().run()
    until_written(app)
    assert ANSWERS["hello"] in words(app)
    next(one for one in app.button if (one.key or "").startswith("drop-")).click().run()
    assert not any((one.key or "").startswith("use-") for one in app.button)


def test_the_presentation_leaves_out_what_only_experts_read(staged: Staged) -> None:
    app = visit(PAGE)
    app.selectbox(key=FIRST).set_value("model:little writer").run()
    ask(app, "hello")
    app.toggle(key="playground-large").set_value(True).run()
    assert ANSWERS["hello"] in words(app)
    assert "tokens a second" not in words(app)
    assert not app.header


def test_a_model_that_cannot_answer_says_why_and_the_other_one_answers(staged: Staged, home: Workspace) -> None:
    (home.models / "little writer" / "config.json").write_text("{}", encoding="utf-8")
    app = visit(PAGE)
    app.toggle(key=BESIDE).set_value(True).run()
    app.selectbox(key=SECOND).set_value("model:little writer").run()
    ask(app, "hello")
    assert "The model little writer is damaged" in words(app)
    assert HOSTILE in [text.value for text in app.text]
