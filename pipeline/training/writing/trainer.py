"""TRL's SFTTrainer and the library's trainer for sequences, fed with rows that are tokens already.

What differs from theirs: batches without padding, or of similar length, computed in shares like those of all other
runs; a loss that puts only the learned tokens to the vocabulary; and validation in bits a character, with answers to
look at.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Seq2SeqTrainer, Seq2SeqTrainingArguments, Trainer, TrainingArguments
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from pipeline.tasks.instruction import measure_writing
from pipeline.training import ranks
from pipeline.training.batches import LengthBatches
from pipeline.training.shares import Shares
from pipeline.training.trainer import delivered
from pipeline.training.writing.rows import TrainedRows, WrittenRows
from pipeline.training.writing.trainee import WriterTrainee

# Rows that are measured at once: without gradients, so more than in training.
MEASURED_AT_ONCE = 16


class _Writing:
    """What both trainers have in common. Set before ``train``: rows, shares, who measures and who looks at answers."""

    rows: TrainedRows
    shares: Shares
    measure: Callable[[Any], dict[str, float]]
    show: Callable[[int], None]
    args: Any  # of the library's trainers
    accelerator: Any

    def get_train_dataloader(self: Any) -> DataLoader[Any]:
        """Shuffled batches of similar length; the order follows from seed and epoch alone."""

        def collate(batch: list[int]) -> list[tuple[dict[str, torch.Tensor], float]]:
            rows = self.rows.of_epoch(batches.epoch)
            learned = max(1, rows.learned(batch))
            # A mean over tokens: a piece counts by its own.
            return [
                (rows.collate(part), self.shares.ranks * rows.learned(part) / learned if factor else 0.0)
                for part, factor in self.shares.divide(batch)
            ]

        # Rows behind each other need no filling up: any rows go together, and a batch is a fair mix of all.
        every: TrainedRows = self.rows
        lengths = np.zeros(len(every), np.int64) if every.packed else every.lengths
        batches = LengthBatches(lengths, self.args.train_batch_size, self.args.seed)
        places: Any = range(len(every))
        return delivered(places, batches, collate, self.accelerator.device)

    def training_step(self: Any, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """The mean loss of a batch's learned tokens, its gradients added to those that are there."""
        model.train()
        pieces: Any = self._prepare_inputs(inputs)
        total = torch.zeros((), device=self.args.device)
        for number, (piece, factor) in enumerate(pieces, start=1):
            alone = self.accelerator.no_sync(model) if number < len(pieces) else contextlib.nullcontext()
            with alone:
                with self.compute_loss_context_manager():
                    loss = self.compute_loss(model, piece) * factor
                self.accelerator.backward(loss)
            total += loss.detach()
        return total

    def compute_loss(self, model: Any, inputs: Any, return_outputs: Any = False, num_items_in_batch: Any = None) -> Any:
        """Mean over the learned tokens, in nats."""
        outputs = model(**inputs)
        loss = outputs["nats"] / outputs["tokens"].clamp(min=1)
        return (loss, outputs) if return_outputs else loss

    def evaluate(self: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """What ``measure`` finds on the validation rows; then answers to look at."""
        measured = ranks.agree(self.measure(self.model) if ranks.leads() else {})
        figures = {f"eval_{name}": value for name, value in measured.items()}
        self.log(dict(figures))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, figures)
        if ranks.leads():
            self.show(self.state.global_step)
        return figures

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """None in checkpoints: the export has one of its own."""


class DecoderTrainer(_Writing, SFTTrainer):
    """For models that continue what they read."""


class SequenceTrainer(_Writing, Seq2SeqTrainer):
    """For models that read one text and write another."""


class EncoderTrainer(_Writing, Trainer):
    """For models that guess what is hidden of a text."""


def measure(module: WriterTrainee, rows: WrittenRows, device: torch.device | str) -> dict[str, float]:
    """What ``measure_writing`` says of the last answers of rows."""
    nats, tokens = answer_nats(module, rows, device)
    return measure_writing(sum(nats), sum(tokens), sum(len(row.truth) for row in rows.rows))


def answer_nats(module: WriterTrainee, rows: WrittenRows, device: torch.device | str) -> tuple[list[float], list[int]]:
    """[n] -log p of each row's last answer, its end token included, and how many tokens that is."""
    nats, tokens = [0.0] * len(rows), [0] * len(rows)
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            for place, row in enumerate(rows.rows):
                if sum(row.learned) == 0:
                    continue
                batch = {name: value.to(device) for name, value in rows.collate([place], last=True).items()}
                found = module(**batch)
                nats[place], tokens[place] = float(found["nats"]), int(found["tokens"])
    finally:
        module.train(training)
    return nats, tokens


def build(
    module: WriterTrainee,
    tokenizer: Any,
    arguments: dict[str, Any],
    callbacks: Sequence[Any],
    optimizers: Any,
) -> Any:
    """A trainer for this kind of model, ready to start once its rows, shares, ``measure`` and ``show`` are set."""
    logging.getLogger("transformers.trainer").setLevel(logging.ERROR)
    given: dict[str, Any] = {
        "model": module,
        "train_dataset": _nothing(),
        "eval_dataset": _nothing(),
        "callbacks": list(callbacks),
        "optimizers": optimizers,
    }
    trainer: Any
    if not module.writes:
        trainer = EncoderTrainer(args=TrainingArguments(**arguments), **given)
    elif module.config.is_encoder_decoder:
        trainer = SequenceTrainer(args=Seq2SeqTrainingArguments(**arguments), **given)
    else:
        # The rows are tokens already, as the format has cut them.
        prepared: dict[str, Any] = {"max_length": None, "dataset_kwargs": {"skip_prepare_dataset": True}}
        options = SFTConfig(**arguments, **prepared, activation_checkpointing=False)
        trainer = DecoderTrainer(args=options, processing_class=tokenizer, **given)
    trainer.remove_callback(PrinterCallback)  # the watcher writes the figures down
    return trainer


def _nothing() -> Any:
    """The trainers want a data set of the library; what they train on comes from their own loaders."""
    return Dataset.from_dict({"input_ids": [[0]], "labels": [[0]]})
