"""Who can judge: models of this machine, and those of a server; and one question to see how one judges."""

import time
from dataclasses import dataclass

from pipeline.actions.write import Partner, what_can_write
from pipeline.judge import opening
from pipeline.judge.asking import ask_once
from pipeline.judge.judge import JudgeInfo, Reply
from pipeline.judge.keys import Key
from pipeline.judge.material import Material
from pipeline.judge.prompts import Prompt, write_prompt
from pipeline.judge.reply import Opinion
from pipeline.judge.spec import JudgeSpec, all_questions


@dataclass(frozen=True)
class Tried:
    """One question, as it was asked and answered."""

    prompt: Prompt
    reply: Reply
    opinion: Opinion | None  # None where the reply holds no verdict
    seconds: float


def local_judges() -> tuple[Partner, ...]:
    """The models of this machine that could judge: base models first, as a run was trained for something else."""
    return tuple(sorted(what_can_write(), key=lambda one: one.kind == "run"))


def who(model: str, endpoint: str = "") -> JudgeInfo:
    """Who judges, from what was chosen; asks nobody. Raises TuneDeskError as ``judge.opening.who``."""
    return opening.who(model, endpoint)


def connect(endpoint: str, key: str) -> tuple[str, ...]:
    """The models of a server; a key that it takes is handed to the model host, which keeps it in memory only.

    Args:
        endpoint: address as it was typed.
        key: as it was typed; "" for the one that is known, if any.

    Raises:
        JudgeError: the address may not be asked, nothing answers there, or it does not take the key.
        JobError: the model host could not be started.
    """
    typed = Key(key) if key.strip() else None
    found = opening.models_at(endpoint, typed)
    if typed:
        typed.keep(endpoint)
    return found


def try_one(material: Material, spec: JudgeSpec, info: JudgeInfo) -> Tried:
    """Ask the first question; nothing is kept.

    Raises:
        Unanswered: no reply to this question.
        TuneDeskError: the judge cannot be asked.
    """
    question = all_questions(material, spec)[0]
    prompt = write_prompt(question, material.items[question.item], spec)
    judge = opening.open_judge(info)
    try:
        began = time.monotonic()
        reply, opinion = ask_once(judge, prompt)
        return Tried(prompt, reply, opinion, time.monotonic() - began)
    finally:
        judge.close()
