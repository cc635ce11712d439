"""The models that are held in memory, runs and base models alike, within a bound; the one unused for longest leaves
first.

Used by one thread at a time (the host's lock). Imports torch only when a model is loaded.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.errors import N_, ModelError, RunError, SettingError
from pipeline.inference import neighbours
from pipeline.inference.neighbours import Neighbour, Neighbourhood
from pipeline.inference.saying import kind_of, read_scores
from pipeline.models import store
from pipeline.runs import bundle
from pipeline.settings import workspace
from pipeline.tasks.task import Inputs

if TYPE_CHECKING:
    from pipeline.inference.classify import Classifier
    from pipeline.inference.generate import Writer

Kind = Literal["run", "model"]
Key = tuple[Kind, str]  # a run by its id, a base model by its name


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


@dataclass(frozen=True)
class HeldWriter:
    """A model that writes, in memory."""

    writer: "Writer"
    bytes: int
    written: int  # when its folder was sealed


class Shelf:
    """Models of runs, and base models."""

    def __init__(self, limit: int) -> None:
        """``limit``: bytes of weights to hold; the model that is asked is held even if it is larger alone."""
        self._limit = limit
        self._held: OrderedDict[Key, Held | HeldWriter] = OrderedDict()
        self._lent: Counter[Key] = Counter()

    @property
    def runs(self) -> tuple[str, ...]:
        """Ids of the runs whose models are held, the one unused for longest first."""
        return tuple(name for kind, name in self._held if kind == "run")

    @property
    def sizes(self) -> tuple[tuple[Kind, str, int], ...]:
        """What is held, the one unused for longest first: a run or a base model, its id or name, bytes of weights."""
        return tuple((kind, name, held.bytes) for (kind, name), held in self._held.items())

    def get(self, run_id: str) -> Held:
        """The model of a run that labels texts, loaded if need be.

        Raises:
            RunError: the run has no model, or its files are damaged.
            SettingError: its model writes answers and gives no labels.
        """
        folder = _folder_of_run(run_id)
        held = self._find(("run", run_id), folder)
        if held is None:
            info = bundle.read_info(folder)
            if info.pretrained:
                raise SettingError(
                    N_("This model has learned from texts alone and gives no labels. Train labels on it first.")
                )
            if not info.labels_texts:
                raise SettingError(N_("This model writes answers and gives no labels. Ask it in the playground."))
            self._make_room(_size(run_id))
            self._held["run", run_id] = held = _load(run_id)
        assert isinstance(held, Held)
        return held

    def lend(self, kind: Kind, name: str) -> "Writer":
        """A model that writes, loaded if need be; it stays until it is given back.

        One that left while it writes would be loaded a second time if it were asked again.

        Args:
            kind: what ``name`` names: a run by its id, or a base model.

        Raises:
            RunError: the run has no model that writes, or its files are damaged.
            ModelError: the base model is not here, is damaged, or writes nothing.
        """
        folder = _folder_of_run(name) if kind == "run" else store.get(name).path
        held = self._find((kind, name), folder)
        if not isinstance(held, HeldWriter):
            self._make_room(_weights(folder))
            self._held[kind, name] = held = _load_writer(kind, name, folder)
        self._lent[kind, name] += 1
        return held.writer

    def give_back(self, kind: Kind, name: str) -> None:
        """What was lent is not needed any more, and may leave when there is want of room."""
        self._lent[kind, name] -= 1

    def _find(self, key: Key, folder: Path) -> Held | HeldWriter | None:
        """What is held, unless the folder holds another model by now."""
        held = self._held.get(key)
        if held is not None and held.written != _written(folder):
            del self._held[key]
            return None
        if held is not None:
            self._held.move_to_end(key)
        return held

    def _make_room(self, wanted: int) -> None:
        for key in list(self._held):
            if sum(held.bytes for held in self._held.values()) + wanted <= self._limit:
                return
            if not self._lent[key]:
                del self._held[key]


def _folder_of_run(run_id: str) -> Path:
    folder = workspace().runs / run_id / "bundle"
    if not run_id.isalnum() or not bundle.is_sealed(folder):
        raise RunError(N_("The run {run} has no model yet. Wait until it has finished."), run=run_id)
    return folder


def _written(folder: Path) -> int:
    return (folder / bundle.MANIFEST).stat().st_mtime_ns


def _size(run_id: str) -> int:
    folder = workspace().runs / run_id
    files = [*(folder / "bundle").rglob("*"), folder / neighbours.FILE]
    return sum(path.stat().st_size for path in files if path.is_file())


def _load(run_id: str) -> Held:
    from pipeline.inference.classify import Classifier

    folder = workspace().runs / run_id
    _require_whole("run", run_id, folder / "bundle")
    return Held(
        classifier=Classifier.load(folder / "bundle"),
        labels=bundle.read_info(folder / "bundle").labels,
        neighbourhood=neighbours.load_neighbours(folder) if (folder / neighbours.FILE).is_file() else None,
        bytes=_size(run_id),
        written=_written(folder / "bundle"),
    )


def _load_writer(kind: Kind, name: str, folder: Path) -> HeldWriter:
    from pipeline.inference.generate import Writer

    _require_whole(kind, name, folder)
    return HeldWriter(Writer.load(folder), _weights(folder), _written(folder))


def _weights(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.safetensors"))


def _require_whole(kind: Kind, name: str, folder: Path) -> None:
    if bundle.is_whole(folder):
        return
    if kind == "run":
        raise RunError(N_("The model of the run {run} is damaged: a file has changed. Train it again."), run=name)
    raise ModelError(
        N_("The model {model} is damaged: a file has changed. Remove it and download it again."), model=name
    )
