"""The spec of a run: everything that decides its result, written once before it starts.

Knows nothing of how a recipe is chosen (training.recipe) or carried out (training).
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.data.view import View
from pipeline.errors import N_


def setting(default: Any, text: str) -> Any:
    """A field with its help text (a gettext id), which the command line and the tooltips both show."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Recipe:
    """How a model is trained. Chosen by ``training.recipe.choose``, each field open to ``--set name=value``."""

    preset: str = setting("balanced", N_("fast, balanced, best or bert: where the settings below come from."))
    trained_layers: int = setting(
        2, N_("Top layers that are trained; the layers below stay as they are. 0 trains the head only, -1 everything.")
    )
    epochs: int = setting(5, N_("How often training goes through all rows. More helps small files, up to a point."))
    learning_rate: float = setting(4e-4, N_("Step size of the trained layers. Lower it if the loss jumps."))
    head_factor: float = setting(10.0, N_("The new classification head learns this many times faster than the layers."))
    batch_size: int = setting(32, N_("Rows in one step. Halve it if memory runs out."))
    max_length: int = setting(128, N_("Tokens read of one text; what is longer is cut. Longer costs time and memory."))
    label_smoothing: float = setting(0.05, N_("Keeps the model from being too sure; 0 switches it off."))
    weight_decay: float = setting(0.01, N_("Pulls weights towards 0, against learning by heart."))
    warmup_ratio: float = setting(0.1, N_("Share of the steps in which the learning rate rises from 0."))
    schedule: str = setting("linear", N_("How the learning rate falls after the warm-up: linear, cosine or constant."))
    gradient_clip: float = setting(1.0, N_("Longest step that a single batch may cause."))
    precision: str = setting(
        "float32", N_("Number format while learning: float32, or bfloat16 where the device is faster in it.")
    )
    averaging: float = setting(
        0.0, N_("Share of the steps over which weights are averaged for the model that is kept; 0 keeps the last ones.")
    )
    class_weights: str = setting(
        "none", N_("How much rare classes count: none (as often as they occur), sqrt (more), balanced (all the same).")
    )
    patience: int = setting(
        0, N_("Measurements on the validation rows with no better macro-F1 after which training ends; 0: never early.")
    )
    search: str = setting(
        "none",
        N_("Tries several settings and keeps the best on validation rows: none, space, or bert (the paper's grid)."),
    )
    budget_minutes: float = setting(0.0, N_("How long a search may go on trying settings; 0: until all are tried."))
    adapter: str = setting(
        "none",
        N_(
            "none trains the layers themselves; lora or dora train small matrices beside them: less memory. qlora, the "
            "least: meanwhile the layers are held in 4 bits (models that write, on an NVIDIA GPU, with bitsandbytes)."
        ),
    )
    lora_rank: int = setting(16, N_("Size of the matrices of lora and dora. Larger can learn more."))
    lora_alpha: float = setting(32.0, N_("How strongly lora and dora change the model, divided by their size."))
    lora_dropout: float = setting(0.05, N_("Share of what lora and dora read that is left out at random in training."))
    lm_weight: float = setting(
        0.0, N_("Models that write text only: how much they go on learning to continue texts meanwhile. 0.5 as in GPT.")
    )
    prompt_format: str = setting(
        "", N_("How instruction and answer are written down: chat (the model's own), alpaca, phi3, plain, bare or own.")
    )
    own_format: str = setting(
        "", N_("The format own: a text in which instruction, input and answer, in braces, stand for those of a row.")
    )
    loss_on: str = setting("answer", N_("answer: only answers are learned; everything: the instructions as well."))
    packing: str = setting(
        "on", N_("on: rows of a batch stand one behind the other, each read by itself; off: they are filled up.")
    )
    dpo_beta: float = setting(
        0.1,
        N_("Preferences only: how strongly the model is held to what it was. Lower it to let it change more."),
    )


# Settings that came later: where they are not used, a spec keeps the id under which it was trained before.
_LATER = (
    *("averaging", "class_weights", "patience", "search", "budget_minutes"),
    *("adapter", "lora_rank", "lora_alpha", "lora_dropout", "lm_weight"),
    *("prompt_format", "own_format", "loss_on", "packing", "dpo_beta"),
)
_PLAIN = Recipe()


# Tokens of instruction and answer together that a model which writes learns by default.
LONGEST_WRITTEN = 512
# Of a model that writes, test rows that are answered: each takes a second or so.
MOST_ANSWERED = 200
# Of one that learns from texts alone, test rows that are measured: each takes a fraction of a second.
MOST_MEASURED = 300


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides a run's result. Equal specs give equal results on the same machine."""

    view: View
    split: str  # id of the Split
    task: str  # name of a task in ``tasks.registry``
    base_model: str  # name in the catalogue or of a folder that was brought
    model_fingerprint: str  # hash of the model's files
    recipe: Recipe
    seed: int = 0
    device: str = "cpu"  # "cpu", "cuda" or "mps"
    use_cache: bool = True  # False: nothing that earlier runs stored is used; does not change the result

    @property
    def id(self) -> str:
        """Hash of what decides the result; ``use_cache`` does not."""
        content = dataclasses.asdict(self) | {"view": self.view.identity}
        del content["use_cache"]
        for name in _LATER:
            if content["recipe"][name] == getattr(_PLAIN, name):
                del content["recipe"][name]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def save_spec(spec: RunSpec, run_folder: Path) -> None:
    """Write ``spec.json``; refuses to overwrite one (FileExistsError): a spec is written once."""
    text = json.dumps(dataclasses.asdict(spec), ensure_ascii=False, indent=1)
    with (run_folder / "spec.json").open("x", encoding="utf-8") as file:
        file.write(text)


def load_spec(run_folder: Path) -> RunSpec:
    """Read the ``spec.json`` of a run."""
    content = json.loads((run_folder / "spec.json").read_text(encoding="utf-8"))
    content["view"] = View.from_json(content["view"])
    content["recipe"] = Recipe(**content["recipe"])
    return RunSpec(**content)
