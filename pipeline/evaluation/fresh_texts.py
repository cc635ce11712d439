"""What a bundle that writes says to the rows of another file than its run was measured on, and what surprises it there.

Heavy: loads the model.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.data.source import load_source
from pipeline.data.steps import mask
from pipeline.data.view import View, is_labelled
from pipeline.errors import N_, UnfitData
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import MOST_ANSWERED
from pipeline.runs.texts import TextAnswers
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import end_tokens


@dataclass(frozen=True)
class FreshTexts:
    """Answers to a file."""

    answers: TextAnswers  # of at most MOST_ANSWERED rows, evenly spread: each takes a second or so
    blank: int  # rows without an answer to compare with


def write_fresh(bundle: Path, info: BundleInfo, source_id: str) -> FreshTexts:
    """Ask the model what stands in the answered rows of a Source.

    Raises:
        DataError: the file lacks one of the bundle's columns.
        UnfitData: no row has an instruction and an answer.
    """
    from pipeline.models.load import load_tokenizer, load_writer
    from pipeline.training.writing.answers import write_answers
    from pipeline.training.writing.rows import read_written
    from pipeline.training.writing.trainee import WriterTrainee
    from pipeline.training.writing.trainer import answer_nats

    source = load_source(source_id)
    view = _view(info, source_id)
    answered = np.flatnonzero(is_labelled(view))
    places = np.linspace(0, len(answered) - 1, min(MOST_ANSWERED, len(answered))).round().astype(int)
    tokenizer, model = load_tokenizer(bundle), load_writer(bundle)
    sequences = bool(model.config.is_encoder_decoder)
    form = registry.get(info.format, tokenizer, info.own_format)
    rows = read_written(
        view,
        answered[np.unique(places)],
        form,
        tokenizer,
        longest=getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length,
        everything=False,
        packed=not sequences,
        sequences=sequences,
    )
    if not rows.rows:
        raise UnfitData(
            N_("No row of {name} has an instruction and an answer in {column} to compare with."),
            name=source.name,
            column=info.label,
        )
    most = max(len(row) - row.answer for row in rows.rows)
    ends = end_tokens(model, tokenizer, form)
    said = write_answers(model, tokenizer, [row.prompt for row in rows.rows], most, ends)
    nats, _ = answer_nats(WriterTrainee(model, []), rows, "cpu")
    answers = TextAnswers(
        rows=np.array([row.number for row in rows.rows], dtype=np.int64),
        asked=tuple(row.asked for row in rows.rows),
        truth=tuple(row.truth for row in rows.rows),
        said=tuple(said),
        bits=np.array(nats) / np.log(2),
    )
    return FreshTexts(answers, blank=source.rows - len(answered))


def _view(info: BundleInfo, source_id: str) -> View:
    """The file read as the bundle reads it."""
    steps = (mask(info.masks),) if info.masks else ()
    return View(source_id, info.text, info.label, (), written=True, dialogue=info.dialogue, steps=steps)
