"""The page about judging: first what came of it, then why, and never more than the verdicts can carry."""

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest

from pages.results.judge_way import rubric_of
from pipeline.actions.judge import list_judgements, summary
from pipeline.actions.tasting import close
from pipeline.data.source import import_source
from pipeline.errors import SettingError
from pipeline.judge.export import as_html
from pipeline.judge.judge import USUAL_AT_ONCE, JudgeInfo
from pipeline.judge.judgement import read_verdicts
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.prompts import Prompt
from pipeline.judge.rubric import ENGLISH
from pipeline.judge.side_by_side import judged_rows
from pipeline.judge.spec import JudgeSpec
from pipeline.judge.telling import tell
from pipeline.judge.words import Words
from pipeline.settings import Workspace
from pipeline.tasting import tasting as tastings
from pipeline.tasting.tasting import Pair, Tasting
from pipeline.tasting.votes import Box, Vote
from tests import judge_server
from tests.pages.staged_judgement import graded, stage_judgement
from tests.pages.staged_texts import TEXTS, stage_texts
from tests.pages.visit import visit, words
from tests.unit.judge.scripted import material

BEACON = "![x](http://127.0.0.1/beacon) <img src='http://127.0.0.1/b.png'>"
SCORES, PAIRS = JudgeSpec("score100"), JudgeSpec("pairwise")


def test_without_a_run_that_writes_a_file_can_be_judged(home: Workspace) -> None:
    app = visit("results/judge.py")
    assert "Train a model that writes, or bring a file with the columns instruction and answer." in words(app)
    assert "It needs a column with what was asked and one with the answer" in words(app)
    assert not [button for button in app.button if button.key == "judge-start"]


def test_a_run_is_judged_beside_its_base_model_unless_somebody_says_otherwise(home: Workspace, tmp_path: Path) -> None:
    staged = stage_texts(tmp_path)
    app = visit("results/judge.py", run=staged.run)
    assert f"{TEXTS} prompts of its test rows." in words(app)
    assert app.selectbox(key=f"judge-run-{staged.run}").value == staged.run
    (other,) = [box for box in app.selectbox if str(box.key).startswith("judge-other-")]
    assert other.value == "base"
    assert [radio.value for radio in app.radio] == ["score100"]


def test_of_a_file_the_columns_are_guessed_and_can_be_changed(home: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("instruction,model_1,model_2,reference\nhello,a,b,c\nbye,a,,c\n", encoding="utf-8")
    source = import_source(path, path.name)
    app = visit("results/judge.py", judged=source.id)
    assert [box.value for box in app.multiselect] == [["instruction"], ["model_1", "model_2"]]
    assert app.selectbox(key=f"judge-reference-{source.id}").value == "reference"
    assert "answers.csv: 1 prompt. 1 row lacks something." in words(app)
    app.multiselect(key=f"judge-answers-{source.id}").set_value(["model_1"]).run()
    assert "answers.csv: 2 prompts." in words(app)


def test_a_key_is_wiped_as_soon_as_it_was_handed_over(home: Workspace) -> None:
    app = visit("results/judge.py")
    app.segmented_control(key="judge-by").set_value("server").run()
    app.text_input(key="judge-address").set_value("https://judge.example/v1")
    app.text_input(key="judge-key").set_value("sk-very-secret")
    next(button for button in app.button if button.label == "Connect").click().run()
    assert "judge.example is not among the servers that may be asked." in words(app)
    assert app.text_input(key="judge-key").value == ""
    kept = [app.session_state[name] for name in ("judge-address", "judge-key", "judge-found")]
    assert "sk-very-secret" not in f"{kept} {app.query_params} {words(app)}"


def test_pairs_need_somebody_to_compare_with(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/judge.py", run=stage_texts(tmp_path).run)
    (other,) = [box for box in app.selectbox if str(box.key).startswith("judge-other-")]
    other.select("")
    app.radio(key="judge-mode").set_value("pairwise").run()
    assert "Choose above what to compare with." in words(app)


def test_the_rubric_is_shown_to_be_changed_and_a_broken_one_is_refused(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/judge.py", run=stage_texts(tmp_path).run)
    app.radio(key="judge-mode").set_value("rubric").run()
    assert not app.exception
    frame = pd.DataFrame([{"name": one.name, "question": one.question} for one in ENGLISH.criteria])
    assert rubric_of(frame, "en") == ENGLISH
    blank = pd.concat([frame, pd.DataFrame([{"name": None, "question": None}])])
    assert rubric_of(blank, "en") == ENGLISH
    with pytest.raises(SettingError):
        rubric_of(frame.assign(name="same"), "en")


def test_the_first_line_says_whom_the_judge_prefers_and_by_how_much(home: Workspace) -> None:
    made = stage_judgement(SCORES, material(30), graded)
    app = visit("results/judge.py", judgement=made.id)
    said = words(app)
    assert said.startswith("The judge prefers tuned: ") and " of 100 against " in app.header[0].value
    assert "some-judge at 127.0.0.1:1 judged 30 prompts" in said
    assert said.count("scored: 30 of 30 (100.0%)") == 2
    assert "How far to trust this judge" in said and "rating" in [link.page for link in app.page_link]
    assert [metric.label for metric in app.metric] == ["tuned", "base", "Difference"]
    alts = {figure.proto.id.rpartition("-")[2]: figure.proto.alt for figure in app.get("plotly_chart")}
    assert all(alts.values()) and "tuned is scored higher in 30 of 30 prompts" in " ".join(alts.values())


def test_what_the_judge_prefers_can_be_taught_to_a_model(home: Workspace) -> None:
    app = visit("results/judge.py", judgement=stage_judgement(SCORES, material(30), graded).id)
    assert "In 30 prompts the judge prefers one answer." in words(app)
    app.button(key="judge-learn").click().run()
    assert not app.exception
    assert "rejected seem" in words(app) or "and rejected the worse ones" in words(app)


def test_a_difference_that_may_be_chance_is_called_so(home: Workspace) -> None:
    same = stage_judgement(SCORES, material(12), lambda prompt: '{"score": 50}')
    assert "sees no difference that is beyond chance" in words(visit("results/judge.py", judgement=same.id))
    first = stage_judgement(PAIRS, material(12), lambda prompt: '{"winner": "A"}')
    said = words(visit("results/judge.py", judgement=first.id))
    assert said.startswith("The judge sees no difference that is beyond chance between tuned and base")
    assert "In 12 pairs the verdict turned with the order, which makes a tie." in said


def test_a_worse_model_is_not_called_the_better_one(home: Workspace) -> None:
    of = material(20)
    turned = Material(of.contestants, tuple(dataclasses.replace(one, answers=one.answers[::-1]) for one in of.items))
    made = stage_judgement(SCORES, turned)
    assert words(visit("results/judge.py", judgement=made.id)).startswith("The judge prefers base: 80.0 of 100")
    pairs = stage_judgement(PAIRS, turned)
    assert words(visit("results/judge.py", judgement=pairs.id)).startswith(
        "The judge prefers base to tuned: win rate 100.0%"
    )


def test_a_mean_with_too_much_missing_is_no_headline(home: Workspace) -> None:
    def silent_on_the_first(prompt: Prompt) -> str:
        return "hm" if "bad" in prompt.user and "question 1" in prompt.user else graded(prompt)

    made = stage_judgement(SCORES, material(20), silent_on_the_first)
    app = visit("results/judge.py", judgement=made.id)
    said = words(app)
    assert said.startswith("No verdict: too much is missing")
    assert "scored: 9 of 20 (45.0%): not usable, at least 90% are needed" in said
    assert "11 verdicts are missing. 11 × The judge replied, but gave no verdict that can be read." in said
    assert Words("en").means(made, summary(made.id)) == "not usable"


def test_a_weak_judge_is_called_weak(home: Workspace) -> None:
    made = stage_judgement(SCORES, material(6), info=JudgeInfo("tiny", weak=True))
    assert "tiny is a weak judge" in words(visit("results/judge.py", judgement=made.id))


def test_criteria_are_told_apart(home: Workspace) -> None:
    made = stage_judgement(JudgeSpec("rubric"), material(8), graded)
    app = visit("results/judge.py", judgement=made.id)
    assert "By criterion" in words(app) and "Differences: helpfulness " in words(app)
    assert any("correctness, tuned: " in figure.proto.alt for figure in app.get("plotly_chart"))


@pytest.mark.parametrize(("state", "cause"), [("stopped", ""), ("failed", "The judge's server is gone.")])
def test_what_stopped_early_offers_to_go_on(home: Workspace, state: str, cause: str) -> None:
    made = stage_judgement(SCORES, material(10), most=8, state=state, cause=cause)
    app = visit("results/judge.py", judgement=made.id)
    assert words(app).startswith("The judge has answered 8 of 20 questions")
    assert app.button(key="judge-resume").label == "Resume judging"
    assert cause in words(app)


def test_what_stopped_before_the_forged_demands_offers_to_go_on(home: Workspace) -> None:
    made = stage_judgement(JudgeSpec("score100", forged=3), material(10), graded, most=20, state="stopped")
    app = visit("results/judge.py", judgement=made.id)
    assert words(app).startswith("The judge prefers tuned")
    assert app.button(key="judge-resume").label == "Resume judging"


def test_rows_are_found_and_put_in_order(home: Workspace) -> None:
    made = stage_judgement(SCORES, material(14), graded)
    app = visit("results/judge.py", judgement=made.id)
    assert len([head for head in app.subheader if head.value.startswith("Row ")]) == 10
    app.selectbox(key="judge-order").select("file").run()
    assert [head.value for head in app.subheader if head.value.startswith("Row ")][:2] == ["Row 1", "Row 2"]
    app.text_input(key="judge-words").set_value("good 13").run()
    assert [head.value for head in app.subheader if head.value.startswith("Row ")] == ["Row 14"]


def test_hostile_answers_and_reasons_are_shown_letter_by_letter_here_and_in_the_file(home: Workspace) -> None:
    who = (Contestant(BEACON), Contestant("tuned"))
    of = Material(
        who, tuple(Item(n, f"{BEACON} {n}", BEACON, (BEACON, f"{BEACON} good {n}"), BEACON) for n in range(6))
    )
    made = stage_judgement(SCORES, of, lambda prompt: json.dumps({"score": len(prompt.user) % 100, "reason": BEACON}))
    app = visit("results/judge.py", judgement=made.id)
    assert BEACON in [element.value for element in app.text]
    shown = [element.value for kind in (app.header, app.subheader, app.markdown, app.caption) for element in kind]
    shown += [metric.label for metric in app.metric] + [button.label for button in app.button]
    assert not any("](http" in str(value) for value in shown)
    verdicts, found = read_verdicts(made.id), summary(made.id)
    page = as_html(tell(made, found, judged_rows(made, verdicts, found), "en", "2026-01-02 10:00"))
    assert "<img" not in page and "&lt;img" in page


def test_the_file_for_a_manager_begins_with_the_answer_and_tells_no_address(home: Workspace) -> None:
    info = JudgeInfo("gpt-x", "https://user:secret@judge.example:8443/v1?key=secret")
    made = stage_judgement(JudgeSpec("rubric"), material(12), graded, info=info)
    found = summary(made.id)
    telling = tell(made, found, judged_rows(made, read_verdicts(made.id), found), "en", "2026-01-02 10:00")
    page = as_html(telling)
    assert "<h1>The judge prefers tuned: " in page
    assert "gpt-x at judge.example:8443" in page and "secret" not in page
    assert "Criterion: helpfulness" in page and len(telling.rows) == 10
    assert "secret" not in words(visit("results/judge.py", judgement=made.id))


def test_judgements_are_listed_opened_and_deleted_after_asking(home: Workspace) -> None:
    made = stage_judgement(SCORES, material(6), graded, name="first *look*")
    app = visit("results/judge.py")
    assert "Judgements so far" in words(app)
    assert r"first \*look\*" in app.button(key=f"open-{made.id}").label
    app.button(key=f"open-{made.id}").click().run()
    assert words(app).startswith("The judge prefers tuned")
    app.button(key=f"do-{made.id}").click().run()
    assert not app.exception
    assert list_judgements() == ()


def test_a_judgement_that_is_gone_is_said_to_be_gone(home: Workspace) -> None:
    assert "There is no judgement abc." in words(visit("results/judge.py", judgement="abc"))


def test_the_report_of_a_run_that_writes_leads_here(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage_texts(tmp_path).run)
    assert "judge" in [link.page for link in app.page_link]


def test_storage_names_judgements(home: Workspace) -> None:
    stage_judgement(SCORES, material(2))
    assert "Judgements and people's ratings" in words(visit("storage.py"))


def test_a_server_that_has_forgotten_the_key_can_be_given_it_again_and_the_key_is_wiped(home: Workspace) -> None:
    info = JudgeInfo("gpt-x", "https://judge.example/v1")
    made = stage_judgement(SCORES, material(4), info=info, most=2, state="failed", cause="It wants a key.")
    app = visit("results/judge.py", judgement=made.id)
    app.text_input(key="judge-key-again-typed").set_value("sk-very-secret")
    next(button for button in app.button if button.label == "Connect").click().run()
    assert "judge.example is not among the servers that may be asked." in words(app)
    assert app.text_input(key="judge-key-again-typed").value == ""
    assert "sk-very-secret" not in words(app)


def test_the_votes_of_a_tasting_stand_beside_the_verdicts_on_its_answers(home: Workspace) -> None:
    pairs = tuple(Pair(f"question {n}", (f"good {n}", f"bad {n}")) for n in range(4))
    tasting = Tasting(("tuned", "base"), pairs, (), {}, "2026-01-01T00:00:00+00:00")
    tastings.save(tasting)
    Box(tasting.id).add(Vote("phone", 0, 0))
    app = visit("results/judge.py", tasted=tasting.id)
    assert "A blind tasting" not in words(app)  # names are secret as long as it is open
    close(tasting.id)
    app = visit("results/judge.py", tasted=tasting.id)
    assert app.segmented_control(key="judge-kind").value == "tasting"
    assert "1 vote: with pairs, they show how far people and judge agree." in words(app)


def test_how_hard_a_server_may_be_asked_is_offered_for_servers_only(home: Workspace) -> None:
    with judge_server.running() as server:
        app = visit("results/judge.py")
        assert not [one for one in app.number_input if one.key == "judge-at-once"]
        app.segmented_control(key="judge-by").set_value("server").run()
        app.text_input(key="judge-address").set_value(server.base)
        next(button for button in app.button if button.label == "Connect").click().run()
        app.selectbox(key=f"judge-model-{server.base}").set_value(judge_server.MODEL).run()
        assert app.number_input(key="judge-at-once").value == USUAL_AT_ONCE
        assert app.number_input(key="judge-a-minute").value == 0
