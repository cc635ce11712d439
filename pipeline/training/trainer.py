"""Hugging Face's Trainer with rows of similar length in a batch; everything else is the library's own.

What differs is handed in (module, data, optimizer, callback); the methods that are overridden are public.
"""

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate.data_loader import prepare_data_loader
from torch.utils.data import DataLoader
from transformers import EvalPrediction, PrinterCallback, Trainer, TrainingArguments, get_scheduler

from pipeline.models.fit import MEASURED_AT_ONCE
from pipeline.runs.spec import Recipe, RunSpec
from pipeline.tasks.task import Goal, Task
from pipeline.training import checkpoints, ranks
from pipeline.training.average import Averaging
from pipeline.training.batches import LengthBatches, Rows
from pipeline.training.shares import Shares
from pipeline.training.trainee import Trainee, groups
from pipeline.training.unit import Unit
from pipeline.training.watcher import Watcher

# A chart moves every few steps, whatever the run's length.
_FIGURES_A_RUN = 200

# Longer epochs are measured in between, so that the best model of a large file is not missed.
_STEPS_BETWEEN_MARKS = 600

_SCHEDULES = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}


class LengthTrainer(Trainer):
    """A Trainer whose data sets are Rows, and whose batches may be computed in shares."""

    shares = Shares()

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Shuffled batches of similar length; the order follows from seed and epoch alone."""
        rows: Any = self.train_dataset
        shares = self.shares

        def collate(batch: list[int]) -> Any:
            pieces = shares.divide(batch, rows.padded(batch))
            if pieces == [(batch, 1.0)]:  # whole: the library's own way
                return rows.collate(batch)
            return [(rows.collate(part), factor) for part, factor in pieces]

        batches = LengthBatches(rows.lengths, self.args.train_batch_size, self.args.seed)
        return delivered(rows, batches, collate, self.accelerator.device)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[Any]:
        """All rows, sorted by length."""
        rows: Any = self.eval_dataset
        batches = LengthBatches(rows.lengths, self.args.eval_batch_size, None, self.shares.tokens)
        return delivered(rows, batches, rows.collate, self.accelerator.device)

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """The mean loss of a batch, its gradients added to those that are there; where it is shared, of this share."""
        pieces: Any = inputs
        if isinstance(inputs, dict):
            return super().training_step(model, inputs, num_items_in_batch)
        model.train()
        pieces = self._prepare_inputs(pieces)
        total = torch.zeros((), device=self.args.device)
        for number, (piece, factor) in enumerate(pieces, start=1):
            # Other processes are told about the gradients once, when they are complete.
            alone = self.accelerator.no_sync(model) if number < len(pieces) else contextlib.nullcontext()
            with alone:
                with self.compute_loss_context_manager():
                    loss: Any = self.compute_loss(model, piece) * factor
                self.accelerator.backward(loss)
            total += loss.detach()
        return total

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """All rows in every process, so that each has the very figures that one alone would have."""
        self.gather_function = lambda values: values
        return super().evaluation_loop(*args, **kwargs)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """The figures of the first process: what follows from them must be the same in all."""
        return ranks.agree(super().evaluate(*args, **kwargs))


def delivered(
    rows: Any, batches: LengthBatches, collate: Callable[[list[int]], Any], device: torch.device
) -> DataLoader[Any]:
    """Batches of ``rows`` on ``device``; on a GPU they travel while the step before is still computed.

    As accelerator.prepare would, but that every process sees every batch and takes its own share of it.
    """
    loader: DataLoader[Any] = DataLoader(
        rows, batch_sampler=batches, collate_fn=collate, pin_memory=device.type == "cuda"
    )
    prepared: DataLoader[Any] = prepare_data_loader(
        loader, device, num_processes=1, process_index=0, put_on_device=True, non_blocking=True
    )
    return prepared


def marks(steps_per_epoch: int, epochs: int) -> set[int]:
    """Steps after which the validation rows are measured: each epoch's end, and evenly within long epochs."""
    parts = -(-steps_per_epoch // _STEPS_BETWEEN_MARKS)
    within = [part * steps_per_epoch // parts for part in range(1, parts + 1)]
    return {epoch * steps_per_epoch + step for epoch in range(epochs) for step in within}


def build_trainer(
    module: Trainee,
    task: Task,
    spec: RunSpec,
    train: Rows,
    validation: Rows,
    folder: Path,
    watcher: Watcher,
    steps: int,
    fresh: bool,
    shares: Shares,
    unit: Unit | None = None,
) -> LengthTrainer:
    """A Trainer ready to start.

    Args:
        module: what is trained.
        task: measures the validation rows.
        spec: recipe, seed and device.
        folder: of the checkpoints.
        watcher: is told everything.
        steps: of the whole run.
        fresh: whether it starts from the beginning; then the untrained model is measured too.
        shares: what of each batch this process computes, and in how many pieces.
        unit: in which the targets are numbers; None: they are no numbers.
    """
    logging.getLogger("transformers.trainer").setLevel(logging.ERROR)
    recipe = spec.recipe

    def measure(answers: EvalPrediction) -> dict[str, float]:
        truth, scores = np.asarray(answers.label_ids), task.scores(torch.from_numpy(np.asarray(answers.predictions)))
        if unit is not None:
            truth, scores = unit.numbers(truth), unit.numbers(scores)
        return task.measure(truth, scores, task.tune(truth, scores))

    trainer = LengthTrainer(
        model=module,
        args=TrainingArguments(**arguments(spec, task, folder, steps, fresh)),
        train_dataset=train,
        eval_dataset=validation,
        compute_metrics=measure,
        callbacks=[*([Averaging(module.average)] if module.average else []), watcher],
        optimizers=optimizers(module, recipe, steps),
    )
    trainer.shares = shares
    trainer.remove_callback(PrinterCallback)  # the watcher writes the figures down
    return trainer


def arguments(spec: RunSpec, task: Goal, folder: Path, steps: int, fresh: bool) -> dict[str, Any]:
    """What every trainer of the library is told.

    Args:
        spec: recipe, seed and device.
        task: names the figure that chooses the best model.
        folder: of the checkpoints.
        steps: of the whole run.
        fresh: whether the untrained model is measured too.
    """
    recipe = spec.recipe
    return {
        "output_dir": str(folder),
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate,
        "per_device_train_batch_size": recipe.batch_size,
        "per_device_eval_batch_size": MEASURED_AT_ONCE,
        "max_grad_norm": recipe.gradient_clip,
        "bf16": recipe.precision == "bfloat16",
        "use_cpu": spec.device == "cpu",
        "ddp_backend": "gloo" if spec.device == "cpu" and ranks.world() > 1 else None,
        "seed": spec.seed,
        "logging_steps": max(1, steps // _FIGURES_A_RUN),
        "logging_nan_inf_filter": False,  # it would hide a loss that is not a number
        # The watcher says when to measure and when to save; the library needs to know that somebody does.
        "eval_strategy": "steps",
        "save_strategy": "steps",
        "eval_steps": steps,
        "save_steps": steps,
        "eval_on_start": fresh,
        "load_best_model_at_end": True,
        "metric_for_best_model": task.best_by,
        "greater_is_better": not task.least,
        "save_total_limit": checkpoints.KEPT,
        "remove_unused_columns": False,
        "label_names": ["labels"],
        "disable_tqdm": True,
        "report_to": "none",
    }


def optimizers(
    module: Trainee, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    """AdamW and the schedule of a recipe."""
    parameters = groups(module, recipe.learning_rate, recipe.head_factor, recipe.weight_decay)
    optimizer = torch.optim.AdamW(parameters, fused=True)
    schedule = get_scheduler(_SCHEDULES[recipe.schedule], optimizer, round(steps * recipe.warmup_ratio), steps)
    return optimizer, schedule
