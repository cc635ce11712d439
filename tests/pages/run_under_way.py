"""A run that is going on, with this test as its worker: it holds the job's lock, beats, and writes the curves."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import jobs
from pipeline.actions.data import Dataset
from pipeline.jobs import local
from pipeline.jobs.heartbeat import Heart
from pipeline.runs import store
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import workspace
from pipeline.training.phases import TRAINING

STEPS = 40


@dataclass(frozen=True)
class UnderWay:
    """What is going on, and the worker's means to tell about it."""

    run: str
    job: str
    heart: Heart
    log: MetricsWriter

    def learn(self, step: int, loss: float, accuracy: float) -> None:
        """One more step, measured on the validation rows."""
        self.log.write("train", step=step, epoch=step / 10, loss=loss, learning_rate=3e-4, rows_per_second=250.0)
        self.log.write(
            "validation", step=step, epoch=step / 10, loss=loss, accuracy=accuracy, macro_f1=accuracy - 0.05, best=True
        )
        self.heart.advance(TRAINING, step, STEPS)

    def end(self, state: jobs.State, cause: str = "", **metrics: float) -> None:
        """The worker's last word."""
        with store.session() as session:
            row = session.get(store.RunRow, self.run)
            assert row is not None
            row.metrics = metrics
            row.verdict = "beyond_baseline" if metrics else ""
            session.add(row)
        local.end(self.job, state, cause=cause)


@contextlib.contextmanager
def under_way(dataset: Dataset, name: str = "second try") -> Iterator[UnderWay]:
    """A run of ``dataset`` that is training, until the block ends."""
    run, job = store.new_id(), store.new_id()
    folder = workspace().runs / run
    folder.mkdir(parents=True)
    (workspace().jobs / job).mkdir(parents=True)
    spec = RunSpec(dataset.view, dataset.split, "classification", "all-MiniLM-L6-v2", "staged", Recipe(preset="fast"))
    save_spec(spec, folder)
    with store.session() as session:
        session.add(
            store.JobRow(
                id=job,
                kind="train",
                lane="device-cpu",
                run=run,
                request={"run": run},
                state="starting",
                started=store.now(),
            )
        )
        session.add(
            store.RunRow(
                id=run, name=name, dataset=dataset.id, spec=spec.id, base_model=spec.base_model, preset="fast", job=job
            )
        )
    log = MetricsWriter(folder)
    with Heart(workspace().jobs / job) as heart:
        local.begin(job)
        if not dataset.view.written:
            log.write("baseline", name="majority", accuracy=0.34, macro_f1=0.17)
            log.write("baseline", name="tfidf", accuracy=0.8, macro_f1=0.79)
        log.write("plan", steps=STEPS, epochs=4, train_rows=84, trained_parameters=100, parameters=1000)
        yield UnderWay(run, job, heart, log)
    log.close()
