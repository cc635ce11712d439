"""A model writes what the library's own ``generate`` writes, one token at a time, and says how sure it is."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from pipeline.data.conversation import Turn, single
from pipeline.errors import ModelError, RunError, SettingError
from pipeline.inference.events import Began, Ended, Event, Token, Waiting, from_content, to_line
from pipeline.inference.generate import ALTERNATIVES, Writer
from pipeline.inference.sampling import GREEDY, Sampling
from pipeline.models.load import load_writer
from tests.tiny import tiny_base, tiny_bundle
from tests.tiny_writers import ANSWERS, CONTEXT, train_writer, write_base, write_bundle, write_rewriter

WILD = Sampling(temperature=1.5, top_k=0, top_p=1.0, repetition_penalty=1.0, max_new_tokens=20)


@pytest.fixture(scope="module")
def writer() -> Writer:
    """A decoder that knows a few answers by heart."""
    return Writer(*train_writer(), "chat")


@pytest.fixture(scope="module")
def rewriter(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """An encoder-decoder with random weights."""
    return Writer.load(write_rewriter(tmp_path_factory.mktemp("models") / "t5"))


def text(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def answer(writer: Writer, asked: str, sampling: Sampling = GREEDY) -> str:
    return text([*writer.stream(single(asked, ""), sampling)])


def end(events: Sequence[Event]) -> Ended:
    last = events[-1]
    assert isinstance(last, Ended)
    return last


@pytest.mark.parametrize("asked", ANSWERS)
def test_what_was_learned_by_heart_is_said_and_ended(writer: Writer, asked: str) -> None:
    events = [*writer.stream(single(asked, ""), GREEDY)]
    assert events[0] == Began(f"<|user|>{asked}<|end|><|assistant|>", len(asked.encode()) + 3)
    assert text(events) == ANSWERS[asked]
    assert (end(events).reason, end(events).tokens) == ("end", len(ANSWERS[asked].encode()))
    assert 0 < end(events).first <= end(events).seconds


@pytest.mark.parametrize("kind", ["writer", "rewriter"])
@pytest.mark.parametrize("changed", [{}, {"repetition_penalty": 1.3}, {"num_beams": 3}])
def test_without_chance_it_is_what_the_library_writes(
    kind: str, changed: dict[str, float], request: pytest.FixtureRequest
) -> None:
    model: Writer = request.getfixturevalue(kind)
    sampling = dataclasses.replace(GREEDY, max_new_tokens=12, **changed)
    asked = "please refund the invoice"
    events = [*model.stream(single(asked, ""), sampling)]
    assert isinstance(events[0], Began)
    marks = {} if kind == "writer" else {"add_special_tokens": True}
    prompt = model.tokenizer(events[0].prompt.removesuffix("</s>"), return_tensors="pt", **marks)
    written = model.model.generate(
        input_ids=prompt["input_ids"],
        attention_mask=prompt["attention_mask"],
        do_sample=False,
        max_new_tokens=12,
        repetition_penalty=sampling.repetition_penalty,
        num_beams=sampling.num_beams,
    )
    new = written[0, prompt["input_ids"].shape[1] if kind == "writer" else 1 :]
    assert text(events) == model.tokenizer.decode(new, skip_special_tokens=True)


def test_the_same_seed_draws_the_same_and_another_one_something_else(writer: Writer) -> None:
    first = answer(writer, "hello", WILD)
    torch.rand(100)  # what others draw meanwhile has no part in it
    assert answer(writer, "hello", WILD) == first
    assert len({answer(writer, "hello", dataclasses.replace(WILD, seed=seed)) for seed in range(8)}) > 1


def test_two_answers_that_are_written_by_turns_are_those_of_each_alone(writer: Writer) -> None:
    alone = [[*writer.stream(single(asked, ""), WILD)] for asked in ("hello", "打印机坏了")]
    streams = [writer.stream(single(asked, ""), WILD) for asked in ("hello", "打印机坏了")]
    together: list[list[Event]] = [[], []]
    for pair in zip(*streams, strict=False):
        for found, event in zip(together, pair, strict=True):
            found.append(event)
    assert [text(events) for events in together] == [text(events[: len(together[0])]) for events in alone]


def test_only_the_most_probable_tokens_are_drawn_from(writer: Writer) -> None:
    greedy = answer(writer, "unknown", dataclasses.replace(GREEDY, max_new_tokens=20))
    for narrow in ({"top_k": 1}, {"top_p": 0.01}):
        assert answer(writer, "unknown", dataclasses.replace(WILD, **narrow)) == greedy  # type: ignore[arg-type]
    for seed in range(3):
        sampling = dataclasses.replace(WILD, top_k=2, seed=seed)
        tokens = [event for event in writer.stream(single("unknown", ""), sampling) if isinstance(event, Token)]
        assert all(token.probability in [share for _, share in token.alternatives[:2]] for token in tokens)


def test_probabilities_are_the_model_s_own_whatever_the_temperature(writer: Writer) -> None:
    prompt = writer.tokenizer("<|user|>hello<|end|><|assistant|>", return_tensors="pt")
    with torch.no_grad():
        best = writer.model(**prompt).logits[0, -1].softmax(-1).topk(ALTERNATIVES).values.tolist()
    for sampling in (GREEDY, WILD):
        token = next(event for event in writer.stream(single("hello", ""), sampling) if isinstance(event, Token))
        assert [share for _, share in token.alternatives] == pytest.approx(best, rel=1e-4)
    assert token.alternatives[0][0] == "H"


def test_an_answer_stops_at_the_length_that_is_allowed(writer: Writer) -> None:
    events = [*writer.stream(single("打印机坏了", ""), dataclasses.replace(GREEDY, max_new_tokens=8))]
    assert (text(events), end(events).tokens, end(events).reason) == ("请重", 8, "length")


def test_an_answer_ends_where_the_model_can_read_no_more(writer: Writer) -> None:
    asked = "x" * (CONTEXT - 3 - 9 - 15) + "打印机坏了"
    events = [*writer.stream(single(asked, ""), dataclasses.replace(WILD, top_k=1, max_new_tokens=200))]
    assert end(events).tokens == 9
    assert end(events).reason == "context"
    with pytest.raises(SettingError, match=f"reads at most {CONTEXT}"):
        next(writer.stream(single("x" * CONTEXT, ""), GREEDY))


def test_a_long_prompt_is_read_in_pieces_with_others_in_between(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (Turn("user", "hello"), Turn("assistant", "Hello!"), Turn("user", "打印机坏了"))
    whole = [*writer.stream(asked, GREEDY)]
    monkeypatch.setattr("pipeline.inference.generate._READ_AT_ONCE", 7)
    rests: list[None] = []
    pieces = [*writer.stream(asked, GREEDY, rest=lambda: rests.append(None))]
    assert text(pieces) == text(whole)
    assert len(rests) >= 3


class EnoughError(Exception):
    """Nobody waits any more."""


@pytest.mark.parametrize("beams", [1, 3])
def test_who_has_left_ends_it_between_two_steps(writer: Writer, monkeypatch: pytest.MonkeyPatch, beams: int) -> None:
    monkeypatch.setattr("pipeline.inference.generate._READ_AT_ONCE", 4)

    def leave() -> None:
        raise EnoughError

    events = writer.stream(single("hello", ""), dataclasses.replace(GREEDY, num_beams=beams), rest=leave)
    assert isinstance(next(events), Began)
    with pytest.raises(EnoughError):
        next(events)


def test_a_rewriter_reads_the_text_alone_with_its_end_token(rewriter: Writer) -> None:
    began = next(rewriter.stream(single("please refund", ""), GREEDY))
    assert isinstance(began, Began)
    assert rewriter.format == "bare"
    assert began.prompt == "please refund</s>"


def test_another_prompt_format_can_be_named(writer: Writer) -> None:
    began = next(writer.stream(single("hello", ""), GREEDY, format="own", own="Q: {instruction}\nA: {answer}"))
    assert isinstance(began, Began)
    assert began.prompt == "Q: hello\nA: "


def test_events_survive_the_way_as_json() -> None:
    import json

    for event in (Began("你好", 3, 2), Token("好", 0.5, (("好", 0.5), ("\n", 0.25))), Token(""), Waiting()):
        assert from_content(json.loads(to_line(event))) == event
        assert "\n" not in to_line(event)


def test_a_bundle_answers_in_the_format_that_it_was_trained_in(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", "mine")
    loaded = Writer.load(tmp_path / "bundle")
    assert loaded.format == "chat"
    assert answer(loaded, "hello") == ANSWERS["hello"]


def test_what_writes_nothing_is_refused(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle", ["a", "b"])
    with pytest.raises(RunError, match="writes no answers"):
        Writer.load(tmp_path / "bundle")
    with pytest.raises(ModelError, match="reads texts and writes none"):
        load_writer(tiny_base(tmp_path / "bert"))
    with pytest.raises(ModelError, match="not whole"):
        load_writer(tiny_base(tmp_path / "headless", "decoder"))


def test_weights_in_a_format_that_can_run_code_are_not_loaded(tmp_path: Path) -> None:
    folder = write_base(tmp_path / "base", {"a": "b"})
    torch.save({}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError):
        load_writer(folder)
