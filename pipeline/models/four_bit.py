"""Weights in four bits while adapters are trained beside them (QLoRA: Dettmers et al. 2023), and whole again after it.

What rounds is bitsandbytes, a package that need not be there. Knows stock decoders; nothing of training.
"""

import importlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from pipeline.models.adapters import targets
from pipeline.models.load import load_writer


def shrink(model: PreTrainedModel, device: str, compute: torch.dtype = torch.float32) -> None:
    """Round the linear maps of all layers to NF4, their scales to 8 bits; one after the other goes to ``device``.

    Embeddings, norms and the output layer stay as they are, and where they are.

    Args:
        model: a decoder as ``load_writer`` gives it, on the CPU.
        device: "cuda"; "cpu" works too, slowly.
        compute: in which products are taken.
    """
    bnb = importlib.import_module("bitsandbytes")
    for name in targets(model, 0):
        full = model.get_submodule(name)
        assert isinstance(full, nn.Linear)
        small = bnb.nn.Linear4bit(
            full.in_features, full.out_features, bias=full.bias is not None, compute_dtype=compute, quant_type="nf4"
        )
        small.weight = bnb.nn.Params4bit(full.weight.data, requires_grad=False, quant_type="nf4").to(device)
        if full.bias is not None:
            small.bias = nn.Parameter(full.bias.data.to(device), requires_grad=False)
        # On some CPUs it would pack the weights anew when first asked without gradients, and never give any again.
        small.support_avx512bf16_for_cpu = False
        model.set_submodule(name, small)


def grow(model: PreTrainedModel, gained: dict[str, Tensor]) -> None:
    """Put the linear maps of the base model back in full, each with what was learned beside it.

    On a GPU the model is bfloat16 afterwards, as large models come: in float32 it might not fit where it was trained.

    Args:
        model: after ``shrink``, without adapters.
        gained: by the name of a linear map, what is added to its weight.
    """
    base, device = load_writer(Path(str(model.name_or_path))), model.device
    kind = torch.bfloat16 if device.type == "cuda" else torch.float32
    for name in targets(model, 0):
        full: Any = base.get_submodule(name)
        if name in gained:
            full.weight.data += gained[name].to(full.weight)
        model.set_submodule(name, full.to(device, kind))
    keep_in(model, kind)


def keep_in(model: PreTrainedModel, kind: torch.dtype) -> None:
    """Turn all weights into this number format. Not the buffers: rounded frequencies would misplace far positions."""
    for weight in model.parameters():
        weight.data = weight.data.to(kind)
