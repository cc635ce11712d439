"""LoRA, DoRA and QLoRA (PEFT): small matrices beside layers, trained in their place and merged into them at the end.

Knows stock models and where their layers are; nothing of training. PEFT takes seconds to import, so it is imported
only where somebody asked for adapters.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from pipeline.models.halves import layers


@contextlib.contextmanager
def adapted(
    model: PreTrainedModel, layer: int, *, kind: str, rank: int, alpha: float, dropout: float
) -> Iterator[None]:
    """``model`` with adapters on every linear map of its layers from ``layer`` on, for as long as the context is open.

    Inside, adapters and head are all that is trained; an encoder-decoder, which has no head, has adapters on all layers
    of its decoder as well. Afterwards they are merged, and the model is a stock one again.

    Args:
        model: a stock model, with a head or writing text.
        layer: layers from the bottom that get none; below 1: every layer gets them.
        kind: "lora" (Hu et al., 2021), "dora" (Liu et al., 2024), which trains the lengths of the columns as well, or
            "qlora" (Dettmers et al., 2023): as "lora", of a model whose layers ``four_bit.shrink`` has rounded. What it
            learns is merged into the base model's own weights, not into the rounded ones.
        rank: of the matrices, at least 1.
        alpha: what they add is scaled by ``alpha / rank``.
        dropout: of what they read, from 0 to 1.
    """
    from peft import LoraConfig, LoraModel

    names = targets(model, layer)
    config = LoraConfig(
        r=rank,
        lora_alpha=alpha,  # type: ignore[arg-type]  # a number like any other
        lora_dropout=dropout,
        target_modules=names,
        use_dora=kind == "dora",
        fan_in_fan_out=any(isinstance(model.get_submodule(name), Conv1D) for name in names),
    )
    rounded: Any = model
    if kind == "qlora":
        rounded.is_loaded_in_4bit = True  # PEFT asks this of the model before it looks at the layers
    tuner: Any = LoraModel(model, config, "default")
    for part in head_parts(model):
        part.requires_grad_(True)
    try:
        yield
    finally:
        if kind == "qlora":
            from pipeline.models.four_bit import grow

            gained = {name: model.get_submodule(name).get_delta_weight("default") for name in names}  # type: ignore[operator]
            tuner.unload()
            del rounded.is_loaded_in_4bit
            grow(model, {name: weight.detach() for name, weight in gained.items()})
        else:
            tuner.merge_and_unload()


def targets(model: PreTrainedModel, layer: int) -> list[str]:
    """Names of the linear maps of the layers from ``layer`` on; of an encoder-decoder, its whole decoder's too."""
    stacks = [list(layers(model))[max(0, layer) :]]
    if model.config.is_encoder_decoder:
        writer: Any = model  # its method has no types
        stacks.append(list(layers(writer.get_decoder())))
    inside = {id(part) for stack in stacks for block in stack for part in block.modules()}
    return [
        name
        for name, part in model.named_modules()
        if id(part) in inside and isinstance(part, nn.Linear | Conv1D)
    ]  # fmt: skip


def head_parts(model: PreTrainedModel) -> list[nn.Module]:
    """What was made anew on top of a base model: its head, and the pooler between the two; () where it writes text."""
    if model.config.is_encoder_decoder:
        return []
    body: Any = model.base_model
    pooler = getattr(body, "pooler", None)
    return [*(part for part in model.children() if part is not body), *([pooler] if pooler is not None else [])]
