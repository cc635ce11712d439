"""Judgements in the workspace of this test: asked for real, of a judge that says what the test wants."""

import contextlib
import json
from collections.abc import Callable

from pipeline.judge import judgement as kept
from pipeline.judge.asking import ask_all
from pipeline.judge.judge import JudgeInfo
from pipeline.judge.judgement import Judgement
from pipeline.judge.material import Material
from pipeline.judge.prompts import Prompt
from pipeline.judge.spec import JudgeSpec
from pipeline.runs import store
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import workspace
from tests.unit.judge.scripted import INFO, Scripted, likes_good


def stage_judgement(
    spec: JudgeSpec,
    of: Material,
    say: Callable[[Prompt], str] = likes_good,
    *,
    info: JudgeInfo = INFO,
    most: int | None = None,
    state: str = "finished",
    cause: str = "",
    name: str = "tuned against base",
) -> Judgement:
    """A judgement with the job that asked.

    Args:
        spec, of: what is asked, of what.
        say: what the judge replies.
        info: who it says it is.
        most: replies after which the asking stops; None for all.
        state: of the job, as the database has it.
        cause: why it failed.
        name: of the judgement.
    """
    job = store.new_id()
    made = Judgement(store.new_id(), name, "2026-01-02T00:00:00+00:00", job, info, spec, of)
    kept.save(made)
    judge = Scripted(say, info=info)
    with contextlib.suppress(Stopped):
        ask_all(made, judge, _StopsAfter(judge, most) if most is not None else Silent())
    now = store.now()
    (workspace().jobs / job).mkdir(parents=True)
    with store.session() as session:
        session.add(
            store.JobRow(
                id=job,
                kind="judge",
                lane="judge-here",
                request={"judgement": made.id},
                state=state,
                cause=cause,
                started=now,
                ended=now,
            )
        )
    return made


class _StopsAfter(Silent):
    """Somebody who asks for a stop after so many replies."""

    def __init__(self, judge: Scripted, most: int) -> None:
        self._judge, self._most = judge, most

    def stop_requested(self) -> bool:
        """Whether it is enough."""
        return len(self._judge.asked) >= self._most


def graded(prompt: Prompt) -> str:
    """Scores that differ from answer to answer, higher for good ones; in pairs the first answer, one time in three."""
    number = sum(map(ord, prompt.user))
    if prompt.kind == "winner":
        return json.dumps({"winner": "A", "reason": "first"}) if number % 3 == 0 else likes_good(prompt)
    span = prompt.high - prompt.low
    better = "good" in prompt.user.rpartition("<answer>")[2]
    score = prompt.low + round(span * ((0.55 if better else 0.2) + number % 5 * 0.1))
    return json.dumps({"score": score, "reason": f"reason {number}"})
