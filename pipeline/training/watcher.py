"""Between the Trainer and whoever watches a run: figures, progress, the wish to stop, sealed checkpoints."""

import math
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from pipeline.errors import N_, RunError
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress
from pipeline.tasks.task import Goal
from pipeline.training import checkpoints, ranks
from pipeline.training.phases import TRAINING
from pipeline.training.search import Verdict

# A killed run loses at most this much work.
_SAVE_SECONDS = 60.0


class Watcher(TrainerCallback):
    """Carries out the run's rhythm and writes down what happens.

    Args:
        folder: of the checkpoints.
        marks: steps after which the validation rows are measured and a checkpoint is written.
        rows: training rows, for the pace.
        task: names what is measured, and what the best model is chosen by.
        patience: marks without a better score after which training ends; 0: never early.
        verdict: told the share of the steps and the best score at each mark; says whether to end there.
        tokens: of a training row on average, where their pace is of interest; else 0.
    """

    def __init__(
        self,
        progress: Progress,
        metrics: MetricsWriter,
        folder: Path,
        marks: set[int],
        rows: int,
        task: Goal,
        patience: int = 0,
        verdict: Verdict = lambda share, best: False,
        tokens: float = 0.0,
    ) -> None:
        self.stopped = False
        self._progress = progress
        self._metrics = metrics
        self._folder = folder
        self._marks = marks
        self._rows = rows
        self._task = task
        self._patience = patience
        self._verdict = verdict
        self._tokens = tokens
        self._ends = False
        self._sign = -1.0 if task.least else 1.0
        self._best = -math.inf  # of the figure with its sign, so that larger is better
        self._saved = time.monotonic()
        self._logged = (0.0, 0.0)  # epoch and time of the latest figures

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Take up the best score of a resumed run."""
        self._best = self._sign * state.best_metric if state.best_metric is not None else -math.inf
        self._logged = (state.epoch or 0.0, time.monotonic())
        self._progress.advance(TRAINING, state.global_step, state.max_steps)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Say how far it is; measure, save or stop if it is time to."""
        self._progress.advance(TRAINING, state.global_step, state.max_steps)
        control.should_evaluate = state.global_step in self._marks
        # All processes of a run stop and save after the same step.
        asked, overdue = ranks.agree((self._progress.stop_requested(), time.monotonic() - self._saved > _SAVE_SECONDS))
        self.stopped = asked and state.global_step < state.max_steps
        control.should_save = control.should_evaluate or self.stopped or overdue
        control.should_training_stop = control.should_training_stop or self.stopped
        # A checkpoint of a model that has gone wrong would be worse than none: look at the loss first.
        control.should_log = control.should_log or control.should_save

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Write figures down.

        Raises:
            RunError: the loss is not a number any more.
        """
        logs: dict[str, float] = given["logs"]
        at = {"step": state.global_step, "epoch": round(state.epoch or 0.0, 4)}
        value = logs.get("loss", logs.get("eval_loss", 0.0))
        if not math.isfinite(value):
            raise RunError(
                N_(
                    "The loss stopped being a number at step {step}: the steps were too large. "
                    "Start again with a lower learning rate, for example {rate}."
                ),
                step=state.global_step,
                rate=f"{args.learning_rate / 4:.1g}",
            )
        if "loss" in logs:
            pace = self._pace(state)
            speed = {"tokens_per_second": round(pace * self._tokens)} if self._tokens else {}
            rate = logs["learning_rate"]
            self._metrics.write("train", **at, loss=value, learning_rate=rate, rows_per_second=pace, **speed)
        elif "eval_loss" in logs:
            reached = self._sign * logs[f"eval_{self._task.best_by}"]
            best = reached > self._best
            self._best = max(self._best, reached) if state.global_step else self._best
            scores = {name: logs[f"eval_{name}"] for name in self._task.measures}
            self._metrics.write("validation", **at, loss=value, **scores, best=best)
            if state.global_step:
                self._ends = self._verdict(state.global_step / state.max_steps, self._best)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Seal the checkpoint, once every process has left its part; end the training where nothing gets better."""
        ranks.wait_for_all()
        if ranks.leads():
            checkpoints.finish(checkpoints.folder_of(self._folder, state.global_step))
        self._saved = time.monotonic()
        control.should_training_stop = control.should_training_stop or self._ends or self._is_tired(state)

    def _is_tired(self, state: TrainerState) -> bool:
        # Counted from the Trainer's own state, so that a resumed run ends where it would have ended.
        best = state.best_global_step or 0
        return 0 < self._patience <= sum(best < mark <= state.global_step for mark in self._marks)

    def _pace(self, state: TrainerState) -> float:
        epoch, moment = self._logged
        self._logged = (state.epoch, time.monotonic())
        return round((state.epoch - epoch) * self._rows / max(1e-9, self._logged[1] - moment), 1)
