"""Asks a judge everything that a judgement wants to know, several questions at a time, and keeps each verdict at once.

Goes on where it was stopped or killed, and asks nothing that the same judge has been asked before, in whatever
judgement. Knows judges by their interface only.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import N_, JudgeError
from pipeline.judge.judge import PASSING, Judge, JudgeInfo, Reply, Unanswered
from pipeline.judge.judgement import TIE, Judgement, Verdict, VerdictWriter, list_all, read_verdicts
from pipeline.judge.material import Material, digest
from pipeline.judge.prompts import Prompt, write_prompt
from pipeline.judge.reply import Opinion, read_reply
from pipeline.judge.spec import JudgeSpec, Question, all_questions
from pipeline.runs.progress import Progress, Stopped

ASKING = N_("Asking the judge")
# So many questions in a row that no server answers: it is gone, and the others would fail one by one.
MOST_FAILURES = 20


@dataclass(frozen=True)
class Tally:
    """How a judgement went."""

    questions: int
    asked: int  # of the judge; the others had been answered before
    missing: int  # that have no verdict


@dataclass(frozen=True)
class _Open:
    """Something to ask, and the questions that read so: of equal answers there are several."""

    key: str
    prompt: Prompt
    questions: list[Question]


def ask_all(judgement: Judgement, judge: Judge, progress: Progress) -> Tally:
    """Ask what has no verdict yet. Verdicts are on the disk as they come.

    Raises:
        Stopped: somebody asked for a stop; what was under way has been waited for.
        JudgeError: the judge cannot be asked, or has not answered one of the last 20 questions.
        TuneDeskError: as the judge says.
    """
    questions = all_questions(judgement.material, judgement.spec)
    verdicts = {one.question: one for one in read_verdicts(judgement.id) if one.missing not in PASSING}
    known = _known(judgement.judge)
    asked = failures = 0
    with VerdictWriter(judgement.id) as writer:

        def keep(verdict: Verdict) -> None:
            writer.write(verdict)
            verdicts[verdict.question] = verdict

        todo: dict[str, _Open] = {}
        for question in questions:
            if question in verdicts:
                continue
            prompt = write_prompt(question, judgement.material.items[question.item], judgement.spec)
            key = key_of(judgement.judge, prompt)
            if key in known:
                keep(_carried_over(known[key], question))
            else:
                todo.setdefault(key, _Open(key, prompt, [])).questions.append(question)
        progress.advance(ASKING, len(verdicts), len(questions))
        for one, verdict in _in_parallel(judge, todo.values(), progress.stop_requested):
            keep(verdict)
            for question in one.questions[1:]:
                keep(_carried_over(verdict, question))
            asked += 1
            progress.advance(ASKING, len(verdicts), len(questions))
            failures = failures + 1 if verdict.missing in PASSING else 0
            if failures >= MOST_FAILURES:
                raise JudgeError(
                    N_(
                        "The judge has not answered {count} questions in a row. Look whether its server runs, then "
                        "resume: the verdicts so far are kept."
                    ),
                    count=failures,
                )
    tally = Tally(len(questions), asked, sum(bool(one.missing) for one in verdicts.values()))
    if len(verdicts) < len(questions):
        raise Stopped({"questions": tally.questions, "asked": tally.asked, "missing": tally.missing})
    return tally


def key_of(info: JudgeInfo, prompt: Prompt) -> str:
    """The same for the same question to the same judge."""
    return digest([info.endpoint, info.model, prompt.key])


def still_open(material: Material, spec: JudgeSpec, info: JudgeInfo) -> tuple[Prompt, ...]:
    """What the judge would have to be asked now: what it has not been asked before, each once."""
    known = _known(info)
    questions = all_questions(material, spec)
    prompts = {prompt.key: prompt for one in questions if (prompt := write_prompt(one, material.items[one.item], spec))}
    return tuple(prompt for prompt in prompts.values() if key_of(info, prompt) not in known)


def seconds_each(info: JudgeInfo) -> float | None:
    """The median time that this judge has taken for a question; None where it was never asked."""
    taken = [verdict.seconds for verdict in _known(info).values() if verdict.seconds]
    return float(np.median(taken)) if taken else None


def ask_once(judge: Judge, prompt: Prompt) -> tuple[Reply, Opinion | None]:
    """One question and what its reply says. Raises as ``Judge.ask``."""
    reply = judge.ask(prompt)
    return reply, read_reply(reply.text, prompt)


def _known(info: JudgeInfo) -> dict[str, Verdict]:
    """Verdicts of this judge in all judgements, by key."""
    asked = (one for one in list_all() if (one.judge.endpoint, one.judge.model) == (info.endpoint, info.model))
    return {verdict.key: verdict for one in asked for verdict in read_verdicts(one.id) if not verdict.missing}


def _carried_over(verdict: Verdict, question: Question) -> Verdict:
    """The same verdict for a question that reads the same, perhaps of other contestants."""
    winner = verdict.winner
    if winner is not None and winner != TIE and verdict.question.swapped != question.swapped:
        winner = 1 - winner
    return replace(verdict, question=question, winner=winner)


def _in_parallel(judge: Judge, todo: Iterable[_Open], stopped: Callable[[], bool]) -> Iterator[tuple[_Open, Verdict]]:
    """Verdicts as they come. No more is under way than may be asked at once, so that a kill loses no more than that."""
    waiting = iter(todo)
    under_way: dict[Future[Verdict], _Open] = {}
    with ThreadPoolExecutor(judge.at_once, thread_name_prefix="judge") as pool:
        while True:
            while len(under_way) < judge.at_once and not stopped():
                following = next(waiting, None)
                if following is None:
                    break
                under_way[pool.submit(_ask, judge, following)] = following
            if not under_way:
                return
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                yield under_way.pop(done), done.result()


def _ask(judge: Judge, one: _Open) -> Verdict:
    key, question, began = one.key, one.questions[0], time.monotonic()
    try:
        reply, opinion = ask_once(judge, one.prompt)
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
