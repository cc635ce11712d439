"""Which tasks a base model can learn, told from its files. Imports no torch."""

from pipeline.errors import N_, ModelError
from pipeline.models.heads import has_masked_head, has_sentinels
from pipeline.models.store import Model

LANGUAGE = "language_modelling"  # type of the task of learning from texts alone


def refuse(model: Model, problem_type: str) -> None:
    """Raises ModelError where this model cannot learn a task of that type."""
    if problem_type == LANGUAGE:
        _refuse_reading(model)
    if model.family == "encoder" and problem_type == "text_generation":
        raise ModelError(
            N_("{model} reads texts and cannot write any. Choose a model that writes (decoder)."), model=model.name
        )
    if model.family == "encoder-decoder" and problem_type == "multi_label_classification":
        raise ModelError(
            N_("{model} writes one label a row and cannot give several. Choose a model that sorts texts (encoder)."),
            model=model.name,
        )


def reads_alone(model: Model) -> bool:
    """Whether this model can learn from texts alone."""
    try:
        _refuse_reading(model)
    except ModelError:
        return False
    return True


def _refuse_reading(model: Model) -> None:
    """Raises ModelError where this model cannot go on learning from texts alone."""
    if model.family == "encoder" and not has_masked_head(model.path):
        raise ModelError(
            N_(
                "{model} reads texts and has nothing left to guess hidden words with (a masked-LM head), so it cannot "
                "learn from texts alone. Choose a model that writes, such as SmolLM2, or one with that head, such as "
                "MiniRBT, BERT or RoBERTa."
            ),
            model=model.name,
        )
    if model.family == "encoder-decoder" and not has_sentinels(model.path):
        raise ModelError(
            N_(
                "{model} has no marks for words that were cut out (<extra_id_0>), so it cannot learn from texts alone. "
                "Choose T5, mT5 or Flan-T5, or a model that writes, such as SmolLM2."
            ),
            model=model.name,
        )
