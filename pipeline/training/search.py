"""Tries several recipes on the same rows and keeps the best: the grid of the BERT paper, or Optuna within a budget.

The choice falls on validation rows alone. Every trial that ended stands in ``trials.jsonl`` of the run folder; after a
kill the search goes on behind the last of them, and the one under way goes on from its checkpoint. Knows neither
models nor data: it is given a function that trains one recipe.
"""

import bisect
import dataclasses
import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import N_, RunError
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Progress
from pipeline.runs.spec import Recipe
from pipeline.training.space import MOST_TRIALS, grid, space, values

if TYPE_CHECKING:
    import optuna

SEARCHING = N_("Trying settings")
LOG = "trials.jsonl"

# Before this share of its steps a trial is not given up, and before so many are there to compare it with.
_GRACE, _TO_COMPARE = 0.3, 3
# The first trials of Optuna's sampler are drawn at random.
_RANDOM_TRIALS = 6

State = Literal["whole", "pruned", "cut"]
Curve = list[tuple[float, float]]  # share of the steps, score


@dataclass(frozen=True)
class Trial:
    """One recipe that was tried."""

    number: int
    recipe: Recipe
    state: State  # "pruned": fell behind; "cut": the budget was over
    score: float  # best macro-F1 on the validation rows, -1 where it was not measured once
    curve: Curve
    seconds: float


@dataclass(frozen=True)
class Tried:
    """How one training ended."""

    curve: Curve
    stopped: bool  # a person asked for it


Verdict = Callable[[float, float], bool]  # (share of the steps, best score so far) -> whether to end here
Attempt = Callable[[Recipe, Path, Progress, Verdict], Tried]


@dataclass(frozen=True)
class Found:
    """The outcome of a search."""

    recipe: Recipe
    folder: Path  # of the trial, its checkpoints inside
    stopped: bool


def search(
    recipe: Recipe,
    layers: int,
    seed: int,
    run_folder: Path,
    progress: Progress,
    metrics: MetricsWriter,
    attempt: Attempt,
) -> Found:
    """Try recipes until all were tried, the budget is over or somebody asks for a stop.

    Args:
        recipe: where the search begins; its ``search`` and ``budget_minutes`` say how and how long.
        layers: of the base model.
        seed: of the sampler.
        run_folder: takes the log and the trials' folders.
        attempt: trains a recipe in a folder, or goes on there, telling the verdict each score on the validation rows.

    Raises:
        RunError: not one of the recipes could be trained.
    """
    log = _Log(run_folder / LOG)
    proposals = _proposals(recipe, layers, seed, log.trials)
    budget = recipe.budget_minutes * 60
    most = len(grid(recipe)) if recipe.search == "bert" else MOST_TRIALS
    watch = _Watch(progress, budget, sum(trial.seconds for trial in log.trials), log.trials, most)
    for number, proposed in proposals:
        if number < len(log.trials):
            continue
        if log.trials and watch.over():
            break
        folder = run_folder / "trials" / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        judge = _Judge(log.trials, watch, first=number == 0)
        started = time.monotonic()
        try:
            tried = attempt(proposed, folder, watch, judge)
        except RunError:  # too large a rate: the next one may be smaller
            judge.state, tried = "pruned", Tried([], stopped=False)
        score = max((score for _, score in tried.curve), default=-1.0)
        trial = Trial(number, proposed, judge.state, score, tried.curve, time.monotonic() - started)
        if tried.stopped:
            return _found([*log.trials, trial], run_folder, stopped=True)
        best = max([*log.trials, trial], key=_rank)
        metrics.write(
            "trial", number=number, settings=_changes(recipe, proposed), score=score, state=trial.state,
            seconds=trial.seconds, best=best.number == number,
        )  # fmt: skip
        log.add(trial)
        _keep_only(run_folder / "trials", best.number)
    if all(trial.score < 0 for trial in log.trials):
        raise RunError(
            N_("None of the settings could be trained: the loss stopped being a number. Start with a lower rate.")
        )
    return _found(log.trials, run_folder, stopped=False)


def take_over(found: Found, run_folder: Path, metrics: MetricsWriter) -> None:
    """Write what the chosen trial measured into the run's own log, for the curves; once, when the search is over."""
    if found.stopped or any(event.kind == "chosen" for event in read_metrics(run_folder)):
        return
    for event in read_metrics(found.folder):
        if event.kind in ("plan", "train", "validation"):
            metrics.write(event.kind, **event.values)
    metrics.write("chosen", settings=dataclasses.asdict(found.recipe))


class _Log:
    """The trials that ended, oldest first; appended to, and read again after a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trials: list[Trial] = []
        whole = path.read_text(encoding="utf-8").rpartition("\n")[0] if path.exists() else ""
        for line in whole.splitlines():
            content = json.loads(line)
            curve = [(share, score) for share, score in content["curve"]]
            self.trials.append(Trial(**{**content, "recipe": Recipe(**content["recipe"]), "curve": curve}))
        if path.exists():
            path.write_text(f"{whole}\n" if whole else "", encoding="utf-8")  # without a line that was torn

    def add(self, trial: Trial) -> None:
        self.trials.append(trial)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(trial)) + "\n")


class _Watch:
    """Progress of the whole search: minutes of the budget that are over, or trials."""

    def __init__(self, progress: Progress, budget: float, spent: float, trials: list[Trial], most: int) -> None:
        self._progress, self._budget = progress, budget
        self._began = time.monotonic() - spent
        self._trials, self._most = trials, most

    def over(self) -> bool:
        return 0 < self._budget <= time.monotonic() - self._began

    def advance(self, phase: str, done: int, total: int) -> None:
        if self._budget:
            seconds = min(self._budget, time.monotonic() - self._began)
            self._progress.advance(SEARCHING, int(seconds), int(self._budget))
        else:
            self._progress.advance(SEARCHING, len(self._trials), self._most)

    def stop_requested(self) -> bool:
        return self._progress.stop_requested()


class _Judge:
    """Ends a trial that falls behind, and any but the first when the budget is over."""

    def __init__(self, others: list[Trial], watch: _Watch, first: bool) -> None:
        self._others = [trial for trial in others if trial.state == "whole"]
        self._watch, self._first = watch, first
        self.state: State = "whole"

    def __call__(self, share: float, best: float) -> bool:
        if share >= 1 or self._first:
            return False
        if self._watch.over():
            self.state = "cut"
        elif share >= _GRACE and len(self._others) >= _TO_COMPARE:
            reached = [_by(trial.curve, share) for trial in self._others]
            if best < statistics.median(reached):
                self.state = "pruned"
        return self.state != "whole"


def _by(curve: Curve, share: float) -> float:
    """The best score that a trial had when this share of its steps was over."""
    until = bisect.bisect_right([at for at, _ in curve], share)
    return max((score for _, score in curve[:until]), default=-1.0)


def _rank(trial: Trial) -> tuple[float, int]:
    return (-2.0 if trial.state == "pruned" else trial.score, -trial.number)


def _found(trials: list[Trial], run_folder: Path, stopped: bool) -> Found:
    best = max(trials, key=_rank)
    return Found(best.recipe, run_folder / "trials" / str(best.number), stopped)


def _keep_only(trials: Path, number: int) -> None:
    for folder in trials.iterdir():
        if folder.name != str(number):
            shutil.rmtree(folder)


def _changes(base: Recipe, tried: Recipe) -> dict[str, Any]:
    before, after = dataclasses.asdict(base), dataclasses.asdict(tried)
    return {name: value for name, value in after.items() if value != before[name]}


def _proposals(recipe: Recipe, layers: int, seed: int, known: list[Trial]) -> Iterator[tuple[int, Recipe]]:
    """Recipes to try, numbered; told of each trial through ``known``, which grows."""
    if recipe.search == "bert":
        yield from enumerate(grid(recipe))
    else:
        yield from _sampled(recipe, layers, seed, known)


def _sampled(recipe: Recipe, layers: int, seed: int, known: list[Trial]) -> Iterator[tuple[int, Recipe]]:
    """Optuna's proposals. After a kill they are made again from the log, so that they are the same ones."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=_RANDOM_TRIALS)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial(values(recipe))
    distributions = _distributions(space(recipe, layers))
    number = 0
    while number < MOST_TRIALS:
        asked = study.ask(distributions)
        yield number, dataclasses.replace(recipe, **asked.params)
        trial = known[number]
        pruned = optuna.trial.TrialState.PRUNED
        asked.report(trial.score, step=0)
        study.tell(asked, None if trial.state == "pruned" else trial.score, pruned if trial.state == "pruned" else None)
        number += 1


def _distributions(reach: dict[str, Any]) -> "dict[str, optuna.distributions.BaseDistribution]":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    found: dict[str, optuna.distributions.BaseDistribution] = {}
    for name, of in reach.items():
        if isinstance(of, list):
            found[name] = CategoricalDistribution(of)
        elif isinstance(of[0], int):
            found[name] = IntDistribution(*of)
        else:
            found[name] = FloatDistribution(low=of[0], high=of[1], log=True)
    return found
