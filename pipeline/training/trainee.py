"""The module that is trained: a stock model, its lower layers fixed, fed from kept states where there are any.

Knows which parameters are trained and what a checkpoint must hold; knows nothing of optimizers, data or files.
"""

import abc
import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear
from torch.nn.modules.module import _IncompatibleKeys
from transformers import PreTrainedModel

from pipeline.errors import N_, SettingError
from pipeline.models.adapters import adapted
from pipeline.models.first_token import first_token_top
from pipeline.models.halves import UpperHalf, layers, upper_half
from pipeline.models.text_to_text import TextToText
from pipeline.runs.spec import Recipe
from pipeline.tasks.predict import head
from pipeline.training.average import Average
from pipeline.training.dropout import quick_dropout
from pipeline.training.families import Loaded

Loss = Callable[[Tensor, Tensor], Tensor]


class Trainee(nn.Module, abc.ABC):
    """What the Trainer sees. Its state is the trained parameters only, so that checkpoints stay small.

    Args:
        model: a stock model, ``freeze_below`` done.
        fixed: modules that stay as they are, and in evaluation mode.
    """

    def __init__(self, model: PreTrainedModel, fixed: list[nn.Module]) -> None:
        super().__init__()
        self.model = model
        self._fixed = tuple(fixed)
        self._has_mode = False  # whether every module is in the mode that ``training`` says
        self.average: Average | None = None

    def average_over(self, steps: float) -> None:
        """Answer, and be kept, with the average of the weights of about so many steps, from now on."""
        self.average = Average({name: p for name, p in self.named_parameters() if p.requires_grad}, steps)

    def settle(self) -> None:
        """End of training: the weights are what the model answers with."""
        if self.average is not None:
            self.average.show(True)
            self.average = None

    @property
    @abc.abstractmethod
    def read(self) -> nn.Module:
        """The part of the model whose input stands for a text: its head."""

    @property
    @abc.abstractmethod
    def outputs(self) -> int:
        """Numbers that the model gives for a row."""

    @abc.abstractmethod
    def faster(self) -> set[nn.Parameter]:
        """Parameters that were drawn at random and have further to go than the others."""

    @abc.abstractmethod
    def logits(self, hidden: Tensor | None = None, **batch: Tensor) -> Tensor:
        """[rows, outputs].

        Args:
            hidden: [rows, tokens, hidden] the states that enter the upper half, if they are kept.
            **batch: what the model takes: ids and mask [rows, tokens], and segments if there are two texts.
        """

    def train(self, mode: bool = True) -> "Trainee":
        """Training mode, dropout on, but for the modules that stay as they are."""
        # The Trainer asks before every step, and going through all modules takes as long as a small layer.
        if not self._has_mode or self.training != mode:
            super().train(mode)
            for module in self._fixed:
                module.eval()
            self._has_mode = True
        if self.average is not None:
            self.average.show(not mode)
        return self

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]  # torch's overloads
        """The trained parameters by name, and their averages where there are any."""
        if self.average is not None:
            return dict(self.average.state())
        whole: dict[str, Any] = super().state_dict(*args, **kwargs)
        trained = self._trained()
        return {name: value for name, value in whole.items() if name in trained}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Take over what ``state_dict`` gave: all of it and nothing else, whatever ``strict`` says.

        Raises:
            ValueError: other parameters than the trained ones.
        """
        expected = self._trained() if self.average is None else self.average.state().keys()
        if state_dict.keys() != expected:
            raise ValueError(f"not the trained parameters: {sorted(state_dict.keys() ^ expected)[:5]}")
        if self.average is not None:
            self.average.load(state_dict)
            return _IncompatibleKeys([], [])
        super().load_state_dict(state_dict, strict=False, assign=assign)
        return _IncompatibleKeys([], [])

    def _trained(self) -> set[str]:
        return {name for name, parameter in self.named_parameters() if parameter.requires_grad}


class HeadTrainee(Trainee):
    """A stock classifier: its head gives the logits.

    Args:
        model, fixed: as for every trainee.
        upper: calls the layers above the cut; None where no states are kept.
        loss: of logits [rows, outputs] and targets, a mean over the batch.
        orders: 2 where a batch brings every pair in both orders, one half below the other; their logits are added.
        lm_weight: of the language-model loss that is added to the loss in training; 0: none. See ``language_loss``.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        fixed: list[nn.Module],
        upper: UpperHalf | None,
        loss: Loss,
        orders: int = 1,
        lm_weight: float = 0.0,
    ) -> None:
        super().__init__(model, fixed)
        self._upper = upper
        self._loss = loss
        self._orders = orders
        self._lm_weight = lm_weight

    @property
    def read(self) -> nn.Module:
        """The head."""
        return head(self.model)

    @property
    def outputs(self) -> int:
        """One for each class or label, or the number."""
        return head(self.model).out_features

    def faster(self) -> set[nn.Parameter]:
        """The head's."""
        return set(head(self.model).parameters())

    def forward(self, labels: Tensor, hidden: Tensor | None = None, **batch: Tensor) -> dict[str, Tensor]:
        """``loss`` (a mean over the batch) and ``logits`` [rows, outputs] of what ``Rows.collate`` gives."""
        if not (self._lm_weight and self.training):
            logits = self.logits(hidden, **batch)
            return {"loss": self._loss(logits, labels), "logits": logits}
        entered: list[Tensor] = []
        hook = self.read.register_forward_pre_hook(lambda _module, inputs: entered.append(inputs[0]))
        try:
            logits = self.logits(hidden, **batch)
        finally:
            hook.remove()
        spoken = language_loss(self.model, entered[0], batch["input_ids"], batch["attention_mask"])
        return {"loss": self._loss(logits, labels) + self._lm_weight * spoken, "logits": logits}

    def logits(self, hidden: Tensor | None = None, **batch: Tensor) -> Tensor:
        """[rows, outputs] what the head says."""
        output = self.model(**batch) if self._upper is None or hidden is None else self._upper(hidden, **batch)
        # A decoder's head has no bias: adding what it says is adding what it reads (GPT paper, section 3.3).
        logits: Tensor = output.logits.view(self._orders, -1, output.logits.shape[-1]).sum(dim=0)
        return logits


class TextTrainee(Trainee):
    """An encoder-decoder that learns to write the labels.

    Args:
        model, fixed: as for every trainee.
        upper: calls the encoder's layers above the cut; None where no states are kept.
        answers: the same model, as one that writes labels only.
        label_smoothing: of each token, from 0 to 1.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        fixed: list[nn.Module],
        upper: UpperHalf | None,
        answers: TextToText,
        label_smoothing: float,
    ) -> None:
        super().__init__(model, fixed)
        self._upper = upper
        self._answers = (answers,)  # in a tuple: it is made of the model, not another part of it
        self._label_smoothing = label_smoothing

    @property
    def read(self) -> nn.Module:
        """Where the mean of what the encoder makes of a text passes by."""
        return self._answers[0].read

    @property
    def outputs(self) -> int:
        """One for each label, or the number."""
        return self._answers[0].outputs

    def faster(self) -> set[nn.Parameter]:
        """None: every weight has learned before."""
        return set()

    def forward(
        self, labels: Tensor, input_ids: Tensor, attention_mask: Tensor, hidden: Tensor | None = None
    ) -> dict[str, Tensor]:
        """``loss``, the mean over the rows of what writing the right label costs; when measured, ``logits`` as well."""
        answers = self._answers[0]
        states = self._states(input_ids, attention_mask, hidden)
        losses = answers.loss(states, attention_mask, answers.targets(labels), self._label_smoothing)
        # Probabilities of all labels cost more than writing one of them, and training has no use for them.
        known = {} if self.training else {"logits": answers.logits(states, attention_mask)}
        return {"loss": losses.mean(), **known}

    def logits(self, hidden: Tensor | None = None, **batch: Tensor) -> Tensor:
        """[rows, outputs] log p of each label, or the number."""
        states = self._states(batch["input_ids"], batch["attention_mask"], hidden)
        return self._answers[0].logits(states, batch["attention_mask"])

    def _states(self, input_ids: Tensor, attention_mask: Tensor, hidden: Tensor | None) -> Tensor:
        encoder = None if self._upper is None or hidden is None else partial(self._upper, hidden)
        return self._answers[0].encode(input_ids, attention_mask, encoder)


def language_loss(model: PreTrainedModel, states: Tensor, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """Mean cross-entropy, in nats, of each token of the texts after those before it: L1 of the GPT paper (section 3.2).

    The output layer is the embeddings, as in every model whose ``tie_word_embeddings`` is set. Where they stay as they
    are (all recipes but trained_layers=-1), the loss teaches the trained layers alone; nothing of the output layer is
    exported.

    Args:
        model: a decoder with tied embeddings.
        states: [rows, tokens, hidden] what the head reads.
        input_ids: [rows, tokens].
        attention_mask: [rows, tokens].
    """
    embeddings: Any = model.get_input_embeddings()
    follows = attention_mask[:, 1:].bool()
    logits = linear(states[:, :-1][follows], embeddings.weight)
    return cross_entropy(logits.float(), input_ids[:, 1:][follows])


def freeze_below(model: PreTrainedModel, layer: int) -> list[nn.Module]:
    """Fix the embeddings and the first ``layer`` layers of ``model``; -1 fixes nothing. Returns what was fixed.

    Of an encoder-decoder, those are the encoder's layers. Its decoder takes the part of a head and is always trained,
    but not the layer that turns states into words: it is as large as the embeddings, and most often is them.
    """
    if layer < 0:
        return []
    stack = layers(model)
    fixed: list[nn.Module] = [stack[number] for number in range(layer)]
    for child in model.base_model.children():
        if any(module is stack for module in child.modules()):
            break
        fixed.append(child)
    if model.config.is_encoder_decoder:
        writer: Any = model  # its method has no types
        fixed.append(writer.get_output_embeddings())
    for module in fixed:
        module.requires_grad_(False)
    return fixed


@contextlib.contextmanager
def trainee(loaded: Loaded, layer: int, kept: bool, loss: Loss, recipe: Recipe) -> Iterator[Trainee]:
    """The trainee for as long as the context is open; afterwards the model is a whole stock model again.

    Args:
        loaded: the model, and how it answers.
        layer: layers from the bottom that stay as they are; -1: everything is trained, the embeddings too.
        kept: whether batches bring the states that enter ``layer``.
        loss: of logits [rows, outputs] and targets, a mean over the batch.
        recipe: adapters, and what is added to the loss.

    Raises:
        SettingError: the model cannot do what the recipe asks for.
    """
    model, answers = loaded.model, loaded.answers
    if recipe.lm_weight:
        _require_language(loaded)
    with contextlib.ExitStack() as stack:
        whole: nn.Module = model if answers is None else model.get_encoder()
        upper = stack.enter_context(upper_half(whole, layer)) if kept else None
        fixed = freeze_below(model, layer)
        if recipe.adapter != "none":
            stack.enter_context(adapters(model, layer, recipe))
        stack.enter_context(quick_dropout(model))
        if answers is not None:
            yield TextTrainee(model, fixed, upper, answers, recipe.label_smoothing)
            return
        stack.enter_context(first_token_top(model))
        yield HeadTrainee(model, fixed, upper, loss, loaded.orders, recipe.lm_weight)


def adapters(model: PreTrainedModel, layer: int, recipe: Recipe) -> contextlib.AbstractContextManager[None]:
    """The adapters that a recipe asks for, on the layers from ``layer`` on; see ``models.adapters.adapted``."""
    return adapted(
        model,
        layer,
        kind=recipe.adapter,
        rank=recipe.lora_rank,
        alpha=recipe.lora_alpha,
        dropout=recipe.lora_dropout,
    )


def _require_language(loaded: Loaded) -> None:
    if loaded.family != "decoder" or not loaded.model.config.tie_word_embeddings:
        raise SettingError(
            N_(
                "lm_weight goes with models that continue texts and speak with their own embeddings, such as GPT-2 and "
                "SmolLM2. This model does not: set lm_weight to 0."
            )
        )


def groups(module: Trainee, rate: float, head_factor: float, decay: float) -> list[dict[str, Any]]:
    """Parameter groups for an optimizer: the head faster than the body, no decay of biases and norms."""
    in_head = module.faster()
    sorted_in: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for parameter in module.parameters():
        if parameter.requires_grad:
            sorted_in.setdefault((parameter in in_head, parameter.ndim > 1), []).append(parameter)
    return [
        {"params": members, "lr": rate * (head_factor if is_head else 1.0), "weight_decay": decay if decays else 0.0}
        for (is_head, decays), members in sorted_in.items()
    ]
