"""What a model writes to many prompts, several at once and always the likeliest: to measure, to look at, to fill.

A person's own questions go through ``inference.generate``. Knows stock models; nothing of runs and files.
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, PreTrainedModel

# Prompts that are answered at once. More would wait for the longest answer among them.
AT_ONCE = 16
# What is kept of each token that was read is the larger part of the memory that this takes.
MOST_READ = 16_384  # tokens of the prompts of a batch
# An answer may be somewhat longer than any that was learned from; what goes on beyond that has lost its way.
LONGER = 1.25


@dataclass(frozen=True)
class Answer:
    """What a model writes to a prompt."""

    text: str  # without special tokens and without spaces around it
    likelihood: float  # geometric mean of the probabilities of its tokens, its end among them, from 0 to 1
    ended: bool  # False: it was broken off at the length that was allowed


def write_answers(
    model: PreTrainedModel,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    most: int,
    ends: Collection[int],
    advance: Callable[[int], None] = lambda done: None,
) -> list[str]:
    """[n] the model's answer to each prompt, greedily, without special tokens and without spaces around it.

    Args:
        model: an ``AutoModelForCausalLM`` or an ``AutoModelForSeq2SeqLM``.
        tokenizer: its own.
        prompts: [n] token ids, up to where the answer begins.
        most: tokens of an answer, at most.
        ends: tokens that end one.
        advance: hears how many are done.
    """
    said, done = [""] * len(prompts), 0
    for some in answer_by_batches(model, tokenizer, prompts, most, ends):
        for place, answer in some.items():
            said[place] = answer.text
        done += len(some)
        advance(done)
    return said


def answer_by_batches(
    model: PreTrainedModel,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    most: int,
    ends: Collection[int],
    rest: Callable[[], None] = lambda: None,
) -> Iterator[dict[int, Answer]]:
    """The answers of ``write_answers``, some prompts after the other, the shortest first; by place in ``prompts``.

    Args:
        rest: called between two tokens; may raise to end it all.
    """
    writer: Any = model  # its methods have no types
    training = writer.training
    writer.eval()
    try:
        for places in _batches(prompts):
            some = [prompts[place] for place in places]
            yield dict(zip(places, _answer(writer, tokenizer, some, most, frozenset(ends), rest), strict=True))
    finally:
        writer.train(training)


def _batches(prompts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of prompts of similar length, which are answered together."""
    batch: list[int] = []
    for place in sorted(range(len(prompts)), key=lambda place: len(prompts[place])):
        if len(batch) == AT_ONCE or (batch and (len(batch) + 1) * len(prompts[place]) > MOST_READ):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _answer(
    writer: Any,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    most: int,
    ends: frozenset[int],
    rest: Callable[[], None],
) -> list[Answer]:
    padding = tokenizer.pad_token_id or 0
    settings: Any = GenerationConfig  # has no types
    options = settings(do_sample=False, max_new_tokens=most, eos_token_id=sorted(ends), pad_token_id=padding)
    options.decoder_start_token_id = writer.config.decoder_start_token_id if writer.config.is_encoder_decoder else None
    ids, mask = _left_padded(prompts, padding)
    heard = _Listener(rest)
    with torch.no_grad():
        found = writer.generate(
            input_ids=ids.to(writer.device),
            attention_mask=mask.to(writer.device),
            generation_config=options,
            logits_processor=[heard],
        )
    begin = 1 if writer.config.is_encoder_decoder else ids.shape[1]
    chances = torch.stack(heard.best, dim=1).tolist()
    answers = []
    for row, logs in zip(found[:, begin:].tolist(), chances, strict=True):
        end = next((at for at, token in enumerate(row) if token in ends), None)
        its = logs if end is None else logs[: end + 1]
        text = str(tokenizer.decode(row, skip_special_tokens=True)).strip()
        answers.append(Answer(text, math.exp(sum(its) / len(its)), end is not None))
    return answers


class _Listener:
    """A logits processor that changes nothing: it keeps log p of each likeliest token, and lets others have a turn."""

    def __init__(self, rest: Callable[[], None]) -> None:
        self._rest = rest
        self.best: list[Tensor] = []  # of each step, [prompts]

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        self._rest()
        # The largest logit less log of the sum of all exponentials: no table of the vocabulary's size is made.
        self.best.append((scores.amax(dim=-1) - scores.logsumexp(dim=-1)).float().cpu())
        return scores


def _left_padded(prompts: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """[prompts, longest] ids and mask; an answer has to follow its prompt at once."""
    longest = max(map(len, prompts))
    ids = [[*[padding] * (longest - len(prompt)), *prompt] for prompt in prompts]
    mask = [[*[0] * (longest - len(prompt)), *[1] * len(prompt)] for prompt in prompts]
    return torch.tensor(ids), torch.tensor(mask)
