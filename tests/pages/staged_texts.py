"""A finished run that writes its answers, as its training leaves it. See ``staged_run``."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.actions.data import create_dataset
from pipeline.data.source import import_source
from pipeline.evaluation.report import build_report
from pipeline.runs import store
from pipeline.runs.bundle import BundleInfo, seal, write_info
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.runs.texts import TextAnswers, save_texts
from pipeline.settings import workspace
from tests.pages.staged_run import Staged, tickets, write_rows

ASKED = ("Answer the customer kindly.\n\nMy parcel {n} is late.", "请用一句话礼貌地回复客户。\n\n第{n}号包裹还没到。")
TRUE = ("We are sorry that parcel {n} is late and look into it.", "很抱歉第{n}号包裹延误，我们马上核实。")
BASE = ("I am a language model, and {n} is a number.", "")
TEXTS = 24


def texts(forms: tuple[str, ...], rows: int = TEXTS) -> tuple[str, ...]:
    """Texts of both languages in turn, each with its number."""
    return tuple(forms[number % 2].format(n=number) for number in range(rows))


def tuned(number: int, true: str) -> str:
    """What the staged model says: every third time the right answer, else all but its first word or character."""
    return true if number % 3 == 0 else true[5:]


def stage_texts(folder: Path, said: Callable[[int, str], str] = tuned, rows: int = TEXTS, bits: float = 60) -> Staged:
    """A finished run, in the workspace of this test; the answers are made up.

    Args:
        said: the model's answer, from a row's position and its right answer.
        rows: test rows.
        bits: that each right answer takes the model; they take the base model 120.
    """
    path = folder / "kind.csv"
    path.write_text("\n".join(map(",".join, tickets())), encoding="utf-8")
    source = import_source(path, path.name)
    dataset = create_dataset(source.id, name="kind", text=("text",), label="queue")
    run, job = store.new_id(), store.new_id()
    home = workspace().runs / run
    home.mkdir(parents=True)
    spec = RunSpec(dataset.view, dataset.split, "instruction", "SmolLM2-135M-Instruct", "staged", Recipe())
    save_spec(spec, home)
    asked, true, base = (texts(forms, rows) for forms in (ASKED, TRUE, BASE))
    ours = tuple(said(number, text) for number, text in enumerate(true))
    for name, answers, surprise in (("model", ours, bits), ("base", base, 120.0)):
        off = surprise + np.arange(rows) % 5
        save_texts(TextAnswers(np.arange(rows), asked, true, answers, off), home, name)
    report = build_report(run, home, spec)
    bundle = home / "bundle"
    bundle.mkdir()
    (bundle / "config.json").write_text("{}", encoding="utf-8")
    about = BundleInfo(
        *(
            run,
            "kind run",
            "instruction",
            "SmolLM2-135M-Instruct",
            ("instruction", "input"),
            "{instruction}\ninput: {input}",
            "output",
            (),
            512,
        ),
        *(report.metrics, {}, "2026-01-01"),
        format="chat",
    )
    write_info(bundle, about)
    seal(bundle)
    write_rows(run, job, dataset, spec, "kind run", report.metrics, report.verdict)
    return Staged(run, dataset, job)
