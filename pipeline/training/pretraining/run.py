"""Carries out a spec of learning from texts alone: training, and a few texts so that one can watch it learn."""

from collections.abc import Callable
from pathlib import Path

from pipeline import system
from pipeline.models import store as models
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress
from pipeline.runs.spec import RunSpec
from pipeline.tasks import pretraining
from pipeline.training import checkpoints, ranks
from pipeline.training.memory import memory_watched
from pipeline.training.prepare import LOADING
from pipeline.training.pretraining.leave import keep, measure_test
from pipeline.training.pretraining.measure import figures, surprise
from pipeline.training.pretraining.prepare import Prepared, prepare
from pipeline.training.pretraining.shown import show_texts
from pipeline.training.pretraining.trainee import text_trainee
from pipeline.training.run import SAVING, Trained, use_physical_cores
from pipeline.training.shares import Shares
from pipeline.training.writing.run import Teaching, fit
from pipeline.training.writing.trainee import WriterTrainee


def train_pretraining(
    spec: RunSpec, run_folder: Path, progress: Progress, metrics: MetricsWriter, halvings: int = 0
) -> Trained:
    """Train, or go on from the last whole checkpoint in ``run_folder``; as ``training.run.train``.

    Leaves ``checkpoints/``, ``answers/model.parquet`` and ``answers/base.parquet`` (surprises), and the sealed
    ``bundle/``.

    Raises:
        as ``training.run.train``.
    """
    use_physical_cores()
    ranks.meet(spec.device)
    shares = Shares(ranks.world(), system.rank(), 2**halvings)
    with checkpoints.disk_watched(), memory_watched():
        progress.advance(LOADING, 0, 1)
        prepared = prepare(spec)
        progress.advance(LOADING, 1, 1)
        with text_trainee(prepared.model, prepared.objective, spec.recipe) as module:
            teaching = Teaching(
                prepared.tokenizer,
                prepared.train,
                prepared.parameters,
                pretraining.of_family(models.get(spec.base_model).family),
                lambda _: figures(prepared.objective, surprise(module, prepared.validation, spec.device)),
                _shower(prepared, module, metrics),
            )
            trained = fit(spec, teaching, module, run_folder, progress, metrics, shares)
        if not ranks.leads():
            return trained
        measure_test(spec, prepared, run_folder, progress)
        progress.advance(SAVING, 0, 1)
        keep(spec, run_folder, prepared)
    return trained


def _shower(prepared: Prepared, module: WriterTrainee, metrics: MetricsWriter) -> Callable[[int], None]:
    """Writes down what the model says to a few validation rows, the same at every step."""

    def show(step: int) -> None:
        answers = show_texts(module, prepared.tokenizer, prepared.validation)
        metrics.write("samples", step=step, objective=prepared.objective, answers=answers)

    return show
