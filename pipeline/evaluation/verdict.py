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


def judge_texts(surprise: Interval, said: Interval) -> Verdict:
    """What tuning a model that writes has come to, against the model that it came from: the only one to compare with.

    Bits of the right answers tell whether it learned anything of them, chrF whether what it writes is nearer to them;
    a model can gain one without the other. What it writes is what people get: if that became worse, the model is
    worse, however little it is surprised. Better is only one that gained both, since chrF alone is also gained by
    writing more, and bits alone change nothing that anybody reads. With neither, nothing was learned; with one of
    them, the gain is too uncertain to call.

    Args:
        surprise: bits a character of the base model minus those of the tuned one: above 0, it is surprised less.
        said: chrF of the tuned model minus that of the base model.
    """
    if said.high < 0:
        return "worse"
    gained = (surprise.low > 0, said.low > 0)
    if all(gained):
        return "beyond_baseline"
    return "not_distinguishable" if any(gained) else "nothing_learned"


def judge_surprise(gained: Interval) -> Verdict:
    """What learning from texts alone has come to, against the model as it was before: the only one to compare with.

    Args:
        gained: nats a hidden token of the base model minus those of the trained one: above 0, it is surprised less.
    """
    if gained.low > 0:
        return "beyond_baseline"
    return "worse" if gained.high < 0 else "not_distinguishable"


def judge_preferences(preferred: Interval) -> Verdict:
    """The verdict of a run that has learned which of two answers is better.

    Args:
        preferred: share of the test pairs whose better answer has become likelier than the worse one. By chance it is
            half: then training has moved both alike.
    """
    if preferred.low > 0.5:
        return "beyond_baseline"
    return "worse" if preferred.high < 0.5 else "not_distinguishable"
