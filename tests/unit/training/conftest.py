"""A very small base model in the workspace, a file whose labels follow from a word, and specs on them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import Terms, make_split, save_split
from pipeline.models import store
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Silent
from pipeline.runs.spec import Recipe, RunSpec
from pipeline.settings import Workspace
from pipeline.training.run import Trained, train
from tests.tiny import tickets, tiny_base


@dataclass
class Witness(Silent):
    """Sees what training says, and intervenes at a step: asks for a stop, or ends it as a kill would."""

    stop_at: int | None = None
    die_at: int | None = None
    phases: list[str] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def advance(self, phase: str, done: int, total: int) -> None:
        if phase not in self.phases:
            self.phases.append(phase)
        if phase == "Training":
            self.steps.append(done)
            if self.die_at is not None and done >= self.die_at:
                raise KeyboardInterrupt

    def stop_requested(self) -> bool:
        return self.stop_at is not None and bool(self.steps) and self.steps[-1] >= self.stop_at


@pytest.fixture
def make_spec(home: Workspace, tmp_path: Path) -> Callable[..., RunSpec]:
    """A function that gives a spec: 91 training rows (6 steps an epoch), 3 epochs, fields of the recipe by name."""
    (home.home / "runs").mkdir(exist_ok=True)
    sources = []
    frames = {"train.csv": tickets(100, seed=0), "test.csv": tickets(40, seed=1)}
    for name, frame in frames.items():
        frame.to_csv(tmp_path / name, index=False)
        sources.append(import_source(tmp_path / name, name))
    view = make_view(sources[0].id, ["text"], "label")
    texts, labels = list(frames["train.csv"]["text"]), list(frames["train.csv"]["label"])
    given = {"test_source": sources[1].id, "test_rows": range(40), "test_texts": list(frames["test.csv"]["text"])}
    split = make_split(sources[0].id, texts, labels, Terms(**given))
    save_split(split)

    def make(family: str = "encoder", seed: int = 0, use_cache: bool = True, **settings: object) -> RunSpec:
        folder = home.models / f"tiny-{family}"
        if not folder.exists():
            tiny_base(folder, family)
        base = store.get(folder.name)
        quick = {"epochs": 3, "batch_size": 16, "trained_layers": 2, "learning_rate": 3e-3, "max_length": 24}
        recipe = Recipe(**{**quick, **settings})  # type: ignore[arg-type]
        return RunSpec(view, split.id, "classification", base.name, base.fingerprint, recipe, seed, "cpu", use_cache)

    return make


@pytest.fixture
def carry_out(home: Workspace) -> Callable[..., Trained]:
    """A function that trains a spec in the run folder of that name."""

    def carry(spec: RunSpec, name: str, witness: Witness | None = None) -> Trained:
        folder = home.runs / name
        folder.mkdir(exist_ok=True)
        metrics = MetricsWriter(folder)
        try:
            return train(spec, folder, witness or Witness(), metrics)
        finally:
            metrics.close()

    return carry
