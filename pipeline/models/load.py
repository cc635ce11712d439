"""Load a base model or a trained one from a folder: one way for all families, safetensors only, nothing remote.

The head is the stock one of transformers (``AutoModelForSequenceClassification``), so that a trained model loads
without this project. Knows nothing of training. Importing this module imports torch and transformers: it is for
workers, never for pages.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES
from transformers.utils import logging as transformers_logging

from pipeline.errors import N_, ModelError

# Explicit everywhere: left unset, transformers asks on standard input whether to run a stranger's code.
_LOCAL: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
# Measured on a CPU (forward and backward, 16 to 256 tokens): within the noise of eager; eager needs more memory.
_WEIGHTS: dict[str, Any] = {"dtype": torch.float32, "use_safetensors": True, "attn_implementation": "sdpa"}
# On the newest GPUs torch asks cuDNN for attention first, which makes a plan for every new size and length of a batch:
# half a second forward and as much backward, where the step itself takes milliseconds. Texts have many lengths.
torch.backends.cuda.enable_cudnn_sdp(False)


def load_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder; pads on the right, with the end token where it has no pad token of its own.

    Raises:
        ModelError: the folder holds none that can be read.
    """
    with _readable(path):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(str(path), **_LOCAL)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    tokenizer.padding_side = "right"  # GPT-2 counts positions from the left, and the cut in halves relies on it
    return tokenizer


def load_encoder(path: Path) -> PreTrainedModel:
    """The bare model without any head, float32, in evaluation mode: for embeddings.

    Raises:
        ModelError: the folder holds no model, or parts of it are missing.
    """
    with _readable(path), _quiet():
        model, info = AutoModel.from_pretrained(str(path), output_loading_info=True, **_LOCAL, **_WEIGHTS)
    # A pooler of random numbers would be of no use to anybody, and many sentence encoders ship none.
    _require(path, (name for name in info["missing_keys"] if not name.startswith("pooler.")))
    return _done(model)


def load_classifier(
    path: Path, labels: Sequence[str], problem_type: str = "single_label_classification"
) -> PreTrainedModel:
    """The base model with a fresh stock classification head, float32, in evaluation mode.

    The classifier's weights are drawn from torch's global generator (seed it first). A pooler between the model
    and the classifier starts as the identity: on few rows that is worth several points over a random one, and over
    the one that next-sentence prediction left behind.

    Args:
        path: folder of a base model.
        labels: names of the outputs, in their order: the label space, or the one number that is predicted.
        problem_type: what transformers calls the task: one class, several labels, or a number.

    Raises:
        ModelError: the folder holds no model, or parts of it are missing.
    """
    with _readable(path):
        config = AutoConfig.from_pretrained(
            str(path),
            num_labels=len(labels),
            id2label=dict(enumerate(labels)),
            label2id={label: number for number, label in enumerate(labels)},
            problem_type=problem_type,
            **_LOCAL,
        )
        if config.pad_token_id is None or config.model_type not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
            # Decoders find the last real token by it, so it has to be the one that the tokenizer pads with.
            config.pad_token_id = load_tokenizer(path).pad_token_id
        if config.model_type == "modernbert":
            config.classifier_pooling = "mean"
        with _quiet():
            model, info = AutoModelForSequenceClassification.from_pretrained(
                str(path), config=config, output_loading_info=True, **_LOCAL, **_WEIGHTS
            )
    base = f"{model.base_model_prefix}."
    _require(path, (name for name in info["missing_keys"] if name.startswith(base) and ".pooler." not in name))
    square = pooler(model)
    if square is not None:
        nn.init.eye_(square.weight)
        nn.init.zeros_(square.bias)
    return _done(model)


def load_trained_classifier(path: Path) -> PreTrainedModel:
    """A classifier with its own trained head, as training left it: float32, in evaluation mode.

    Raises:
        ModelError: the folder holds no such model, or parts of it are missing.
    """
    with _readable(path), _quiet():
        model, info = AutoModelForSequenceClassification.from_pretrained(
            str(path), output_loading_info=True, **_LOCAL, **_WEIGHTS
        )
    _require(path, iter(info["missing_keys"]))
    return _done(model)


def load_text_to_text(path: Path) -> PreTrainedModel:
    """An encoder-decoder, base model or trained, that writes text: float32, in evaluation mode.

    Raises:
        ModelError: the folder holds no such model, or parts of it are missing.
    """
    with _readable(path), _quiet():
        model, info = AutoModelForSeq2SeqLM.from_pretrained(str(path), output_loading_info=True, **_LOCAL, **_WEIGHTS)
    _require(path, iter(info["missing_keys"]))
    if model.config.decoder_start_token_id is None:
        model.config.decoder_start_token_id = model.config.pad_token_id
    return _done(model)


def load_writer(path: Path) -> PreTrainedModel:
    """A model that writes text, base model or trained: a decoder or an encoder-decoder, with the library's own class.

    Raises:
        ModelError: the folder holds no such model, or parts of it are missing.
    """
    with _readable(path):
        config = AutoConfig.from_pretrained(str(path), **_LOCAL)
    if config.is_encoder_decoder:
        return load_text_to_text(path)
    if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise ModelError(
            N_("The model in {folder} reads texts and writes none. Choose one that writes (a decoder)."),
            folder=path.name,
        )
    with _readable(path), _quiet():
        loading: Any = AutoModelForCausalLM.from_pretrained  # its types know nothing of a second value
        model, info = loading(str(path), output_loading_info=True, **_LOCAL, **_WEIGHTS)
    _require(path, iter(info["missing_keys"]))
    return _done(model)


def load_masked(path: Path) -> PreTrainedModel:
    """An encoder with its masked-LM head, base model or trained: float32, in evaluation mode.

    Raises:
        ModelError: the folder holds no such model, or parts of it are missing, such as that head.
    """
    with _readable(path), _quiet():
        model, info = AutoModelForMaskedLM.from_pretrained(str(path), output_loading_info=True, **_LOCAL, **_WEIGHTS)
    _require(path, iter(info["missing_keys"]))
    return _done(model)


def pooler(model: Any) -> nn.Linear | None:
    """The square layer with a tanh that a stock head has between token 0 and the classifier; None if it has none."""
    part = getattr(model.base_model, "pooler", None)
    if part is not None:
        found = getattr(part, "dense", None)
        return found if isinstance(found, nn.Linear) else None
    # RoBERTa keeps it inside the head. ELECTRA's and DistilBERT's follow it with another function, which would
    # cut off half of an identity.
    if model.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        inside: nn.Linear = model.classifier.dense
        return inside
    return None


def _done(model: Any) -> PreTrainedModel:
    model.eval()
    loaded: PreTrainedModel = model
    return loaded


def _require(path: Path, missing: Iterator[str]) -> None:
    names = sorted(missing)
    if names:
        raise ModelError(
            N_("The model in {folder} is not whole: {count} of its weights are missing, {name} among them."),
            folder=path.name,
            count=len(names),
            name=names[0],
        )


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What the libraries say of an unreadable folder, in one line of ours."""
    try:
        yield
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(
            N_("The folder {folder} holds no model that can be loaded. Download or bring the model again."),
            folder=path.name,
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the report of newly made weights: here they are meant, and ``_require`` looks for those that are not."""
    told: Any = transformers_logging  # ships no types
    verbosity, bars = told.get_verbosity(), told.is_progress_bar_enabled()
    told.set_verbosity_error()
    told.disable_progress_bar()
    try:
        yield
    finally:
        told.set_verbosity(verbosity)
        if bars:
            told.enable_progress_bar()
