"""What a model writes to many prompts, several at once and always the likeliest: for measuring and for looking at.

A person's own questions go through ``inference``. Knows stock models; nothing of runs and files.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from transformers import GenerationConfig, PreTrainedModel

# Prompts that are answered at once. More would wait for the longest answer among them.
AT_ONCE = 16
# An answer may be somewhat longer than any that was learned from; what goes on beyond that has lost its way.
LONGER = 1.25


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
    writer: Any = model
    training, said = model.training, [""] * len(prompts)
    padding = tokenizer.pad_token_id or 0
    settings: Any = GenerationConfig  # has no types
    options = settings(do_sample=False, max_new_tokens=most, eos_token_id=sorted(ends), pad_token_id=padding)
    options.decoder_start_token_id = model.config.decoder_start_token_id if writer.config.is_encoder_decoder else None
    writer.eval()
    order = sorted(range(len(prompts)), key=lambda place: len(prompts[place]))
    try:
        for start in range(0, len(order), AT_ONCE):
            places = order[start : start + AT_ONCE]
            ids, mask = _left_padded([prompts[place] for place in places], padding)
            with torch.no_grad():
                found = writer.generate(
                    input_ids=ids.to(model.device), attention_mask=mask.to(model.device), generation_config=options
                )
            begin = 1 if writer.config.is_encoder_decoder else ids.shape[1]
            for place, row in zip(places, found[:, begin:].tolist(), strict=True):
                said[place] = str(tokenizer.decode(row, skip_special_tokens=True)).strip()
            advance(start + len(places))
    finally:
        model.train(training)
    return said


def _left_padded(prompts: Sequence[Sequence[int]], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """[prompts, longest] ids and mask; an answer has to follow its prompt at once."""
    longest = max(map(len, prompts))
    ids = [[*[padding] * (longest - len(prompt)), *prompt] for prompt in prompts]
    mask = [[*[0] * (longest - len(prompt)), *[1] * len(prompt)] for prompt in prompts]
    return torch.tensor(ids), torch.tensor(mask)
