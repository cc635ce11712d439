"""What a run comes to against its baselines. Knows differences with intervals, nothing of what was measured."""

from typing import Literal

from pipeline.metrics.intervals import Interval

Verdict = Literal["beyond_baseline", "not_distinguishable", "worse", "nothing_learned"]


def judge(over_best: Interval, over_simplest: Interval) -> Verdict:
    """What two differences (how much better the model is than a baseline, with intervals) come to.

    Nothing was learned if the model cannot be told from the baseline that reads no text, or is below it; whatever
    else it is compared with does not matter then.
    """
    if over_simplest.low <= 0:
        return "nothing_learned"
    if over_best.low > 0:
        return "beyond_baseline"
    return "worse" if over_best.high < 0 else "not_distinguishable"
