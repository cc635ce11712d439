"""A file of instructions, specs of small models that learn to write its answers, and their training."""

from pathlib import Path
from typing import Any

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import make_split_of_answers, save_split
from pipeline.data.view import View, view_answers
from pipeline.models import store
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import workspace
from pipeline.training.run import Trained
from pipeline.training.writing.run import train_writing
from tests.tiny import instructions, tiny_writer

ROWS = 120
QUICK = {"epochs": 12, "batch_size": 8, "trained_layers": -1, "learning_rate": 4e-3, "max_length": 96}


def written_view(folder: Path) -> View:
    """A View of ROWS instructions whose answers follow from their first word."""
    instructions(ROWS, seed=0).to_json(folder / "asked.json", orient="records", force_ascii=False)
    source = import_source(folder / "asked.json", "asked.json")
    return make_view(source.id, ["instruction", "input"], "output", written=True)


def writing_spec(view: View, family: str = "decoder", seed: int = 0, **settings: Any) -> RunSpec:
    """A spec for a tiny model of that family; fields of the recipe by name."""
    split = make_split_of_answers(view.source, [str(number) for number in range(ROWS)], view_answers(view))
    save_split(split)
    folder = workspace().models / f"writer-{family}"
    if not folder.exists():
        tiny_writer(folder, family)
    base = store.get(folder.name)
    form = "chat" if family == "decoder" else "plain"
    recipe = Recipe(**{**QUICK, "prompt_format": form, **settings})
    return RunSpec(view, split.id, "instruction", base.name, base.fingerprint, recipe, seed)


def carry_out(spec: RunSpec, name: str, progress: Progress | None = None, halvings: int = 0) -> Trained:
    """Train in the run folder of that name, or go on there."""
    folder = workspace().runs / name
    if not folder.exists():
        folder.mkdir(parents=True)
        save_spec(spec, folder)
    metrics = MetricsWriter(folder)
    try:
        return train_writing(spec, folder, progress or Silent(), metrics, halvings)
    finally:
        metrics.close()
