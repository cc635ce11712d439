"""Models that write, in the workspace of this test: a base model, and a run that was trained on instructions."""

import dataclasses
import json
from pathlib import Path

from pipeline.runs import store
from pipeline.runs.bundle import seal, write_info
from pipeline.settings import workspace
from tests.pages.staged_run import Staged, stage, write_rows
from tests.tiny_writers import ANSWERS, CONTEXT, write_base, write_bundle

HOSTILE = "![](http://evil.example/a.png) <b>bold</b> **x**"
RUN_ANSWERS = {"hello": HOSTILE, "打印机坏了": "好的，马上处理。"}


def stage_base(name: str = "little writer") -> str:
    """A base model that knows ``ANSWERS`` by heart."""
    return write_base(workspace().models / name, ANSWERS).name


def stage_written_run(beside: Staged, name: str = "house style") -> str:
    """A finished run that was trained on instructions, of the dataset of another run; its id."""
    from pipeline.runs.spec import load_spec

    run, job = store.new_id(), store.new_id()
    home = workspace().runs / run
    spec = load_spec(workspace().runs / beside.run)
    write_bundle(home / "bundle", name, RUN_ANSWERS)
    spec = dataclasses.replace(spec, base_model="little writer", seed=1)
    write_rows(run, job, beside.dataset, spec, name, {}, "")
    return run


def stage_answers(folder: Path, *, dialogue: bool = False, name: str = "house style") -> str:
    """A finished run that was trained on a file of instructions, three of them still without an answer; its id.

    Args:
        dialogue: they stand in conversations.
    """
    from pipeline.actions.data import create_dataset
    from pipeline.data.source import import_source
    from pipeline.runs.metrics_log import MetricsWriter
    from pipeline.runs.spec import Recipe, RunSpec, save_spec

    rows = [*((f"say {number}", f"{number}.") for number in range(40))]
    rows += [("hello", ""), ("打印机坏了", ""), ("x" * CONTEXT, "")]
    records = [{"instruction": asked, "answer": said} for asked, said in rows]
    if dialogue:
        roles = ("user", "assistant")
        turns = [
            [{"role": role, "content": text} for role, text in zip(roles, row, strict=True) if text] for row in rows
        ]
        records = [{"messages": said} for said in turns]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    source = import_source(folder / "asked.jsonl", "asked.jsonl")
    text, label = ("messages", "messages") if dialogue else ("instruction", "answer")
    dataset = create_dataset(source.id, name="asked", text=[text], label=label, written=True, dialogue=dialogue)
    run, job = store.new_id(), store.new_id()
    home = workspace().runs / run
    info = write_bundle(home / "bundle", run, RUN_ANSWERS)
    write_info(home / "bundle", dataclasses.replace(info, text=(text,), label=label, dialogue=dialogue))
    seal(home / "bundle")
    spec = RunSpec(dataset.view, dataset.split, "instruction", "little writer", "staged", Recipe())
    save_spec(spec, home)
    metrics = MetricsWriter(home)
    metrics.write("answering", rows=10, seconds=20.0)
    metrics.close()
    write_rows(run, job, dataset, spec, name, {"chrf": 0.5}, "")
    return run


def stage_everything(folder: Path) -> Staged:
    """A base model and a run that write, and a run that labels."""
    staged = stage(folder, with_model=True)
    stage_base()
    stage_written_run(staged)
    return staged
