"""A judge on this machine: a run that writes, or a base model, asked through the model host. Opens no connection out.

Asked as the model was taught to be: the host writes the question in the format of the run, in the model's own chat
template, or as Alpaca's. Greedy, so that the same question gets the same verdict, and held to the form of the reply,
which a small model would rarely find by itself: a verdict is then never missing for its form, and says all the less
about whether the model can judge.
"""

import contextlib
import dataclasses
import json
import re
from collections.abc import Sequence

from pipeline.data.conversation import single
from pipeline.errors import N_, JobError, JudgeError, RunNotFound, SettingError, UnfitData, UnknownModel
from pipeline.inference import client
from pipeline.inference.events import Began, Token
from pipeline.inference.sampling import GREEDY
from pipeline.inference.shelf import Kind
from pipeline.judge.family import SMALL
from pipeline.judge.judge import JudgeInfo, Reply, Unanswered
from pipeline.judge.prompts import WINNERS, Prompt
from pipeline.models import catalogue
from pipeline.models import store as models
from pipeline.runs import bundle
from pipeline.runs import store as runs
from pipeline.settings import workspace

WRITES = ("decoder", "encoder-decoder")
ROOM, BARE_ROOM = 80, 32  # tokens of a reply with a sentence, and without
TRIES = 2


class LocalJudge:
    """A model of this workspace.

    Raises:
        JudgeError: there is none of that name, or it writes nothing.
        ModelNotReady: it is not on this machine yet.
    """

    def __init__(self, info: JudgeInfo) -> None:
        self._info = info
        self._kind, self._id, _ = _find(info.model)

    @property
    def info(self) -> JudgeInfo:
        """As ``Judge``."""
        return self._info

    @property
    def at_once(self) -> int:
        """One: the host computes one step at a time."""
        return 1

    def ask(self, prompt: Prompt) -> Reply:
        """As ``Judge``."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(JobError):
                return self._once(prompt)
        return self._once(prompt)

    def close(self) -> None:
        """As ``Judge``; the host ends by itself."""

    def _once(self, prompt: Prompt) -> Reply:
        sampling = dataclasses.replace(GREEDY, max_new_tokens=ROOM if prompt.reasons else BARE_ROOM)
        asked = single(f"{prompt.system}\n\n{prompt.user}", "")
        forms = openings(prompt)
        said, read, written = "", 0, 0
        try:
            with contextlib.closing(client.generate(self._kind, self._id, asked, sampling, openings=forms)) as events:
                for event in events:
                    if isinstance(event, Began):
                        read = event.tokens
                    elif isinstance(event, Token):
                        said += event.text
                        written += 1
                        if _is_over(said, forms, prompt):
                            break
        except (SettingError, UnfitData):
            raise Unanswered("refused") from None  # longer than what the model reads
        form = next((form for form in forms if said.startswith(form)), "")
        if not form:
            return Reply(said, read, written, cut=True, structured=True)
        reason = _first_line(said.removeprefix(form))
        return Reply(f"{form}{json.dumps(reason)[1:]}}}" if prompt.reasons else form, read, written, structured=True)


def _is_over(said: str, forms: Sequence[str], prompt: Prompt) -> bool:
    """Whether the verdict is there, and its sentence is at an end."""
    form = next((form for form in forms if said.startswith(form)), None)
    return form is not None and (not prompt.reasons or _first_line(said.removeprefix(form)) != said.removeprefix(form))


def _first_line(text: str) -> str:
    """What stands before the end of the line, or of the quotation."""
    return re.split(r'["\n]', text, maxsplit=1)[0]


def openings(prompt: Prompt) -> tuple[str, ...]:
    """How a reply may begin: with one of the verdicts, as JSON, up to where the sentence begins."""
    verdicts = range(prompt.low, prompt.high + 1) if prompt.kind == "score" else WINNERS
    rest = ', "reason": "' if prompt.reasons else "}"
    return tuple(f'{{"{prompt.kind}": {json.dumps(verdict)}{rest}' for verdict in verdicts)


def parameters_of(model: str) -> int | None:
    """How many parameters a model of this workspace has, a run as many as its base model; None if nobody knows.

    Raises:
        JudgeError, ModelNotReady: as ``LocalJudge``.
    """
    _, _, base = _find(model)
    if models.ready(base):
        return models.get(base).parameters
    try:
        return catalogue.find(base).parameters
    except UnknownModel:
        return None


def is_weak(model: str) -> bool:
    """Whether it is too small to be trusted with judging. Raises as ``parameters_of``."""
    count = parameters_of(model)
    return count is None or count < SMALL


def _find(model: str) -> tuple[Kind, str, str]:
    """What a name stands for: the run of that id or name, else the base model; and the base model it comes from."""
    try:
        row = runs.get_run(model)
    except RunNotFound:
        return "model", _base_model(model), model
    folder = workspace().runs / row.id / "bundle"
    if not bundle.is_sealed(folder) or not bundle.read_info(folder).format:
        raise JudgeError(N_("The run {run} has no model that writes, and cannot judge. Choose another one."), run=model)
    return "run", row.id, bundle.read_info(folder).base_model


def _base_model(name: str) -> str:
    try:
        found = models.get(name)
    except UnknownModel:
        raise JudgeError(
            N_("There is neither a run nor a base model named {name} that could judge. See the list of models."),
            name=name,
        ) from None
    if found.family not in WRITES:
        raise JudgeError(N_("The model {model} writes nothing, and cannot judge. Choose another one."), model=name)
    return found.name
