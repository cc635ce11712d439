"""Asking a model that writes: which there are, and what it answers, token by token."""

from collections.abc import Generator
from dataclasses import dataclass

from pipeline.actions.models import ModelCard, list_models
from pipeline.actions.runs import RunInfo, get_run, list_runs
from pipeline.data.conversation import Conversation
from pipeline.errors import N_, RunError, RunNotFound, UnknownModel
from pipeline.inference import client
from pipeline.inference.events import Event
from pipeline.inference.sampling import Sampling, usual
from pipeline.inference.shelf import Kind
from pipeline.models import store
from pipeline.runs import bundle
from pipeline.settings import workspace

WRITES = ("decoder", "encoder-decoder")
LABELS = "labels"  # in place of a family: the run was trained to give a label or a number


@dataclass(frozen=True)
class Partner:
    """Who can be asked: a run, or a base model of this machine that writes."""

    kind: Kind
    id: str  # of the run; name of the base model
    name: str
    family: str  # "decoder", "encoder-decoder" or LABELS
    base_model: str  # of a run; "" for a base model itself

    @property
    def sampling(self) -> Sampling:
        """What to begin with."""
        return usual(self.family)


def what_can_write() -> tuple[Partner, ...]:
    """The runs that were trained on instructions, newest first, then the base models of this machine that write."""
    families = {card.name: card.family for card in list_models()}
    runs = [_of_run(run, families.get(run.base_model, "decoder")) for run in list_runs() if writes(run)]
    bases = [card for card in list_models() if card.state == "ready" and card.family in WRITES]
    return (*runs, *(_of_model(card.name, card.family) for card in bases))


def what_can_label() -> tuple[Partner, ...]:
    """The runs that label one text, newest first: they can be asked beside those that write."""
    found = [run for run in list_runs() if run.has_model]
    infos = {run.id: bundle.read_info(workspace().runs / run.id / "bundle") for run in found}
    return tuple(
        Partner("run", run.id, run.name, LABELS, run.base_model)
        for run in found
        if infos[run.id].labels_texts and not infos[run.id].second
    )


def what_could_write() -> tuple[ModelCard, ...]:
    """The base models that write and are not on this machine yet, the starters first."""
    missing = [card for card in list_models() if card.state != "ready" and card.family in WRITES]
    return tuple(sorted(missing, key=lambda card: not (card.entry and card.entry.starter)))


def writes(run: RunInfo) -> bool:
    """Whether the run has a model that was trained to write answers, or which of two is better."""
    return run.has_model and bool(bundle.read_info(workspace().runs / run.id / "bundle").format)


def find_writer(run_or_model: str) -> Partner:
    """The run of that id or name, else the base model of that name.

    Raises:
        RunError: the run has no model, or one that writes nothing.
        ModelNotReady: the base model is not on this machine yet.
        UnknownModel: there is neither.
        ModelError: the base model writes nothing.
    """
    try:
        run = get_run(run_or_model)
    except RunNotFound:
        return _find_model(run_or_model)
    if not run.has_model:
        raise RunError(N_("The run {run} has no model yet. Wait until it has finished."), run=run.name)
    if not writes(run):
        raise RunError(
            N_("The model of the run {run} writes no answers. Choose a run that was trained on instructions."),
            run=run.name,
        )
    return _of_run(run, next((card.family for card in list_models() if card.name == run.base_model), "decoder"))


def generate(
    run_or_model: str,
    conversation: Conversation,
    sampling: Sampling | None = None,
    format: str = "",
    own: str = "",
) -> Generator[Event]:
    """The answer to the last message, event by event; closing the generator ends the writing soon.

    Args:
        run_or_model: a run by its id or name, or a base model.
        conversation: the last turn is a user's.
        sampling: how tokens are chosen; None: as is usual for the kind of model.
        format: the prompt format; "": the model's own.
        own: the template of the format ``own``.

    Raises:
        TuneDeskError: as ``find_writer`` and ``inference.client.generate``.
    """
    found = find_writer(run_or_model)
    return client.generate(found.kind, found.id, conversation, sampling or found.sampling, format=format, own=own)


def _find_model(name: str) -> Partner:
    try:
        model = store.get(name)
    except UnknownModel as error:
        raise UnknownModel(
            N_("There is neither a run nor a base model named {name}. See the lists of runs and of models."), name=name
        ) from error
    return _of_model(model.name, model.family)


def _of_model(name: str, family: str) -> Partner:
    return Partner("model", name, name, family, "")


def _of_run(run: RunInfo, family: str) -> Partner:
    return Partner("run", run.id, run.name, family, run.base_model)
