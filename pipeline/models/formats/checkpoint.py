"""A folder of weights, settings and vocabulary from elsewhere becomes an ordinary one in safetensors.

Runs in a process of its own (``prepare``). Executes no code of the folder: ``auto_map`` is dropped where
transformers has the architecture itself and refused where it has not; pickles are read with
``weights_only=True``. Damaged files surface as whatever the library raises; the parent has a line for that.
"""

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

from pipeline.errors import N_, ModelError, UnsafeModel
from pipeline.models.admission import wanted

# Fewer of its own weights than this, and the weights belong to another model than the settings.
_LEAST_FOUND = 0.5


def convert(source: Path, folder: Path) -> None:
    """Write the model in ``source`` into ``folder``.

    Raises:
        ModelError: it is not a model that transformers knows, or its parts do not belong together.
        UnsafeModel: it works only with code of its own, or its weights are more than numbers.
    """
    names = wanted(path.name for path in source.iterdir() if path.is_file())
    _write_config(source, folder)
    _write_tokenizer(source, folder)
    pickled = any(name.endswith(".bin") for name in names)
    model = _load(source, folder, pickled=pickled)
    if pickled:
        model.save_pretrained(str(folder))
    else:
        for name in names:
            if ".safetensors" in name:
                shutil.move(source / name, folder / name)
    if (source / "generation_config.json").exists():
        shutil.copyfile(source / "generation_config.json", folder / "generation_config.json")


def _write_config(source: Path, folder: Path) -> None:
    from transformers import CONFIG_MAPPING

    config = _read_json(source / "config.json")
    kind = config.get("model_type")
    if kind not in CONFIG_MAPPING:
        if "auto_map" in config:
            raise UnsafeModel(
                N_("The model runs only with program code of its own, and such code is never run here. Choose another.")
            )
        raise ModelError(
            N_("The model is of a kind ({kind}) that TuneDesk cannot load. Choose another, such as one of the list."),
            kind=str(kind),
        )
    (folder / "config.json").write_text(json.dumps(_without_code(config), indent=1), encoding="utf-8")


def _write_tokenizer(source: Path, folder: Path) -> None:
    """Keep the files as they are if they hold a tokenizer.json; else make one from the vocabulary."""
    from transformers import AutoTokenizer

    settings = source / "tokenizer_config.json"
    if settings.exists():
        settings.write_text(json.dumps(_without_code(_read_json(settings))), encoding="utf-8")
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(source), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(
            N_("The model's tokenizer is missing or damaged. The folder needs tokenizer.json, or its vocabulary files.")
        ) from error
    if (source / "tokenizer.json").exists():
        kept = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
                "chat_template.jinja", "vocab.txt", "vocab.json", "merges.txt")  # fmt: skip
        for name in kept:
            if (source / name).exists():
                shutil.copyfile(source / name, folder / name)
    else:
        tokenizer.save_pretrained(str(folder))


def _load(source: Path, folder: Path, *, pickled: bool) -> Any:
    """The model as it will be loaded from now on, to see that settings and weights belong together."""
    import torch
    import transformers

    config = transformers.AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    named = getattr(transformers, (config.architectures or [""])[0], None) or _library_class(config)
    try:
        model, info = named.from_pretrained(
            str(source), config=config, dtype=torch.float32, use_safetensors=not pickled, weights_only=True,
            trust_remote_code=False, local_files_only=True, output_loading_info=True,
        )  # fmt: skip
    except pickle.UnpicklingError as error:
        raise UnsafeModel(
            N_("The model's .bin file holds more than numbers and could run code. Ask for it in safetensors.")
        ) from error
    if len(info["missing_keys"]) > (1 - _LEAST_FOUND) * len(model.state_dict()) or info["mismatched_keys"]:
        raise ModelError(N_("The model's weights do not fit its config.json. Bring the folder as it was published."))
    return model


def _library_class(config: Any) -> Any:
    """The library's own class for a model whose author named a class of his own, as ChatLM's ``TextToTextModel``."""
    import transformers

    # The bare model of an encoder-decoder has no output layer: its weights would be lost where they are not tied.
    writes = type(config) in transformers.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING
    return transformers.AutoModelForSeq2SeqLM if writes else transformers.AutoModel


def _without_code(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in ("auto_map", "custom_pipelines")}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(N_("{file} of the model is damaged: it is not JSON."), file=path.name) from error
    if not isinstance(content, dict):
        raise ModelError(N_("{file} of the model is damaged: it is not JSON."), file=path.name)
    return content
