"""The models that are held in memory, within a bound; the one unused for longest leaves first.

Used by one thread at a time (the host's lock). Imports torch only when a model is loaded.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import N_, RunError, SettingError
from pipeline.inference import neighbours
from pipeline.inference.neighbours import Neighbour, Neighbourhood
from pipeline.inference.saying import kind_of, read_scores
from pipeline.runs import bundle
from pipeline.settings import workspace
from pipeline.tasks.task import Inputs

if TYPE_CHECKING:
    from pipeline.inference.classify import Classifier


@dataclass(frozen=True)
class Answer:
    """What a model says about one row."""

    scores: tuple[float, ...]  # probabilities in the order of the label space, or the number
    labels: tuple[str, ...]  # the most probable one; where a row may have several, those from their threshold on
    confidence: float | None  # from 0 to 1; None: the answer is a number
    number: float | None  # None: the answer is a label
    nearest: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Held:
    """A model in memory, with what it needs to answer."""

    classifier: "Classifier"
    labels: tuple[str, ...]
    neighbourhood: Neighbourhood | None
    bytes: int
    written: int  # when its bundle was sealed: a run that was resumed has another model

    def answer(self, inputs: Inputs) -> list[Answer]:
        """Scores, what they say, and the nearest labelled rows of each row.

        Raises:
            SettingError: one text where the model compares two, or the other way round.
        """
        info = self.classifier.info
        if bool(info.second) != (inputs.second is not None):
            raise SettingError(
                N_("This model compares two texts: give a second one for each.")
                if info.second
                else N_("This model reads one text at a time: there is nothing to compare it with.")
            )
        scores = self.classifier.scores(inputs)
        said, is_number = read_scores(info, scores), kind_of(info) == "number"
        found: list[tuple[Neighbour, ...]] = [()] * len(inputs)
        if self.neighbourhood is not None:
            found = self.neighbourhood.nearest(self.classifier.embed(inputs))
        return [
            Answer(
                scores=tuple(scores[at].tolist()),
                labels=said.labels[at],
                confidence=None if is_number else float(said.confidence[at]),
                number=float(said.numbers[at]) if is_number else None,
                nearest=found[at],
            )
            for at in range(len(inputs))
        ]


class Shelf:
    """Models by the id of their run."""

    def __init__(self, limit: int) -> None:
        """``limit``: bytes of weights to hold; the model that is asked is held even if it is larger alone."""
        self._limit = limit
        self._held: OrderedDict[str, Held] = OrderedDict()

    @property
    def runs(self) -> tuple[str, ...]:
        """Ids of the runs whose models are held, the one unused for longest first."""
        return tuple(self._held)

    def get(self, run_id: str) -> Held:
        """The model of a run, loaded if need be.

        Raises:
            RunError: the run has no model, or its files are damaged.
        """
        folder = workspace().runs / run_id
        if not run_id.isalnum() or not bundle.is_sealed(folder / "bundle"):
            raise RunError(N_("The run {run} has no model yet. Wait until it has finished."), run=run_id)
        written = (folder / "bundle" / bundle.MANIFEST).stat().st_mtime_ns
        held = self._held.get(run_id)
        if held is None or held.written != written:
            self._held.pop(run_id, None)
            self._make_room(_size(run_id))
            self._held[run_id] = held = _load(run_id, written)
        self._held.move_to_end(run_id)
        return held

    def _make_room(self, wanted: int) -> None:
        while self._held and sum(held.bytes for held in self._held.values()) + wanted > self._limit:
            self._held.popitem(last=False)


def _size(run_id: str) -> int:
    folder = workspace().runs / run_id
    files = [*(folder / "bundle").rglob("*"), folder / neighbours.FILE]
    return sum(path.stat().st_size for path in files if path.is_file())


def _load(run_id: str, written: int) -> Held:
    from pipeline.inference.classify import Classifier

    folder = workspace().runs / run_id
    if not bundle.is_whole(folder / "bundle"):
        raise RunError(N_("The model of the run {run} is damaged: a file has changed. Train it again."), run=run_id)
    return Held(
        classifier=Classifier.load(folder / "bundle"),
        labels=bundle.read_info(folder / "bundle").labels,
        neighbourhood=neighbours.load_neighbours(folder) if (folder / neighbours.FILE).is_file() else None,
        bytes=_size(run_id),
        written=written,
    )
