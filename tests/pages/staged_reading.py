"""A run that has learned from texts alone: really trained, within seconds, and put down as finished."""

import json
from pathlib import Path

from pipeline.actions.data import create_dataset
from pipeline.data.source import import_source
from pipeline.evaluation.report import build_report
from pipeline.runs import store
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.training.seal import finish_bundle
from tests.pages.staged_run import Staged, write_rows
from tests.pretraining import carry_out, reading_spec, texts

BEACON = "![](http://example.org/x) <script>alert(1)</script>"


def texts_source(folder: Path) -> str:
    """The id of a file with nothing but texts, one of which a stranger has written."""
    rows = [*texts(120), *[f"{BEACON} the printer is on fire {number}" for number in range(10)]]
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in rows]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return import_source(folder / "texts.jsonl", "texts.jsonl").id


def stage_reading(folder: Path, family: str) -> Staged:
    """A finished run of a tiny model of that family, in the workspace of this test."""
    dataset = create_dataset(texts_source(folder), name="texts", text=("text",), label="text", written=True, raw=True)
    made = reading_spec(dataset.view, family, epochs=4)
    spec = RunSpec(dataset.view, dataset.split, made.task, made.base_model, made.model_fingerprint, made.recipe)
    run, job = store.new_id(), store.new_id()
    carry_out(spec, run)
    home = workspace().runs / run
    report = build_report(run, home, load_spec(home))
    finish_bundle(home, "read run", report.metrics)
    write_rows(run, job, dataset, spec, "read run", report.metrics, report.verdict)
    return Staged(run, dataset, job)
