"""How each family of models is made ready for a task: which class, which tokenizer, and how it answers.

Encoders and decoders get a stock head; encoder-decoders write the label as text. Knows nothing of optimizers or files
of a run.
"""

from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from pipeline.data.view import View
from pipeline.models.label_texts import number_grid
from pipeline.models.load import load_classifier, load_text_to_text, load_tokenizer
from pipeline.models.prompts import load_pair_tokenizer, load_text_tokenizer
from pipeline.models.store import Model
from pipeline.models.text_to_text import TextToText, answers_of
from pipeline.tasks.task import Examples, Task
from pipeline.training.suitable import refuse

# What an encoder-decoder reads before every text, as T5 learned its tasks (its paper, appendix D).
PREFIXES = {"classification": "classify: ", "pair": "compare ", "regression": "score: "}
_PAIR_PREFIXES = {"regression": "similarity "}


@dataclass(frozen=True)
class Loaded:
    """A base model made ready for a task."""

    family: str  # "encoder", "decoder", "encoder-decoder"
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    orders: int = 1  # 2: a pair is read in both orders
    answers: TextToText | None = None  # None: the model has a head
    texts: tuple[str, ...] = ()  # what it may write, where it writes
    prefix: str = ""  # what it reads before every text; its tokenizer adds it


def load(base: Model, task: Task, view: View, examples: Examples) -> Loaded:
    """The model, with a fresh head where it has one: seed torch first.

    Raises:
        ModelError: the model's files cannot be loaded, or its family cannot learn the task.
    """
    if base.family == "encoder-decoder":
        return _writes(base, task, view, examples)
    paired = examples.train.inputs.second is not None
    decoder = base.family == "decoder"
    tokenizer = load_pair_tokenizer(base.path) if decoder and paired else load_tokenizer(base.path)
    model = load_classifier(base.path, task.names(view), task.problem_type)
    # Which of two texts comes first must not matter for how alike they are (GPT paper, section 3.3).
    both = decoder and paired and task.problem_type == "regression"
    return Loaded(base.family, model, tokenizer, orders=2 if both else 1)


def _writes(base: Model, task: Task, view: View, examples: Examples) -> Loaded:
    refuse(base, task.problem_type)
    number = task.problem_type == "regression"
    paired = examples.train.inputs.second is not None
    prefix = (_PAIR_PREFIXES if number and paired else PREFIXES)[task.name]
    tokenizer = load_text_tokenizer(base.path, prefix)
    model = load_text_to_text(base.path)
    known = np.asarray(examples.train.targets, dtype=np.float64)
    texts = number_grid(float(known.min()), float(known.max())) if number else task.names(view)
    answers = answers_of(model, tokenizer, texts, number=number)
    return Loaded(base.family, model, tokenizer, answers=answers, texts=texts, prefix=prefix)
