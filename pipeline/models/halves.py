"""Cut a model in two at a layer: the lower half runs once, its output is kept, the upper half is trained.

One way for every family. The **stock** model is called with the real ids and mask both times, so that it builds
its own masks, positions, final norm and head: the lower half is recorded where it ends and the pass is broken off
there; for the upper half the layers below are replaced, in place, by modules that hand the recorded state on.
Knows nothing of training, of batches or of where recorded states are kept.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

_NAMES = ("layer", "layers", "h", "block")  # what the families call their list of layers


def layers(model: nn.Module) -> nn.ModuleList:
    """The list of layers of a transformer, first to last; of an encoder-decoder, its encoder's.

    Raises:
        ValueError: the model keeps its layers in no way that is known.
    """
    base = getattr(model, "base_model", model)
    for name, module in base.named_modules():
        if isinstance(module, nn.ModuleList) and name.rpartition(".")[2] in _NAMES and len(module) > 0:
            return module
    raise ValueError(f"{type(model).__name__} has no list of layers named {', '.join(_NAMES)}")


class _Recorded(Exception):  # noqa: N818  # breaks a pass off, nothing went wrong
    """Carries the hidden state out of a pass that need not go on."""

    def __init__(self, hidden: Tensor) -> None:
        super().__init__()
        self.hidden = hidden


class LowerHalf:
    """The first ``layer`` layers of ``model``, in evaluation mode and without gradients.

    Args:
        model: any transformer of transformers, with or without a head. It is not changed.
        layer: how many layers belong to the lower half, from 1 to ``len(layers(model))``.
    """

    def __init__(self, model: nn.Module, layer: int) -> None:
        self._model = model
        self._last = _checked(layers(model), layer)[layer - 1]

    def hidden(self, batch: Mapping[str, Any]) -> Tensor:
        """The state that enters the upper half.

        Args:
            batch: what the model takes, such as ``input_ids`` and ``attention_mask``, each [rows, tokens].

        Returns:
            [rows, tokens, hidden] in the model's precision; states of padding are there and mean nothing.
            Made without gradients but usable in a backward pass (not an inference tensor).
        """
        hook = self._last.register_forward_hook(_break_off)
        try:
            with torch.no_grad(), evaluating(self._model):
                self._model(**batch)
        except _Recorded as pass_:
            return pass_.hidden
        finally:
            hook.remove()
        raise RuntimeError(f"{type(self._model).__name__} returned without calling its layers")


class UpperHalf:
    """The layers above the cut, and the head; called as the whole model is, with the recorded state in front."""

    def __init__(self, model: nn.Module, slot: "_Replaced") -> None:
        self._model = model
        self._slot = slot

    def __call__(self, hidden: Tensor, **batch: Any) -> Any:
        """What the whole model returns for ``batch``.

        Args:
            hidden: [rows, tokens, hidden] from ``LowerHalf.hidden``, padded to the batch's tokens with anything.
            **batch: the model's own arguments, ``input_ids`` and ``attention_mask`` among them.
        """
        self._slot.state = hidden
        try:
            return self._model(**batch)
        finally:
            self._slot.state = None


@contextlib.contextmanager
def upper_half(model: nn.Module, layer: int) -> Iterator[UpperHalf]:
    """``model`` without its first ``layer`` layers, for as long as the context is open.

    Inside, the lower layers are not part of ``model.parameters()`` or its state; they are put back on exit, so
    save outside. Whether dropout is on is the model's own training mode.

    Args:
        model: the model whose lower half was recorded.
        layer: the cut, as given to ``LowerHalf``.
    """
    stack = _checked(layers(model), layer)
    originals = [stack[number] for number in range(layer)]
    slot = _Replaced(originals[-1])
    for number, original in enumerate(originals[:-1]):
        stack[number] = _Replaced(original)
    stack[layer - 1] = slot
    try:
        yield UpperHalf(model, slot)
    finally:
        for number, original in enumerate(originals):
            stack[number] = original


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode, module by module back to what it was on exit."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


class _Replaced(nn.Module):
    """Stands in for a lower layer: hands on ``state`` if it has one, else its input."""

    def __init__(self, original: nn.Module) -> None:
        super().__init__()
        # Models read attributes of their layers while they loop over them, ModernBERT its attention_type.
        public = {name: value for name, value in vars(original).items() if not name.startswith("_")}
        self.__dict__.update(public)
        self.state: Tensor | None = None
        # In a tuple, so that nn.Module does not take it for a part of its own.
        self._bias_of: tuple[Any, ...] = _relative_bias(original)

    def forward(self, hidden_states: Tensor, *rest: Any, **_named: Any) -> Any:
        """Take what the layer took, return it in the layer's own shape."""
        handed_on = hidden_states if self.state is None else self.state
        if not self._bias_of:
            return handed_on
        # T5: the first block computes the position bias that all blocks use. It is kept fixed: trained, it would
        # change the lower half too. The model passes it as the second positional argument after the state.
        bias, length = rest[1], handed_on.shape[1]
        if bias is None:
            with torch.no_grad():
                bias = self._bias_of[0].compute_bias(length, length, device=handed_on.device)
        return handed_on, bias, None


def _relative_bias(layer: nn.Module) -> tuple[Any, ...]:
    """T5's attention, which holds the position bias, in a tuple; () for every other family."""
    parts = getattr(layer, "layer", None)
    return (parts[0].SelfAttention,) if isinstance(parts, nn.ModuleList) and hasattr(parts[0], "SelfAttention") else ()


def _break_off(_module: nn.Module, _inputs: Any, output: Any) -> None:
    raise _Recorded(output[0] if isinstance(output, tuple) else output)


def _checked(stack: nn.ModuleList, layer: int) -> nn.ModuleList:
    if not 1 <= layer <= len(stack):
        raise ValueError(f"the cut must be between 1 and {len(stack)} layers, not {layer}")
    return stack
