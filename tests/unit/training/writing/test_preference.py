"""Of two answers a model learns which one is better, and stays what it was where nothing speaks against it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.data.view import is_labelled
from pipeline.evaluation.report import build_report, load_report
from pipeline.evaluation.written_report import WrittenReport
from pipeline.models import store
from pipeline.models.load import load_tokenizer, load_writer
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.spec import Recipe
from pipeline.runs.texts import MODEL, load_margins, load_texts
from pipeline.tasks import registry
from pipeline.templates.formats import registry as formats
from pipeline.training.writing.preference import measure_pairs, pair_up, preference_trainee, referred
from pipeline.training.writing.rows import read_written
from tests.tiny import tiny_writer
from tests.unit.training.conftest import Witness
from tests.writing import carry_out, preferred_view, writing_spec


def test_pairs_are_found_and_rows_without_a_worse_answer_are_not_learned_from(home, tmp_path):
    view = preferred_view(tmp_path)
    assert (view.text, view.label, view.rejected) == (("instruction", "input"), "chosen", "rejected")
    assert registry.task_of(view).name == "preference"
    assert is_labelled(view).sum() == 120
    assert view.answer_columns == ("chosen", "rejected")


def test_the_loss_is_that_of_the_paper(home, tmp_path):
    view = preferred_view(tmp_path)
    folder = tiny_writer(home.models / "writer")
    tokenizer, model = load_tokenizer(folder), load_writer(folder)
    form = formats.get("chat", tokenizer)
    plain = replace(view, rejected="")
    options = {"longest": 96, "everything": False, "packed": True, "sequences": False}
    better = read_written(plain, range(4), form, tokenizer, **options)
    worse = read_written(replace(plain, label="rejected"), range(4), form, tokenizer, **options)
    with preference_trainee(model, Recipe(trained_layers=-1, dpo_beta=0.5)) as module:
        pairs = referred(module, pair_up(better, worse), "cpu")
        assert len(pairs) == 4
        # Nothing has changed yet: every margin is 0, and the loss the logarithm of 2.
        untouched = measure_pairs(module, pairs, "cpu")
        assert untouched == pytest.approx({"loss": np.log(2), "margin": 0.0, "preference_accuracy": 0.0}, abs=1e-4)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(0.01 * torch.randn_like(parameter))
            batch = pairs.collate(range(4))
            before = batch.pop("before")
            gained = (before - module.each(**batch)).view(4, 2)
            expected = -torch.nn.functional.logsigmoid(0.5 * (gained[:, 0] - gained[:, 1]))
            found = module(before=before, **batch)
    assert float(found["nats"]) == pytest.approx(float(expected.sum()), rel=1e-5)
    assert int(found["tokens"]) == 4
    # A row takes the same alone and behind others.
    assert pairs.before == pytest.approx(before.tolist())


@pytest.mark.parametrize("family", ["decoder", "encoder-decoder"])
def test_it_learns_which_answer_is_better(home, tmp_path, family):
    spec = writing_spec(preferred_view(tmp_path), family, epochs=6, learning_rate=1e-3)
    assert spec.task == "preference"
    carry_out(spec, "a")
    margins = load_margins(home.runs / "a")
    assert (margins > 0).mean() > 0.9
    assert len(margins) == len(load_texts(home.runs / "a", MODEL).rows)
    measured = [event.values for event in read_metrics(home.runs / "a") if event.kind == "validation"]
    assert measured[0]["margin"] == pytest.approx(0, abs=1e-4)
    assert measured[-1]["preference_accuracy"] > 0.9
    assert measured[-1]["loss"] < measured[0]["loss"]


def test_stopped_and_resumed_it_is_compared_with_the_same_beginning(home, tmp_path):
    spec = writing_spec(preferred_view(tmp_path), epochs=2, learning_rate=1e-3)
    carry_out(spec, "whole")
    assert carry_out(spec, "parts", Witness(stop_at=8)).stopped
    carry_out(spec, "parts")
    assert np.array_equal(*(load_margins(home.runs / name) for name in ("whole", "parts")))
    assert store.get("writer-decoder").family == "decoder"


def test_the_report_says_how_often_the_better_answer_is_preferred(home, tmp_path):
    spec = writing_spec(preferred_view(tmp_path), epochs=6, learning_rate=1e-3)
    carry_out(spec, "a")
    report = build_report("a", home.runs / "a", spec)
    assert isinstance(report, WrittenReport)
    assert report.verdict == "beyond_baseline"
    assert report.preferred is not None
    assert report.metrics["preference_accuracy"] == report.preferred.value > 0.9
    assert load_report("a") == report
