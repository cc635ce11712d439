"""The report of learning from texts alone: figures by hand, the same rows for both models, what it comes to."""

import dataclasses
import json

import numpy as np
import pytest

from pipeline.errors import RunError
from pipeline.evaluation import pretraining_report
from pipeline.evaluation.fresh import measure_on
from pipeline.evaluation.report import build_report, load_report
from pipeline.runs.spec import load_spec
from pipeline.runs.surprise import Surprise
from tests.pretraining import carry_out, reading_spec, texts_view


def surprised(nats: list[float], right: list[int]) -> Surprise:
    rows = len(nats)
    fixed = {"tokens": 4, "words": 2, "characters": 10}
    columns = {name: np.full(rows, value) for name, value in fixed.items()}
    return Surprise(np.arange(rows), np.array(nats), right=np.array(right), **columns)


def test_figures_by_hand():
    tuned, base = surprised([2.0, 6.0], [2, 1]), surprised([8.0, 8.0], [0, 0])
    causal = pretraining_report.build("a", tuned, base, foretells=True)
    assert causal.metrics == pytest.approx({"bits_per_character": 8 / np.log(2) / 20, "perplexity": np.e})
    assert causal.difference.value == pytest.approx(1.0)
    masked = pretraining_report.build("a", tuned, base, foretells=False)
    assert list(masked.metrics) == ["masked_accuracy", "perplexity"]
    assert masked.metrics["masked_accuracy"] == 3 / 4
    assert masked.differences["masked_accuracy"].value == 3 / 4
    assert masked.differences["perplexity"].value == pytest.approx(np.e**2 - np.e)  # less is better
    assert (masked.test_rows, masked.tokens) == (2, 8)
    assert pretraining_report.from_json(json.loads(json.dumps(dataclasses.asdict(masked)))) == masked


@pytest.mark.parametrize(("gain", "verdict"), [(1.0, "beyond_baseline"), (-1.0, "worse"), (0.0, "not_distinguishable")])
def test_what_it_comes_to(gain, verdict):
    noise = np.random.default_rng(0).normal(0, 0.5, 100)
    base = surprised([8.0] * 100, [0] * 100)
    tuned = surprised((8.0 - gain + noise - noise.mean()).tolist(), [0] * 100)
    assert pretraining_report.build("a", tuned, base, foretells=True).verdict == verdict


def test_models_that_were_asked_different_things_are_not_compared():
    with pytest.raises(ValueError, match="different"):
        pretraining_report.build("a", surprised([1.0], [1]), surprised([1.0, 1.0], [1, 1]), foretells=True)
    with pytest.raises(RunError, match="no test row"):
        pretraining_report.build("a", surprised([], []), surprised([], []), foretells=True)


@pytest.mark.parametrize("family", ["decoder", "encoder", "encoder-decoder"])
def test_a_run_is_measured_on_its_test_rows_and_on_another_file(home, tmp_path, family):
    view = texts_view(tmp_path)
    carry_out(reading_spec(view, family, epochs=4), "a")
    report = build_report("a", home.runs / "a", load_spec(home.runs / "a"))
    assert load_report("a") == report
    assert report.verdict == "beyond_baseline"
    assert report.differences["perplexity"].low > 0
    measured = measure_on(home.runs / "a" / "bundle", view.source)
    assert measured.metrics.keys() == report.metrics.keys()
    assert (measured.rows, measured.blank) == (120, 0)
    assert measured.metrics["perplexity"] == pytest.approx(report.metrics["perplexity"], rel=0.5)
