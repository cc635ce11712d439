"""A model that writes: from a conversation to an answer, one token at a time.

Knows models and prompt formats; nothing of runs, of the host or of pages. The library prepares the inputs, keeps the
cache and changes the probabilities (temperature, top-k, top-p, repetition penalty); the loop around it is ours, so
that each token can be shown with its probability, others get their turn in between, and somebody can stop it.
Importing it is light; loading a model is not.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.data.conversation import Conversation
from pipeline.errors import N_, RunError
from pipeline.inference.events import Began, Ended, Event, Reason, Token
from pipeline.inference.letters import Letters
from pipeline.inference.openings import Openings
from pipeline.inference.prompt import Prompt, write_prompt
from pipeline.inference.sampling import Sampling
from pipeline.runs.bundle import INFO, is_sealed, read_info
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import PromptFormat, end_tokens

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ALTERNATIVES = 5
# Tokens of a prompt that are read at once: a long one lets others have their turn in between.
_READ_AT_ONCE = 256
# Far more than any model has; tokenizers without a bound say 10**30.
_BOUNDLESS = 10_000_000


def _go_on() -> None:
    """Nobody waits for a turn."""


@dataclass(frozen=True)
class Writer:
    """A model that writes, in memory. What it answers does not depend on what else it is asked meanwhile."""

    model: "PreTrainedModel"  # in evaluation mode
    tokenizer: "PreTrainedTokenizerBase"
    format: str  # prompt format in which it is asked unless somebody names another one
    own_format: str = ""

    @staticmethod
    def load(folder: Path, device: str = "cpu") -> "Writer":
        """The model of a folder: a base model, or the bundle of a run that was tuned on instructions.

        Args:
            folder: in safetensors; nothing in it is run.
            device: "cpu", "cuda" or "mps".

        Raises:
            RunError: the bundle was not written to its end, or holds a model that was trained for something else.
            ModelError: the model cannot be loaded, or writes nothing.
        """
        name, own = "", ""
        if (folder / INFO).is_file():
            info = read_info(folder)
            if not is_sealed(folder) or not info.format:
                raise RunError(
                    N_("The model of the run {run} writes no answers. Choose a run that was trained on instructions."),
                    run=info.name,
                )
            name, own = info.format, info.own_format
        from pipeline.models.load import load_tokenizer, load_writer

        model, tokenizer = load_writer(folder), load_tokenizer(folder)
        model.to(device)  # type: ignore[arg-type]  # its decorator hides self
        return Writer(model, tokenizer, name or usual_format(model, tokenizer), own)

    def stream(
        self,
        conversation: Conversation,
        sampling: Sampling,
        *,
        format: str = "",
        own: str = "",
        openings: Sequence[str] = (),
        rest: Callable[[], None] = _go_on,
    ) -> Iterator[Event]:
        """The answer to the last message: ``Began``, then a ``Token`` each, then ``Ended``.

        Args:
            conversation: the last turn is a user's; the oldest turns are left out where there is no room for all.
            sampling: how tokens are chosen.
            format: the prompt format; "": the model's.
            own: the template of the format ``own``.
            openings: texts of which the answer has to begin with one; () for any beginning. No beams, then.
            rest: called between two steps of the model that bring no token; may raise to end it all.

        Raises:
            SettingError: no such format, or the message is longer than what the model reads.
            UnfitData: the conversation cannot be written in this format, or has nothing to answer.
        """
        chosen = registry.get(format or self.format, self.tokenizer, own or self.own_format)
        prompt = self._prompt(conversation, chosen, sampling)
        yield Began(self._text(prompt.ids), len(prompt.ids), prompt.left_out)
        ends = end_tokens(self.model, self.tokenizer, chosen)
        count, reason, first, begun = 0, _reason(prompt, sampling), 0.0, time.perf_counter()
        letters = Letters(lambda tokens: self._text(tokens, skip_special_tokens=True))
        for token, about in self._tokens(prompt, sampling, ends, self._openings(openings), rest):
            first = first or time.perf_counter() - begun
            if token in ends:
                reason = "end"
                break
            count += 1
            yield Token(letters.add(token), *about)
        yield Ended(reason, count, time.perf_counter() - begun, first)

    @property
    def _writes_anew(self) -> bool:
        """Whether the answer is a text of its own, beside the prompt: an encoder-decoder."""
        return bool(self.model.config.is_encoder_decoder)

    @property
    def context(self) -> int | None:
        """Tokens that the model can read at once; None where it has no bound."""
        config: Any = self.model.config
        bounds = [getattr(config, name, None) for name in ("max_position_embeddings", "n_positions")]
        known = [bound for bound in (*bounds, self.tokenizer.model_max_length) if bound and bound < _BOUNDLESS]
        return int(min(known)) if known else None

    def _prompt(self, conversation: Conversation, chosen: PromptFormat, sampling: Sampling) -> Prompt:
        return write_prompt(
            conversation,
            chosen,
            self.tokenizer,
            wanted=sampling.max_new_tokens,
            context=self.context,
            anew=self._writes_anew,
        )

    def _openings(self, texts: Sequence[str]) -> Openings:
        return Openings(self.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts)

    def _text(self, tokens: Any, **options: Any) -> str:
        # Without the clean-up of spaces, which changes what was shown before.
        return str(self.tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False, **options))

    def _tokens(
        self,
        prompt: Prompt,
        sampling: Sampling,
        ends: frozenset[int],
        openings: Openings,
        rest: Callable[[], None],
    ) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Token by token, each with its probability and the alternatives; at most ``prompt.room`` of them."""
        import torch
        from transformers import GenerationConfig

        ids = torch.tensor([prompt.ids], device=self.model.device)
        make: Any = GenerationConfig  # ships no types
        settings = make(
            max_new_tokens=prompt.room,
            do_sample=sampling.draws,
            num_beams=sampling.num_beams,
            repetition_penalty=sampling.repetition_penalty,
            eos_token_id=sorted(ends) or None,
            pad_token_id=self.tokenizer.pad_token_id,
            **({name: getattr(sampling, name) for name in ("temperature", "top_k", "top_p")} if sampling.draws else {}),
        )
        model: Any = self.model
        if sampling.num_beams > 1:
            assert not openings.open, "beams know nothing of openings"
            whole = model.generate(
                ids, attention_mask=torch.ones_like(ids), generation_config=settings, stopping_criteria=[_Pause(rest)]
            )
            # A decoder says its prompt again, an encoder-decoder begins with a mark of its own.
            for token in whole[0, 1 if self._writes_anew else len(prompt.ids) :].tolist():
                yield token, ()
            return
        chance = torch.Generator(device=ids.device).manual_seed(sampling.seed)

        def pick(scores: "Tensor") -> int:
            if openings.open:
                allowed = torch.full_like(scores, -torch.inf)
                places = list(openings.allowed)
                allowed[places] = scores[places]
                scores = allowed
            token = int(
                torch.multinomial(scores.softmax(dim=-1), 1, generator=chance) if sampling.draws else scores.argmax()
            )
            openings.take(token)
            return token

        steps = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            generation_config=settings,
            custom_generate=_one_by_one,
            pick=pick,
            **self._read_ahead(ids, rest),
        )
        for token, logits in steps:
            with torch.inference_mode():
                shares = logits.softmax(dim=-1)
                best = shares.topk(min(ALTERNATIVES, len(shares)))
            others = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            yield token, (float(shares[token]), tuple((self._text([other]), share) for other, share in others))

    def _read_ahead(self, ids: "Tensor", rest: Callable[[], None]) -> dict[str, Any]:
        """The cache of a decoder that has read a long prompt in pieces, all but the last one; {} for a short prompt."""
        import torch
        from transformers import DynamicCache

        model: Any = self.model
        if self._writes_anew or ids.shape[1] <= _READ_AT_ONCE or not model._supports_default_dynamic_cache():
            return {}
        cache = DynamicCache(config=model.config.get_text_config(decoder=True))
        for part in torch.split(ids[:, :-1], _READ_AT_ONCE, dim=1):
            with torch.inference_mode():
                model(input_ids=part, past_key_values=cache, use_cache=True, logits_to_keep=1)
            rest()
        return {"past_key_values": cache}


def usual_format(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> str:
    """The prompt format of a base model; see ``registry.usual``."""
    return registry.usual(has_template=bool(tokenizer.chat_template), anew=bool(model.config.is_encoder_decoder))


def _reason(prompt: Prompt, sampling: Sampling) -> Reason:
    """Why an answer is over that the model has not ended."""
    return "length" if prompt.room >= sampling.max_new_tokens else "context"


def _one_by_one(
    model: Any,
    input_ids: "Tensor",
    logits_processor: Any,
    stopping_criteria: Any,
    generation_config: Any,
    pick: "Callable[[Tensor], int]",
    **inputs: Any,
) -> "Iterator[tuple[int, Tensor]]":
    """A decoding loop for ``generate(custom_generate=...)``: the library's ``_sample``, but it yields.

    Yields:
        the token, and the logits [vocabulary] by which the model would choose.
    """
    import torch

    inputs.pop("synced_gpus", None)
    inputs.pop("streamer", None)
    for step in range(generation_config.max_new_tokens):
        with torch.inference_mode():
            if step:
                read = model.prepare_inputs_for_generation(input_ids, next_sequence_length=1, **inputs)
                outputs = model(**read, return_dict=True)
            else:
                outputs = model._prefill(input_ids, generation_config, inputs)
            inputs = model._update_model_kwargs_for_generation(
                outputs, inputs, is_encoder_decoder=model.config.is_encoder_decoder
            )
            logits = outputs.logits[:, -1].to(torch.float32, copy=True)
            token = pick(logits_processor(input_ids, logits)[0])
            input_ids = torch.cat([input_ids, input_ids.new_tensor([[token]])], dim=1)
        yield token, logits[0]


class _Pause:
    """A stopping criterion that never stops: between two steps of a beam search, others get their turn."""

    def __init__(self, rest: Callable[[], None]) -> None:
        self._rest = rest

    def __call__(self, input_ids: "Tensor", scores: Any, **_: Any) -> "Tensor":
        import torch

        self._rest()
        return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)
