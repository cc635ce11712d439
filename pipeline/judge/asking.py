"""Asks a judge everything that a judgement wants to know, several questions at a time, and keeps each verdict at once.

Goes on where it was stopped or killed, and asks nothing that the same judge has been asked before, in whatever
judgement. Knows judges by their interface only.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pipeline.errors import N_, JudgeError
from pipeline.judge.judge import PASSING, Judge, JudgeInfo, Reply, Unanswered
from pipeline.judge.judgement import (
    TIE,
    Judgement,
    Stamp,
    Verdict,
    VerdictWriter,
    list_all,
    read_verdicts,
    verdicts_stamp,
)
from pipeline.judge.material import Material, digest
from pipeline.judge.prompts import Prompt, write_prompt
from pipeline.judge.reply import Opinion, read_reply
from pipeline.judge.spec import JudgeSpec, Question, all_questions
from pipeline.runs.progress import Progress, Stopped

ASKING = N_("Asking the judge")
# So many questions in a row that no server answers: it is gone, and the others would fail one by one.
MOST_FAILURES = 20
# After a stop was asked for, answers that are nearly there are still heard; looked for that often.
GRACE_SECONDS, LOOK_SECONDS = 5.0, 0.5
MOST_LOOKED_AT = 1000  # questions that are written to say what asking takes: a page does so each time it is drawn


@dataclass(frozen=True)
class Tally:
    """How a judgement went."""

    questions: int
    asked: int  # of the judge; the others had been answered before
    missing: int  # that have no verdict


@dataclass(frozen=True)
class Remaining:
    """What a judge still has to be asked."""

    count: int
    prompts: tuple[Prompt, ...]  # all of them, or those of a sample
    exact: bool  # all were looked at


@dataclass(frozen=True)
class _Open:
    """Something to ask, and the questions that read so: of equal answers there are several."""

    key: str
    questions: list[Question]


def ask_all(judgement: Judgement, judge: Judge, progress: Progress) -> Tally:
    """Ask what has no verdict yet. Verdicts are on the disk as they come.

    Raises:
        Stopped: somebody asked for a stop; what was under way has been waited for, for a few seconds.
        JudgeError: the judge cannot be asked, or has not answered one of the last 20 questions.
        TuneDeskError: as the judge says.
    """
    questions = all_questions(judgement.material, judgement.spec)
    verdicts = {one.question: one for one in read_verdicts(judgement.id) if one.missing not in PASSING}
    asked = failures = 0
    with VerdictWriter(judgement.id) as writer:
        carried, todo = _divide(judgement, [one for one in questions if one not in verdicts])
        writer.write(carried)
        verdicts |= {one.question: one for one in carried}
        progress.advance(ASKING, len(verdicts), len(questions))
        for one, verdict in _in_parallel(judgement, judge, todo, progress.stop_requested):
            same = [verdict, *(_carried_over(verdict, question) for question in one.questions[1:])]
            writer.write(same)
            verdicts |= {each.question: each for each in same}
            asked += 1
            progress.advance(ASKING, len(verdicts), len(questions))
            failures = failures + 1 if verdict.missing in PASSING else 0
            if failures >= MOST_FAILURES:
                raise _gone(failures)
    tally = Tally(len(questions), asked, sum(bool(one.missing) for one in verdicts.values()))
    if len(verdicts) < len(questions):
        raise Stopped({"questions": tally.questions, "asked": tally.asked, "missing": tally.missing})
    return tally


def _divide(judgement: Judgement, questions: Sequence[Question]) -> tuple[list[Verdict], list[_Open]]:
    """Verdicts that the judge has given before, and what it has to be asked."""
    known = _known(judgement.judge)
    carried, todo = [], dict[str, _Open]()
    for question in questions:
        key = key_of(judgement.judge, _prompt(judgement, question))
        if key in known:
            carried.append(_carried_over(known[key], question))
        else:
            todo.setdefault(key, _Open(key, [])).questions.append(question)
    return carried, list(todo.values())


def _prompt(judgement: Judgement, question: Question) -> Prompt:
    # Written when it is needed: a large file makes more text of them than a machine has memory.
    return write_prompt(question, judgement.material.items[question.item], judgement.spec)


def _gone(failures: int) -> JudgeError:
    return JudgeError(
        N_(
            "The judge has not answered {count} questions in a row. Look whether its server runs, then "
            "resume: the verdicts so far are kept."
        ),
        count=failures,
    )


def key_of(info: JudgeInfo, prompt: Prompt) -> str:
    """The same for the same question to the same judge."""
    return digest([info.endpoint, info.model, prompt.key])


def still_open(material: Material, spec: JudgeSpec, info: JudgeInfo) -> Remaining:
    """What the judge would have to be asked now: what it has not been asked before, each once.

    Of many questions a sample is looked at, and the number is reckoned from it.
    """
    known = _known(info)
    questions = all_questions(material, spec)
    drawn: Sequence[Question] = questions
    if len(questions) > MOST_LOOKED_AT:
        places = np.random.default_rng(0).permutation(len(questions))[:MOST_LOOKED_AT]
        drawn = [questions[place] for place in places]
    prompts = {prompt.key: prompt for one in drawn if (prompt := write_prompt(one, material.items[one.item], spec))}
    open_ones = tuple(prompt for prompt in prompts.values() if key_of(info, prompt) not in known)
    return Remaining(round(len(open_ones) * len(questions) / len(drawn)), open_ones, len(drawn) == len(questions))


def seconds_each(info: JudgeInfo) -> float | None:
    """The median time that this judge has taken for a question; None where it was never asked."""
    taken = [verdict.seconds for verdict in _known(info).values() if verdict.seconds]
    return float(np.median(taken)) if taken else None


def ask_once(judge: Judge, prompt: Prompt) -> tuple[Reply, Opinion | None]:
    """One question and what its reply says. Raises as ``Judge.ask``."""
    reply = judge.ask(prompt)
    return reply, read_reply(reply.text, prompt)


def _known(info: JudgeInfo) -> Mapping[str, Verdict]:
    """Verdicts of this judge in all judgements, by key."""
    asked = (one.id for one in list_all() if (one.judge.endpoint, one.judge.model) == (info.endpoint, info.model))
    return _known_in(tuple((one, verdicts_stamp(one)) for one in asked))


@lru_cache(2)
def _known_in(judgements: tuple[tuple[str, Stamp], ...]) -> Mapping[str, Verdict]:
    return {verdict.key: verdict for one, _ in judgements for verdict in read_verdicts(one) if not verdict.missing}


def _carried_over(verdict: Verdict, question: Question) -> Verdict:
    """The same verdict for a question that reads the same, perhaps of other contestants."""
    winner = verdict.winner
    if winner is not None and winner != TIE and verdict.question.swapped != question.swapped:
        winner = 1 - winner
    return replace(verdict, question=question, winner=winner)


def _in_parallel(
    judgement: Judgement, judge: Judge, todo: Iterable[_Open], stopped: Callable[[], bool]
) -> Iterator[tuple[_Open, Verdict]]:
    """Verdicts as they come. No more is under way than may be asked at once, so that a kill loses no more than that.

    Once a stop is asked for, or somebody has heard enough, a judge that does not answer is not waited for: what it was
    asked then has no verdict, and is asked again later.
    """
    waiting = iter(todo)
    under_way: dict[Future[Verdict], _Open] = {}
    leave_at: float | None = None
    with ThreadPoolExecutor(judge.at_once, thread_name_prefix="judge") as pool:
        try:
            while True:
                if leave_at is None and stopped():
                    leave_at = time.monotonic() + GRACE_SECONDS
                while leave_at is None and len(under_way) < judge.at_once and (following := next(waiting, None)):
                    under_way[pool.submit(_ask, judge, following, judgement)] = following
                if not under_way or (leave_at is not None and time.monotonic() > leave_at):
                    return
                for done in wait(under_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                    yield under_way.pop(done), done.result()
        finally:
            if under_way:
                judge.close()


def _ask(judge: Judge, one: _Open, judgement: Judgement) -> Verdict:
    key, question, began = one.key, one.questions[0], time.monotonic()
    try:
        reply, opinion = ask_once(judge, _prompt(judgement, question))
    except Unanswered as error:
        return Verdict(key, question, missing=error.why, seconds=time.monotonic() - began)
    said = Verdict(
        key,
        question,
        tokens_read=reply.tokens_read,
        tokens_written=reply.tokens_written,
        seconds=round(time.monotonic() - began, 3),
        structured=reply.structured,
    )
    if opinion is None:
        return replace(said, missing="cut" if reply.cut else "unreadable")
    return replace(said, score=opinion.score, winner=_winner(opinion, question), reason=opinion.reason)


def _winner(opinion: Opinion, question: Question) -> int | None:
    """Place of the contestant whose answer was shown under that name."""
    if not opinion.winner:
        return None
    if opinion.winner == "tie":
        return TIE
    return int(opinion.winner == "B") ^ int(question.swapped)
