"""The job ``judge``: ask a judge what a judgement wants to know."""

from typing import Any

from pipeline.judge.asking import ask_all
from pipeline.judge.judgement import load
from pipeline.judge.opening import open_judge
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Ask what judgement ``request["judgement"]`` still wants to know. Raises as ``ask_all``."""
    judgement = load(request["judgement"])
    judge = open_judge(judgement.judge, judgement.limits)
    try:
        tally = ask_all(judgement, judge, progress)
    finally:
        judge.close()
    return {"questions": tally.questions, "asked": tally.asked, "missing": tally.missing}
