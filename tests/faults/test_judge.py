"""A judge job that is killed in the middle of five hundred questions: no verdict is lost, none is asked for twice."""

from collections import Counter

import pytest

from pipeline import jobs, system
from pipeline.actions import judge as judging
from pipeline.judge.judge import USUAL_AT_ONCE, JudgeInfo
from pipeline.judge.judgement import read_verdicts
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.spec import JudgeSpec
from pipeline.settings import Workspace
from tests import judge_server
from tests.faults.staging import process_of, until
from tests.judge_server import MODEL

pytestmark = pytest.mark.faults

QUESTIONS, SEEN = 500, 100
SECRET = "sk-faults-0987654321-secret"


def test_a_killed_judge_job_loses_no_verdict_and_asks_again_only_what_was_under_way(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = tuple(Item(row, f"question {row} of many", "", (f"answer {row}",)) for row in range(QUESTIONS))
    material = Material((Contestant("file"),), items)
    with judge_server.running() as server:
        monkeypatch.setenv("TUNEDESK_JUDGE_ENDPOINT", server.base)
        monkeypatch.setenv("TUNEDESK_JUDGE_KEY", SECRET)
        judgement = judging.start(material, JudgeSpec("score100"), JudgeInfo(MODEL, server.base))
        until(lambda: len(read_verdicts(judgement.id)) >= SEEN)
        system.kill_tree(process_of(judgement.job))
        until(lambda: jobs.status(judgement.job).over)
        kept = read_verdicts(judgement.id)
        assert jobs.status(judgement.job).state == "failed"
        assert SEEN <= len(kept) < QUESTIONS

        again = judging.resume(judgement.id)
        summary = judging.follow(again)
        verdicts = read_verdicts(judgement.id)
        assert verdicts[: len(kept)] == kept
        assert summary.done
        assert summary.usable
        assert len(verdicts) == QUESTIONS
        asked = Counter(one.text for one in server.questions)
        # The server is also looked at before the first question: once a sitting, and not with one of ours.
        ours = {text: times for text, times in asked.items() if "of many" in text}
        assert len(ours) == QUESTIONS
        assert sum(times - 1 for times in ours.values()) <= USUAL_AT_ONCE
        assert {one.headers["authorization"] for one in server.questions} == {f"Bearer {SECRET}"}
    files = [path for path in home.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".jsonl" for path in files)
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
