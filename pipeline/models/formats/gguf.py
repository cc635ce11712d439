"""A GGUF file (quantised weights, tokenizer and chat template in one) becomes a plain causal language model.

Knows how transformers reads such a file and what it leaves out; fetches nothing.
"""

from pathlib import Path
from typing import Any


def convert(file: Path, folder: Path) -> None:
    """Write config.json, generation_config.json, model.safetensors (float32) and the tokenizer into ``folder``.

    A model loaded from GGUF refuses to be saved, so its weights go into a fresh model of the same
    architecture that knows nothing of quantisation.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = str(file.parent)
    packed = AutoModelForCausalLM.from_pretrained(
        where, gguf_file=file.name, dtype=torch.float32, local_files_only=True, trust_remote_code=False
    )
    config = packed.config
    config.architectures = [type(packed).__name__]
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain: Any = type(packed)(config)
    plain.float().load_state_dict(packed.state_dict())
    plain.generation_config = packed.generation_config
    plain.save_pretrained(str(folder))
    tokenizer = AutoTokenizer.from_pretrained(
        where, gguf_file=file.name, local_files_only=True, trust_remote_code=False
    )
    tokenizer.save_pretrained(str(folder))
