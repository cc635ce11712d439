"""Before a run: which base model suits a dataset, with what recipe, and what it will cost. Starts nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from pipeline import system
from pipeline.actions.data import Dataset
from pipeline.actions.runs import RunInfo, correction, finished_run
from pipeline.data.split import Split, load_split
from pipeline.data.view import View, view_answers, view_frame
from pipeline.errors import N_
from pipeline.models import devices, fit
from pipeline.models import store as models
from pipeline.models.catalogue import CatalogueEntry, entries
from pipeline.models.devices import Device
from pipeline.models.fit import Estimate
from pipeline.models.store import Model
from pipeline.runs.spec import MOST_ANSWERED, MOST_MEASURED, Recipe, RunSpec
from pipeline.tasks import registry
from pipeline.templates.columns import read_whole
from pipeline.training import recipe as recipes
from pipeline.training.settings import change, check_device, check_use
from pipeline.training.space import MOST_TRIALS, grid
from pipeline.training.suitable import reads_alone, refuse

PRESETS, WRITING_PRESETS = recipes.PRESETS, recipes.WRITING_PRESETS

# Rows from which lengths and language are judged: the mean length of so many is within 2 % or so.
_SAMPLE = 2_000
_LANGUAGE_STEP = 10  # every tenth of these is enough to know a file's language
SMALL_WRITER = 300_000_000  # parameters: still taught within an hour or so without a GPU
_KEPT = 8  # samples that are kept for all sessions together


@dataclass(frozen=True)
class Recommendation:
    """A base model for a dataset, with the reason why it stands where it stands."""

    model: str
    reason: str  # gettext id
    ready: bool
    entry: CatalogueEntry | None


@dataclass(frozen=True)
class Plan:
    """What a start would do and cost."""

    recipe: Recipe
    device: str
    estimate: Estimate  # corrected by what runs on this machine really took
    correction: float  # that factor; 1 before the first run
    spec: RunSpec
    finished_run: RunInfo | None  # the same spec, trained before
    free_bytes: int  # of memory on the device now; of a GPU: all that it has
    smaller: Recipe | None  # where the recipe does not fit: what would; None also where nothing would

    @property
    def fits(self) -> bool:
        """Whether there is room for it now."""
        return self.estimate.memory_bytes <= self.free_bytes


def recommend(dataset: Dataset) -> tuple[Recommendation, ...]:
    """Base models for a dataset, best first: those that read its language, then by family and size."""
    chinese = _mostly_chinese(dataset)
    wanted = "zh" if chinese else "en"
    ready = {model.name for model in models.list_ready()}

    view = dataset.view

    def rank(entry: CatalogueEntry) -> tuple[bool, bool, bool, int]:
        reads = wanted in entry.languages or "multi" in entry.languages
        best = "decoder" if view.written else "encoder"
        return (not reads, entry.family != best, not entry.starter, entry.parameters)

    fitting = (entry for entry in entries() if _suits(view, entry.family, entry.reads_alone))
    ordered = sorted(fitting, key=rank)
    reason = _reason_to_read if view.raw else _reason_to_write if view.written else _reason
    named = [Recommendation(entry.name, reason(entry, chinese), entry.name in ready, entry) for entry in ordered]
    known = {entry.name for entry in entries()}
    brought = [
        Recommendation(model.name, N_("Brought by you."), True, None)
        for model in models.list_ready()
        if model.name not in known and _suits(view, model.family, view.raw and reads_alone(model))
    ]
    return (*named, *brought)


def _suits(view: View, family: str, reads_alone: bool) -> bool:
    """Whether a model of that family can learn what a View asks for; ``reads_alone``: from texts alone, too."""
    return reads_alone if view.raw else not (view.written and family == "encoder")


def plan(
    dataset: Dataset,
    model_name: str,
    preset: str = "balanced",
    *,
    seed: int = 0,
    device: str | None = None,
    settings: Mapping[str, str] | None = None,
    use_cache: bool = True,
) -> Plan:
    """What training would do and cost; nothing is started.

    Raises:
        ModelNotReady, UnknownModel: fetch the model first, or take another.
        ModelError: models of its kind cannot learn what the dataset asks for.
        SettingError: unknown preset, device or setting, or a value out of range.
    """
    model = models.get(model_name)
    task = registry.task_of(dataset.view)
    refuse(model, task.problem_type)
    chosen = devices.choose(device)
    # A number is one output; to the rules it is what two classes are, the simplest case.
    match = _Match(dataset, model, chosen, classes=max(2, len(task.names(dataset.view))))
    recipe = change(match.recipe(preset), settings or {})
    check_use(recipe, model.family, task.problem_type)
    check_device(recipe, chosen)
    spec = RunSpec(
        view=dataset.view,
        split=dataset.split,
        task=task.name,
        base_model=model.name,
        model_fingerprint=model.fingerprint,
        recipe=recipe,
        seed=seed,
        device=chosen.name,
        use_cache=use_cache,
    )
    factor = correction(chosen.name, task.name)
    free = chosen.memory_bytes if chosen.name == "cuda" else system.free_memory()
    fitting = fit.shrunk(recipe, lambda smaller: match.cost(smaller).memory_bytes <= free)
    return Plan(
        recipe=recipe,
        device=chosen.name,
        estimate=_of_search(recipe, match.cost, factor),
        correction=factor,
        spec=spec,
        finished_run=finished_run(spec) if use_cache else None,
        free_bytes=free,
        smaller=fitting if fitting != recipe else None,
    )


@dataclass(frozen=True)
class _Match:
    """A dataset, the model that is to learn from it and where: rules and costs by what the dataset asks for."""

    dataset: Dataset
    model: Model
    device: Device
    classes: int  # at least 2

    @cached_property
    def _rows(self) -> Split:
        return load_split(self.dataset.split).without(self.dataset.view.left_out)

    def recipe(self, preset: str) -> Recipe:
        """The recipe of a preset. Raises SettingError: no such preset."""
        view, rows = self.dataset.view, len(self._rows.train)
        if view.raw:
            return recipes.choose_reading(preset, self.model, device=self.device)
        if view.written:
            prefers = bool(view.rejected)
            return recipes.choose_writing(preset, self.model, rows=rows, device=self.device, prefers=prefers)
        return recipes.choose(preset, self.model, rows=rows, classes=self.classes, device=self.device)

    def cost(self, recipe: Recipe) -> Estimate:
        """What one training by this recipe will cost."""
        view, split, rows = self.dataset.view, self.dataset.split, self._rows
        texts = _some_texts(view, split)
        if view.raw:
            return fit.estimate_reading(
                self.model,
                recipe,
                train_rows=len(rows.train),
                measured=min(len(rows.validation), MOST_ANSWERED) + min(len(rows.test), MOST_MEASURED),
                texts=texts,
                device=self.device,
            )
        if view.written:
            return fit.estimate_writing(
                self.model,
                recipe,
                train_rows=len(rows.train),
                tested=min(len(rows.test), MOST_ANSWERED),
                asked=texts,
                answers=_some_answers(view, split),
                device=self.device,
            )
        return fit.estimate(
            self.model,
            recipe,
            rows=len(rows.train) + len(rows.validation) + len(rows.test),
            train_rows=len(rows.train),
            texts=texts,
            classes=self.classes,
            device=self.device,
        )


def _of_search(recipe: Recipe, cost: Callable[[Recipe], Estimate], factor: float) -> Estimate:
    """What a recipe costs; where it searches, all that it tries. A budget is kept on any machine."""
    one = cost(recipe)
    seconds = one.seconds * factor
    if recipe.search == "bert":
        seconds = sum(cost(point).seconds for point in grid(recipe)) * factor
    if recipe.search == "space":
        seconds *= MOST_TRIALS
    if recipe.search != "none" and recipe.budget_minutes:
        # The first trial is made to its end, whatever the budget.
        seconds = min(seconds, max(one.seconds * factor, recipe.budget_minutes * 60))
    return replace(one, seconds=seconds)


@lru_cache(_KEPT)
def _some_texts(view: View, split: str) -> tuple[str, ...]:
    """Training texts from all over the file, at most _SAMPLE of them; the page asks for them at every click."""
    rows = load_split(split).without(view.left_out).train
    some = rows[:: max(1, -(-len(rows) // _SAMPLE))]
    return tuple(read_whole(view, view.second, view_frame(view, some)))


@lru_cache(_KEPT)
def _some_answers(view: View, split: str) -> tuple[str, ...]:
    """The answers of the rows of ``_some_texts``."""
    rows = load_split(split).without(view.left_out).train
    return tuple(view_answers(view, rows[:: max(1, -(-len(rows) // _SAMPLE))]))


def _mostly_chinese(dataset: Dataset) -> bool:
    texts = "".join(_some_texts(dataset.view, dataset.split)[::_LANGUAGE_STEP])
    letters = [character for character in texts if character.isalpha()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    # A Chinese ticket is full of Latin product names; an English one has hardly any Chinese.
    return chinese > 0.2 * max(1, len(letters))


def _reason_to_read(entry: CatalogueEntry, chinese: bool) -> str:
    if entry.family == "encoder" and not (chinese and "zh" not in entry.languages):
        return N_("Guesses hidden words. Kept as a base model, it then learns your labels.")
    return _reason_to_write(entry, chinese)


def _reason_to_write(entry: CatalogueEntry, chinese: bool) -> str:
    if chinese and "zh" not in entry.languages:
        return N_("Made for English; your texts are mostly Chinese.")
    if not chinese and "en" not in entry.languages:
        return N_("Made for Chinese; your texts are not.")
    if entry.family == "encoder-decoder":
        return N_("Reads a text and writes another; answers one question at a time.")
    if entry.starter:
        return N_("Small enough to be taught on this computer.")
    if entry.parameters < SMALL_WRITER:
        return N_("Small; it has to be downloaded.")
    return N_("Larger: writes better, slower, and it has to be downloaded.")


def _reason(entry: CatalogueEntry, chinese: bool) -> str:
    reads_chinese = "zh" in entry.languages or "multi" in entry.languages
    if chinese and not reads_chinese:
        return N_("Made for English; your texts are mostly Chinese.")
    if not chinese and "en" not in entry.languages and "multi" not in entry.languages:
        return N_("Made for Chinese; your texts are not.")
    if entry.family == "encoder-decoder":
        return N_("Made for turning one text into another: learns to write the label. Slower at sorting texts.")
    if entry.family != "encoder":
        return N_("Made for writing text; slower at sorting texts into classes.")
    if entry.starter and chinese:
        return N_("Reads Chinese and about 100 other languages, and is quick without a GPU.")
    if entry.starter:
        return N_("Small, quick without a GPU, and strong on English texts.")
    return N_("Larger: often a little better, slower, and it has to be downloaded.")
