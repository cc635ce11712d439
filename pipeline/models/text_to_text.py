"""An encoder-decoder that answers with one of the label texts, and how sure it is of each of them.

The decoder is asked at every branch of the trie of label texts, and only there; at a branch the probability is shared
out among the tokens that may follow, so that the labels' probabilities sum to 1 and nothing but a label can be said.
Knows stock models of transformers (``AutoModelForSeq2SeqLM``); nothing of tasks, of training or of files.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.modeling_outputs import BaseModelOutput

from pipeline.models.label_texts import LabelTexts, read_labels

# Numbers of the vocabulary that the decoder may bring forth at once: 256 MB in float32.
_LOGITS_AT_ONCE = 64 * 1024**2
_IGNORED = -100  # of targets that do not count; the library's own number


class TextToText:
    """The stock ``model`` as one that knows ``labels`` and nothing else.

    Args:
        model: an ``AutoModelForSeq2SeqLM``.
        labels: what it may answer.
        numbers: the number that each label says, where a number is predicted; None: the labels are classes.
    """

    def __init__(self, model: PreTrainedModel, labels: LabelTexts, numbers: Sequence[float] | None = None) -> None:
        self._model: Any = model
        self._numbers = None if numbers is None else torch.tensor(numbers, dtype=torch.float64)
        self.outputs = len(labels.sequences) if numbers is None else 1
        # A place to look at what is known of a text before the decoder says anything: [rows, hidden].
        self.read = nn.Identity()
        start = model.config.decoder_start_token_id
        padding = model.config.pad_token_id or 0
        self._paths = _filled([(start, *path) for path in labels.paths], padding)
        self._inputs = _filled([(start, *sequence[:-1]) for sequence in labels.sequences], padding)
        self._outputs = _filled(list(labels.sequences), _IGNORED)
        self._allowed = torch.from_numpy(labels.allowed)
        self._places = torch.from_numpy(labels.places)
        self._taken = torch.from_numpy(labels.taken)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, encoder: Callable[..., Any] | None = None) -> Tensor:
        """[rows, tokens, hidden] what the encoder makes of texts.

        Args:
            input_ids: [rows, tokens].
            attention_mask: [rows, tokens].
            encoder: called in place of the model's own, when its lower layers are done already.
        """
        called = encoder or self._model.get_encoder()
        states: Tensor = called(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        real = attention_mask[:, :, None].to(states.dtype)
        self.read((states * real).sum(dim=1) / real.sum(dim=1))
        return states

    def logits(self, states: Tensor, mask: Tensor) -> Tensor:
        """[rows, outputs] float64: log p of each label; or the mean of the numbers, each weighted by its p.

        Args:
            states: [rows, tokens, hidden] from ``encode``.
            mask: [rows, tokens] of the texts.
        """
        known = self.log_probabilities(states, mask)
        return known if self._numbers is None else known.exp() @ self._numbers.to(known.device)[:, None]

    def targets(self, answers: Tensor) -> Tensor:
        """[rows] the label of each answer: the class itself, or the text of the nearest number."""
        if self._numbers is None:
            return answers
        return (answers.double()[:, None] - self._numbers.to(answers.device)).abs().argmin(dim=1)

    def log_probabilities(self, states: Tensor, mask: Tensor) -> Tensor:
        """[rows, labels] float64, nats: log p(label | text); ``exp`` of a row sums to 1.

        Args:
            states: [rows, tokens, hidden] from ``encode``.
            mask: [rows, tokens] of the texts.
        """
        paths, allowed = self._paths.to(states.device), self._allowed.to(states.device)
        # [rows, branches, widest]: one number for each way that may be taken.
        ways = self._ask(states, mask, paths, allowed.clamp(min=0)).double()
        shared = ways.masked_fill(allowed < 0, -torch.inf).log_softmax(dim=-1).masked_fill(allowed < 0, 0.0)
        return shared.flatten(1) @ self._taken.to(states.device).T

    def loss(self, states: Tensor, mask: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
        """[rows] nats: the cross-entropy of the tokens of each row's label, added up, over the whole vocabulary.

        Args:
            states: [rows, tokens, hidden] from ``encode``.
            mask: [rows, tokens] of the texts.
            targets: [rows] label of each text.
            smoothing: label smoothing of each token, from 0 to 1.
        """
        inputs, outputs = self._inputs.to(states.device)[targets], self._outputs.to(states.device)[targets]
        longest = int((outputs != _IGNORED).sum(dim=1).max())
        logits = self._decode(states, mask, inputs[:, :longest])
        wanted = outputs[:, :longest].flatten()
        each = cross_entropy(
            logits.flatten(0, 1).float(), wanted, reduction="none", ignore_index=_IGNORED, label_smoothing=smoothing
        )
        return each.view(len(states), -1).sum(dim=1)

    def _ask(self, states: Tensor, mask: Tensor, paths: Tensor, tokens: Tensor) -> Tensor:
        """[rows, branches, widest] logits of ``tokens`` [branches, widest] at every branch, some rows at a time."""
        path_of, after = self._places[:, 0].to(states.device), self._places[:, 1].to(states.device)
        rows_at_once = max(1, _LOGITS_AT_ONCE // (paths.numel() * self._model.config.vocab_size))
        parts = []
        for some, their_mask in zip(torch.split(states, rows_at_once), torch.split(mask, rows_at_once), strict=True):
            rows = len(some)
            repeated = some.repeat_interleave(len(paths), dim=0), their_mask.repeat_interleave(len(paths), dim=0)
            logits = self._decode(*repeated, paths.repeat(rows, 1)).view(rows, *paths.shape, -1)
            parts.append(logits[:, path_of, after].gather(-1, tokens.expand(rows, -1, -1)))
        return torch.cat(parts)

    def _decode(self, states: Tensor, mask: Tensor, inputs: Tensor) -> Tensor:
        """[rows, tokens of inputs, vocabulary]; what follows each token of ``inputs``."""
        output = self._model(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=mask,
            decoder_input_ids=inputs,
            use_cache=False,
        )
        logits: Tensor = output.logits
        return logits


def answers_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], *, number: bool
) -> TextToText:
    """``model`` as one that writes ``texts`` and nothing else.

    Args:
        model: an ``AutoModelForSeq2SeqLM``.
        tokenizer: its own, with an end token.
        texts: what it may write, in the order of the outputs.
        number: whether the texts spell numbers, and what is asked for is the number.

    Raises:
        ModelError: the tokenizer cannot tell two of the texts apart.
    """
    labels = read_labels(tokenizer, texts, int(tokenizer.eos_token_id))
    return TextToText(model, labels, [float(text) for text in texts] if number else None)


def _filled(sequences: list[tuple[int, ...]], filling: int) -> Tensor:
    """[sequences, longest], filled up on the right: a decoder looks to the left only, so it does not matter by what."""
    longest = max(len(sequence) for sequence in sequences)
    return torch.tensor([[*sequence, *[filling] * (longest - len(sequence))] for sequence in sequences])
