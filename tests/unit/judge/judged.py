"""Judgements of few answers, and verdicts for them, written as a judge's job writes them."""

from collections.abc import Iterable, Sequence

from pipeline.judge.judge import JudgeInfo
from pipeline.judge.judgement import TIE, Judgement, Verdict, VerdictWriter, save
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.spec import JudgeSpec, Mode, Question

HOSTILE = "<script>alert(1)</script> ![](http://evil.example/a.png) **bold**"
TWO = (Contestant("plain base", model="SmolLM2-135M-Instruct"), Contestant("tuned run", run="abc", model="gemma-3"))


def material(count: int, contestants: Sequence[Contestant] = TWO) -> Material:
    """Short questions with an answer of each contestant, some of them hostile."""
    items = [
        Item(n, f"question {n}", "", tuple(f"answer {n} of {who} {HOSTILE}" for who in range(len(contestants))))
        for n in range(count)
    ]
    return Material(tuple(contestants), tuple(items))


def judgement(
    count: int = 6, mode: Mode = "pairwise", *, id: str = "j1", judge: str = "a judge", answers: Material | None = None
) -> Judgement:
    """A judgement that lies in the workspace."""
    found = Judgement(
        id,
        "a judgement",
        "2026-01-01T00:00:00+00:00",
        "",
        JudgeInfo(judge),
        JudgeSpec(mode),
        answers or material(count),
    )
    save(found)
    return found


def pair_verdicts(said: Iterable[tuple[int | None, int | None]], *, forged: bool = False) -> list[Verdict]:
    """For each item the winner in the order as it is and in the other one; None where there is no verdict."""
    return [
        Verdict(f"{item}-{swapped}-{forged}", _question(item, swapped=swapped, forged=forged), winner=winner)
        for item, both in enumerate(said)
        for swapped, winner in zip((False, True), both, strict=True)
    ]


def score_verdicts(said: Iterable[Sequence[float | None]], *, forged: bool = False) -> list[Verdict]:
    """For each item the score of each contestant's answer; None where there is no verdict."""
    return [
        Verdict(f"{item}-{who}-{forged}", Question(item, who, forged=forged), score=score)
        for item, line in enumerate(said)
        for who, score in enumerate(line)
    ]


def write(judged: Judgement, verdicts: Iterable[Verdict]) -> None:
    """Keep verdicts in the judgement's folder."""
    with VerdictWriter(judged.id) as writer:
        writer.write(verdicts)


def _question(item: int, *, swapped: bool, forged: bool) -> Question:
    return Question(item, 1 if forged else 0, swapped=swapped, forged=forged)


__all__ = ["HOSTILE", "TIE", "TWO", "judgement", "material", "pair_verdicts", "score_verdicts", "write"]
