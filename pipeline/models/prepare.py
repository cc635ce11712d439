"""The process that makes an ordinary model of what arrived: ``python -m pipeline.models.prepare FORMAT SOURCE FOLDER``.

It opens files of strangers, so it has limits, no secrets in its environment and no network. It writes the model
and a ``result.json`` with what was found out about it (the parent moves that out) or with the error.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

from pipeline.errors import N_, ModelError, TuneDeskError
from pipeline.models import child

_CPU_SECONDS = 1800
_MEMORY_BYTES = 48 * 1024**3  # address space, of which a mapped checkpoint takes a multiple of its size
_SANE_LENGTH = 1_000_000  # tokenizers without a limit say 10^30


def main(form: str, source: Path, folder: Path) -> int:
    """Prepare one model. A TuneDeskError is handed to the parent; anything else is its traceback."""
    _limit()
    try:
        _convert(form, source, folder)
        _tidy(folder)
        facts = _facts(folder)
    except TuneDeskError as error:
        child.write_error(folder, error)
        return 2
    (folder / child.RESULT).write_text(json.dumps(facts), encoding="utf-8")
    return 0


def _limit() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _convert(form: str, source: Path, folder: Path) -> None:
    if form == "folder":
        from pipeline.models.formats import checkpoint

        checkpoint.convert(source, folder)
    elif form == "e5":
        from pipeline.models.formats import e5

        e5.convert(next(source.glob("*.bin")), folder)
    else:
        from pipeline.models.formats import gguf

        gguf.convert(next(source.glob("*.gguf")), folder)


def _tidy(folder: Path) -> None:
    """Names of other people's disks go; the tokenizer learns how much the model can read."""
    config_path, tokenizer_path = folder / "config.json", folder / "tokenizer_config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)
    config.pop("_model_name_or_path", None)
    config_path.write_text(json.dumps(config, indent=1), encoding="utf-8")
    settings = json.loads(tokenizer_path.read_text(encoding="utf-8")) if tokenizer_path.exists() else {}
    for key in ("name_or_path", "local_files_only", "is_local"):
        settings.pop(key, None)
    if settings.get("model_max_length", 10 * _SANE_LENGTH) > _SANE_LENGTH:
        settings["model_max_length"] = context_length(config)
    tokenizer_path.write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")


def context_length(config: dict[str, Any]) -> int:
    """Tokens that a model of this config.json can read at once; T5 has no limit of its own and was made for 512."""
    length = config.get("max_position_embeddings") or config.get("n_positions") or 512
    # RoBERTa counts its positions from 2 on, and cannot use those two.
    return int(length) - (2 if config.get("model_type") in ("roberta", "xlm-roberta", "camembert") else 0)


def _facts(folder: Path) -> dict[str, Any]:
    from safetensors import safe_open
    from transformers.models.auto import modeling_auto

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    kind = config["model_type"]
    if config.get("is_encoder_decoder") or kind in modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        family = "encoder-decoder"
    elif kind in modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES and not config.get("is_decoder"):
        family = "encoder"
    elif kind in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        family = "decoder"
    else:
        raise ModelError(N_("The model does not read text ({kind}), so it cannot be used here."), kind=kind)
    parameters = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "numpy") as tensors:
            parts = [tensors.get_slice(name) for name in tensors.keys()]  # noqa: SIM118  # no mapping: cannot be iterated
            # Some old checkpoints keep their position numbers, which are no weights.
            parameters += sum(math.prod(part.get_shape()) for part in parts if "F" in part.get_dtype())
    return {"family": family, "parameters": parameters, "context": context_length(config), "licence": ""}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
