"""From a spec to what can be trained: its rows as tokens, the base model made ready, the lower layers' output kept.

Knows nothing of optimizers, checkpoints or what a run leaves behind.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from transformers import set_seed

from pipeline.errors import N_
from pipeline.models import store as models
from pipeline.models.halves import layers
from pipeline.runs.progress import Progress
from pipeline.runs.spec import RunSpec
from pipeline.tasks.examples import load_examples
from pipeline.tasks.predict import head
from pipeline.tasks.task import Examples, Inputs, Part, Targets, Task
from pipeline.tasks.tokens import Tokens, tokenize, turned
from pipeline.training import families
from pipeline.training.batches import Rows
from pipeline.training.families import Loaded
from pipeline.training.lower import NO_ROWS, fits, lower_states
from pipeline.training.unit import Unit, unit_of

LOADING = N_("Loading the base model")
LOWER = N_("Computing the lower layers")


@dataclass(frozen=True)
class Prepared:
    """All rows of a run as tokens, with the outputs of the lower layers where they are kept."""

    task: Task
    loaded: Loaded
    parameters: int  # of the whole model
    tokens: Tokens
    states: torch.Tensor | None
    unit: Unit | None  # in which the targets are learned; None: they are no numbers
    layer: int  # layers that stay as they are, -1: none
    examples: Examples
    train: npt.NDArray[np.int64]  # rows of ``tokens``
    validation: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]

    def learned(self, part: Part) -> Targets:
        """The targets of a part as they are learned."""
        return part.targets if self.unit is None else self.unit.learned(part.targets)

    def rows(self, numbers: npt.NDArray[np.int64], targets: Targets) -> Rows:
        """These rows of ``tokens`` with what is learned of each, as the Trainer takes them."""
        turned = len(self.tokens) // 2 if self.loaded.orders == 2 else 0
        return Rows(self.tokens, numbers, targets, self.loaded.model.config.pad_token_id or 0, self.states, turned)


def prepare(spec: RunSpec, task: Task, progress: Progress) -> Prepared:
    """Everything of a run that is the same for every step of it.

    Raises:
        UnfitData, ModelError, SettingError: the spec cannot be carried out.
    """
    progress.advance(LOADING, 0, 1)
    examples = load_examples(task, spec.view, spec.split)
    base = models.get(spec.base_model)
    set_seed(spec.seed)  # the head's first numbers
    loaded = families.load(base, task, spec.view, examples)
    model = loaded.model
    model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
    unique, places = _unique(examples)
    read = unique if loaded.orders == 1 else turned(unique)
    reader = f"{spec.model_fingerprint}|{loaded.prefix}|{unique.second is not None}"
    tokens = tokenize(loaded.tokenizer, reader, read, spec.recipe.max_length)
    count = len(layers(model))
    layer = -1 if spec.recipe.trained_layers < 0 else max(0, count - spec.recipe.trained_layers)
    progress.advance(LOADING, 1, 1)
    states = None
    if layer > 0 and fits(tokens, model.config.hidden_size):
        states = lower_states(
            model,
            layer,
            tokens,
            spec.model_fingerprint,
            lambda done: progress.advance(LOWER, done, len(tokens)),
            NO_ROWS if spec.recipe.precision == "float32" else _only_learned(places, len(unique), loaded.orders),
        )
    # A number that is written is learned as it is spelled.
    learned = task.problem_type == "regression" and loaded.answers is None
    unit = unit_of(examples.train.targets, head(model)) if learned else None
    return Prepared(task, loaded, model.num_parameters(), tokens, states, unit, layer, examples, *places)


def _only_learned(places: tuple[npt.NDArray[np.int64], ...], count: int, orders: int) -> npt.NDArray[np.int64]:
    """Which of ``count`` texts, in each of the orders that they are read in, are learned from and never measured."""
    train, *measured = places
    learned = np.setdiff1d(train, np.concatenate(measured))
    return np.concatenate([learned + order * count for order in range(orders)])


def _unique(examples: Examples) -> tuple[Inputs, tuple[npt.NDArray[np.int64], ...]]:
    """All texts once, sorted so that another Split of the same rows is the same content; and each part's places."""
    parts = [part.inputs.rows() for part in (examples.train, examples.validation, examples.test)]
    unique = sorted({key for part in parts for key in part})
    numbers = {key: number for number, key in enumerate(unique)}
    places = tuple(np.array([numbers[key] for key in part], dtype=np.int64) for part in parts)
    return Inputs.of(unique, paired=examples.train.inputs.second is not None), places
