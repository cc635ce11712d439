"""Who judges: one small interface, whether the model is on this machine or behind an address. Knows no questions."""

from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.errors import N_, SettingError
from pipeline.judge.prompts import Prompt

# Why there is no verdict, as verdicts keep it, and as people read it.
Missing = Literal["unreadable", "cut", "slow", "failed", "refused"]
WHY: dict[str, str] = {
    "unreadable": N_("The judge replied, but gave no verdict that can be read."),
    "cut": N_("The reply broke off before the verdict."),
    "slow": N_("The judge did not reply in time."),
    "failed": N_("The judge's server failed again and again."),
    "refused": N_("The judge's server would not take this question."),
}
# Reasons that lie with the connection and not with the question: asking again later may help.
PASSING = ("slow", "failed")

USUAL_AT_ONCE, MOST_AT_ONCE = 4, 64  # questions under way


@dataclass(frozen=True)
class JudgeInfo:
    """Who judges, as it is kept with the verdicts. Holds no key."""

    model: str  # as the server calls it, or a base model or run of this workspace
    endpoint: str = ""  # address of an OpenAI-compatible server up to /v1; "": the model host of this workspace
    weak: bool = False  # too small for its verdicts to be trusted without a look at how far people agree

    @property
    def name(self) -> str:
        """As people are shown it."""
        return self.model


@dataclass(frozen=True)
class Limits:
    """How hard a server may be asked; a model of this machine is asked one question at a time.

    Raises:
        SettingError: no question at once, or none a minute, or more than any server takes.
    """

    at_once: int = USUAL_AT_ONCE
    a_minute: int | None = None  # requests, tries included; None: no limit

    def __post_init__(self) -> None:
        if not 1 <= self.at_once <= MOST_AT_ONCE:
            raise SettingError(
                N_("Choose between 1 and {most} questions at once; this was {count}."),
                most=MOST_AT_ONCE,
                count=self.at_once,
            )
        if self.a_minute is not None and self.a_minute < 1:
            raise SettingError(N_("At least one question a minute has to be allowed."))


USUAL_LIMITS = Limits()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    text: str
    tokens_read: int = 0  # of the prompt; 0 where the server does not say
    tokens_written: int = 0
    cut: bool = False  # the reply was at its longest and broke off
    structured: bool = False  # the server was held to the schema


class Unanswered(Exception):  # noqa: N818  # no failure of ours: a verdict is missing, and the next question is asked
    """This question was not answered, however often it was asked."""

    def __init__(self, why: Missing) -> None:
        super().__init__(why)
        self.why: Missing = why


class Judge(Protocol):
    """Answers questions; used by several threads at once."""

    @property
    def info(self) -> JudgeInfo:
        """Who it is."""

    @property
    def at_once(self) -> int:
        """How many questions it may be asked at the same time."""

    def ask(self, prompt: Prompt) -> Reply:
        """The reply to one question.

        Raises:
            Unanswered: not this one; the next may be.
            TuneDeskError: none can be: wrong address, key or model. What was answered so far stays.
        """

    def close(self) -> None:
        """Let go of connections; a question that is under way may fail."""
