"""The last layer of an encoder whose head reads token 0 only: compute it for token 0 only. Exact, and nearly free.

With a single query per head the key and value projections need not be applied to every token:
``q . (W_k h_t + b_k) = (W_k^T q) . h_t + q . b_k`` for the scores, and for the mix of the values
``sum_t a_t (W_v h_t + b_v) = W_v (sum_t a_t h_t) + b_v sum_t a_t``.
Same parameters, same gradients, same dropout; only the order of the sums differs. Knows the families that it
serves by class and leaves every other model alone.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.models.halves import layers

_BERT_LIKE = {"BertLayer", "RobertaLayer", "XLMRobertaLayer", "ElectraLayer"}
_HEADS = {
    "BertForSequenceClassification", "RobertaForSequenceClassification", "XLMRobertaForSequenceClassification",
    "ElectraForSequenceClassification", "DistilBertForSequenceClassification",
}  # fmt: skip


@dataclass(frozen=True)
class _Parts:
    """What of a layer takes part: three projections, and what comes after the attention."""

    query: nn.Linear
    key: nn.Linear
    value: nn.Linear
    heads: int
    dropout: nn.Dropout
    finish: Callable[[Tensor, Tensor], Tensor]  # (context, layer input), each [rows, 1, hidden] -> the same


def reads_first_token(model: nn.Module) -> bool:
    """Whether ``first_token_top`` changes anything for ``model``."""
    return type(model).__name__ in _HEADS and _parts(layers(model)[-1]) is not None


@contextlib.contextmanager
def first_token_top(model: nn.Module) -> Iterator[None]:
    """Let the last layer of ``model`` compute token 0 only, for as long as the context is open.

    The model's logits, and the gradients of every parameter, stay what they are to rounding; its last hidden
    state shrinks to [rows, 1, hidden]. Parameters and state are not touched, so the model may be saved inside.
    Models whose head reads something else are left as they are (see ``reads_first_token``).
    """
    if not reads_first_token(model):
        yield
        return
    top = layers(model)[-1]
    parts = _parts(top)
    assert parts is not None

    def forward(hidden_states: Tensor, attention_mask: Tensor | None = None, *_rest: Any, **_named: Any) -> Tensor:
        return _first_token(parts, hidden_states, attention_mask)

    top.forward = forward
    try:
        yield
    finally:
        del top.forward


def _first_token(parts: _Parts, hidden: Tensor, mask: Tensor | None) -> Tensor:
    """[rows, tokens, hidden] -> [rows, 1, hidden]; mask None, or [rows, 1, any, tokens] Boolean or additive."""
    rows, _, width = hidden.shape
    size = parts.query.out_features // parts.heads
    first = hidden[:, :1]
    query = parts.query(first).view(rows, parts.heads, size)
    by_token = torch.einsum("bnd,ndh->bnh", query, parts.key.weight.view(parts.heads, size, width))
    scores = by_token @ hidden.transpose(1, 2)
    scores = (scores + (query * parts.key.bias.view(parts.heads, size)).sum(-1, keepdim=True)) * size**-0.5
    if mask is not None:
        allowed = mask[:, :, 0]  # [rows, 1, tokens]: what token 0 may look at
        if allowed.dtype == torch.bool:
            scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        else:
            scores = scores + allowed
    weights = parts.dropout(scores.softmax(dim=-1))
    mixed = torch.einsum("bnh,ndh->bnd", weights @ hidden, parts.value.weight.view(parts.heads, size, width))
    context = mixed + weights.sum(-1, keepdim=True) * parts.value.bias.view(parts.heads, size)
    return parts.finish(context.reshape(rows, 1, parts.heads * size), first)


def _parts(layer: nn.Module) -> _Parts | None:
    """None where the layer is of another family, or its projections were wrapped (LoRA)."""
    kind = type(layer).__name__
    if kind in _BERT_LIKE and not layer.is_decoder:
        parts = _bert_parts(layer)
    elif kind == "TransformerBlock" and hasattr(layer, "sa_layer_norm"):
        parts = _distilbert_parts(layer)
    else:
        return None
    return parts if all(type(part) is nn.Linear for part in (parts.query, parts.key, parts.value)) else None


def _bert_parts(layer: Any) -> _Parts:
    attention = layer.attention.self

    def finish(context: Tensor, first: Tensor) -> Tensor:
        result: Tensor = layer.feed_forward_chunk(layer.attention.output(context, first))
        return result

    return _Parts(
        attention.query, attention.key, attention.value, attention.num_attention_heads, attention.dropout, finish
    )


def _distilbert_parts(layer: Any) -> _Parts:
    attention = layer.attention

    def finish(context: Tensor, first: Tensor) -> Tensor:
        attended = layer.sa_layer_norm(attention.out_lin(context) + first)
        result: Tensor = layer.output_layer_norm(layer.ffn(attended) + attended)
        return result

    return _Parts(attention.q_lin, attention.k_lin, attention.v_lin, attention.n_heads, attention.dropout, finish)
