"""A model learns to write answers: rows as tokens, no leak between rows, a toy rule learned, stopped and resumed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pipeline.data.view import View
from pipeline.errors import UnfitData
from pipeline.models.load import load_tokenizer, load_writer
from pipeline.runs.bundle import is_whole, read_info
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.texts import BASE, MODEL, load_texts
from pipeline.settings import Workspace
from pipeline.templates.formats import registry
from pipeline.training.writing.rows import IGNORED, WrittenRows, read_written
from pipeline.training.writing.trainee import WriterTrainee
from pipeline.training.writing.trainer import answer_nats
from tests.tiny import ANSWERS, tiny_writer
from tests.unit.training.conftest import Witness
from tests.writing import carry_out, writing_spec, written_view


@pytest.fixture
def view(home: Workspace, tmp_path: Path) -> View:
    return written_view(tmp_path)


def tokens_of(home: Workspace, view: View, family: str = "decoder", **options: Any) -> tuple[WrittenRows, Any]:
    folder = tiny_writer(home.models / f"writer-{family}", family)
    tokenizer = load_tokenizer(folder)
    form = registry.get("chat" if family == "decoder" else "plain", tokenizer)
    given = {"longest": 96, "everything": False, "packed": True, "sequences": family != "decoder", **options}
    return read_written(view, list(range(6)), form, tokenizer, **given), tokenizer


def test_only_answers_are_learned_and_rows_stand_one_behind_the_other(home, view):
    rows, tokenizer = tokens_of(home, view)
    batch = rows.collate([0, 1, 2])
    assert batch["input_ids"].shape == batch["labels"].shape == (1, sum(len(rows.rows[place]) for place in range(3)))
    starts = (batch["position_ids"][0] == 0).nonzero().flatten().tolist()
    assert starts == [0, len(rows.rows[0]), len(rows.rows[0]) + len(rows.rows[1])]
    learned = batch["labels"][0][batch["labels"][0] != IGNORED]
    assert tokenizer.decode(learned) == "".join(f"{answer}<|im_end|>" for answer in ANSWERS.values())
    assert torch.equal(learned, batch["input_ids"][0][batch["labels"][0] != IGNORED])
    everything, _ = tokens_of(home, view, everything=True)
    assert all(sum(row.learned) == len(row) - 1 for row in everything.rows)


def test_a_row_reads_the_same_alone_filled_up_and_behind_others(home, view):
    rows, _ = tokens_of(home, view)
    model = load_writer(home.models / "writer-decoder")
    module = WriterTrainee(model, [])
    alone, counts = answer_nats(module, rows, "cpu")
    together = module(**rows.collate(range(6)))
    filled = module(**replace(rows, packed=False).collate(range(6)))
    assert counts == [sum(row.learned) for row in rows.rows]
    for batch in (together, filled):
        assert int(batch["tokens"]) == sum(counts)
        assert float(batch["nats"].detach()) == pytest.approx(sum(alone), abs=1e-3)


def test_long_rows_are_cut_at_their_end_and_counted(home, view):
    rows, _ = tokens_of(home, view, longest=20)
    whole, _ = tokens_of(home, view)
    longer = [row.number for row in whole.rows if len(row) > 20]
    assert rows.cut == len(longer) > 0
    assert all(len(row) == 20 and any(row.learned) for row in rows.rows if row.number in longer)
    none, _ = tokens_of(home, view, longest=4)
    assert (none.cut, len(none)) == (6, 0)


@pytest.mark.parametrize("settings", [{}, {"packing": "off"}])
def test_a_decoder_learns_what_the_answers_follow_from(home, view, settings):
    trained = carry_out(writing_spec(view, **settings), "a")
    assert not trained.stopped
    model, base = load_texts(home.runs / "a", MODEL), load_texts(home.runs / "a", BASE)
    right = np.mean([said == truth for said, truth in zip(model.said, model.truth, strict=True)])
    assert right > 0.8
    assert model.bits.sum() < 0.2 * base.bits.sum()
    assert model.truth == base.truth
    assert "\n" in model.asked[[bool(asked.count("\n")) for asked in model.asked].index(True)]  # instruction and input
    bundle = home.runs / "a" / "bundle"
    info = read_info(bundle)
    assert is_whole(bundle)
    assert (info.task, info.format, info.text, info.label) == (
        "instruction",
        "chat",
        ("instruction", "input"),
        "output",
    )
    assert sorted(load_file(bundle / "model.safetensors")) == sorted(
        load_file(home.models / "writer-decoder" / "model.safetensors")
    )


def test_adapters_learn_and_are_merged(home, view):
    carry_out(writing_spec(view, adapter="lora", learning_rate=1e-2, epochs=20), "a")
    model, base = load_texts(home.runs / "a", MODEL), load_texts(home.runs / "a", BASE)
    # Matrices beside random layers, under words that stay random, can do only so much.
    assert model.bits.sum() < 0.6 * base.bits.sum()
    before = load_file(home.models / "writer-decoder" / "model.safetensors")
    after = load_file(home.runs / "a" / "bundle" / "model.safetensors")
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(".layers." in name and name.endswith("proj.weight") for name in changed)


def test_an_encoder_decoder_learns_it_too(home, view):
    carry_out(writing_spec(view, "encoder-decoder", epochs=30), "a")
    model = load_texts(home.runs / "a", MODEL)
    assert np.mean([said == truth for said, truth in zip(model.said, model.truth, strict=True)]) > 0.8


def test_one_can_watch_it_learn(home, view):
    carry_out(writing_spec(view, epochs=4), "a")
    events = read_metrics(home.runs / "a")
    measured = [event.values for event in events if event.kind == "validation"]
    samples = [event.values for event in events if event.kind == "samples"]
    assert measured[-1]["bits_per_character"] < measured[0]["bits_per_character"]
    assert measured[-1]["perplexity"] == pytest.approx(np.exp(measured[-1]["loss"]))
    assert [one["step"] for one in samples] == [one["step"] for one in measured]
    assert all(len(one["answers"]) == 5 for one in samples)
    assert {answer["asked"] for answer in samples[0]["answers"]} == {
        answer["asked"] for answer in samples[-1]["answers"]
    }
    assert [answer["said"] for answer in samples[0]["answers"]] != [answer["said"] for answer in samples[-1]["answers"]]
    assert all(event.values["tokens_per_second"] > 0 for event in events if event.kind == "train")


def test_stopped_and_resumed_it_ends_with_the_very_same_answers(home, view):
    spec = writing_spec(view, epochs=3)
    carry_out(spec, "whole")
    assert carry_out(spec, "parts", Witness(stop_at=12)).stopped
    again = carry_out(spec, "parts")
    assert (again.stopped, again.resumed_from) == (False, 12)
    whole, parts = (load_file(home.runs / name / "bundle" / "model.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_halved_batches_give_the_same_steps(home, view):
    spec = writing_spec(view, epochs=1)
    carry_out(spec, "whole")
    carry_out(spec, "halved", halvings=2)
    losses = [
        [event.values["loss"] for event in read_metrics(home.runs / name) if event.kind == "train"]
        for name in ("whole", "halved")
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)


def test_instructions_that_leave_no_room_for_an_answer_are_refused(home, view):
    with pytest.raises(UnfitData, match="max_length"):
        carry_out(writing_spec(view, max_length=3), "a")
