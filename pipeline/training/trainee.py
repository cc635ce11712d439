"""The module that is trained: a stock classifier, its lower layers fixed, fed from kept states where there are any.

Knows which parameters are trained and what a checkpoint must hold; knows nothing of optimizers, data or files.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import _IncompatibleKeys
from transformers import PreTrainedModel

from pipeline.models.first_token import first_token_top
from pipeline.models.halves import UpperHalf, layers, upper_half
from pipeline.tasks.predict import head

Loss = Callable[[Tensor, Tensor], Tensor]


class Trainee(nn.Module):
    """What the Trainer sees. Its state is the trained parameters only, so that checkpoints stay small.

    Args:
        model: a stock classifier, ``freeze_below`` done.
        fixed: modules that stay as they are, and in evaluation mode.
        upper: calls the layers above the cut; None where no states are kept.
        loss: of logits [rows, outputs] and targets, a mean over the batch.
    """

    def __init__(self, model: PreTrainedModel, fixed: list[nn.Module], upper: UpperHalf | None, loss: Loss) -> None:
        super().__init__()
        self.model = model
        self._fixed = tuple(fixed)
        self._upper = upper
        self._loss = loss

    def forward(self, labels: Tensor, hidden: Tensor | None = None, **batch: Tensor) -> dict[str, Tensor]:
        """``loss`` (a mean over the batch) and ``logits`` [rows, outputs] of what ``Rows.collate`` gives."""
        logits = self.logits(hidden, **batch)
        return {"loss": self._loss(logits, labels), "logits": logits}

    def logits(self, hidden: Tensor | None = None, **batch: Tensor) -> Tensor:
        """[rows, outputs].

        Args:
            hidden: [rows, tokens, hidden] the states that enter the upper half, if they are kept.
            **batch: what the model takes: ids and mask [rows, tokens], and segments if there are two texts.
        """
        output = self.model(**batch) if self._upper is None or hidden is None else self._upper(hidden, **batch)
        logits: Tensor = output.logits
        return logits

    def train(self, mode: bool = True) -> "Trainee":
        """Training mode, dropout on, but for the modules that stay as they are."""
        super().train(mode)
        for module in self._fixed:
            module.eval()
        return self

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]  # torch's overloads
        """The trained parameters by name."""
        whole: dict[str, Any] = super().state_dict(*args, **kwargs)
        trained = self._trained()
        return {name: value for name, value in whole.items() if name in trained}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Take over what ``state_dict`` gave: all of it and nothing else, whatever ``strict`` says.

        Raises:
            ValueError: other parameters than the trained ones.
        """
        if state_dict.keys() != self._trained():
            raise ValueError(f"not the trained parameters: {sorted(state_dict.keys() ^ self._trained())[:5]}")
        super().load_state_dict(state_dict, strict=False, assign=assign)
        return _IncompatibleKeys([], [])

    def _trained(self) -> set[str]:
        return {name for name, parameter in self.named_parameters() if parameter.requires_grad}


def freeze_below(model: PreTrainedModel, layer: int) -> list[nn.Module]:
    """Fix the embeddings and the first ``layer`` layers of ``model``; -1 fixes nothing. Returns what was fixed."""
    if layer < 0:
        return []
    stack = layers(model)
    fixed: list[nn.Module] = [stack[number] for number in range(layer)]
    for child in model.base_model.children():
        if any(module is stack for module in child.modules()):
            break
        fixed.append(child)
    for module in fixed:
        module.requires_grad_(False)
    return fixed


@contextlib.contextmanager
def trainee(model: PreTrainedModel, layer: int, kept: bool, loss: Loss) -> Iterator[Trainee]:
    """The trainee for as long as the context is open; afterwards ``model`` is whole again.

    Args:
        model: a stock classifier.
        layer: layers from the bottom that stay as they are; -1: everything is trained, the embeddings too.
        kept: whether batches bring the states that enter ``layer``.
        loss: of logits [rows, outputs] and targets, a mean over the batch.
    """
    with contextlib.ExitStack() as stack:
        upper = stack.enter_context(upper_half(model, layer)) if kept else None
        stack.enter_context(first_token_top(model))
        yield Trainee(model, freeze_below(model, layer), upper, loss)


def groups(module: Trainee, rate: float, head_factor: float, decay: float) -> list[dict[str, Any]]:
    """Parameter groups for an optimizer: the head faster than the body, no decay of biases and norms."""
    in_head = set(head(module.model).parameters())
    sorted_in: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for parameter in module.parameters():
        if parameter.requires_grad:
            sorted_in.setdefault((parameter in in_head, parameter.ndim > 1), []).append(parameter)
    return [
        {"params": members, "lr": rate * (head_factor if is_head else 1.0), "weight_decay": decay if decays else 0.0}
        for (is_head, decays), members in sorted_in.items()
    ]
