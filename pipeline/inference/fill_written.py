"""What a model that writes answers to the rows of a file, and how likely its words were to it.

Knows bundles and cells; nothing of the copy that is written, or of jobs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.conversation import Conversation
from pipeline.data.view import is_blank
from pipeline.data.written import conversation_of
from pipeline.errors import N_, SettingError
from pipeline.inference.generate import Writer
from pipeline.inference.prompt import Prompt, write_prompt
from pipeline.runs.bundle import BundleInfo, read_info
from pipeline.runs.progress import Progress, Stopped
from pipeline.templates.asking import Instructions, read_conversations
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import end_tokens

if TYPE_CHECKING:
    from pipeline.training.writing.answers import Answer

PHASE = N_("Writing the answers")
# Tokens of an answer for bundles that do not say.
MOST_TOKENS = 512


@dataclass(frozen=True)
class WrittenRows:
    """What a model wrote for n rows."""

    said: npt.NDArray[np.str_]  # [n] "" where it was not asked, or had nothing to read
    likelihood: npt.NDArray[np.float64]  # [n] geometric mean of its tokens' probabilities, from 0 to 1; nan where ""
    too_long: npt.NDArray[np.bool_]  # [n] what is asked leaves no room for an answer
    broken_off: npt.NDArray[np.bool_]  # [n] the answer had not come to its end at the longest length
    stopped: bool  # somebody asked for it; rows that were not reached have no answer


def unanswered(reading: Instructions, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """[rows] whether a row waits for an answer: its cell is blank, or in a conversation the user has the last word.

    Args:
        reading: a bundle, or a View.
        rows: has its label column.
    """
    if reading.dialogue:
        conversations = [conversation_of(cell) or () for cell in rows[reading.label]]
        return np.array([turns != () and turns[-1].role == "user" for turns in conversations], dtype=np.bool_)
    return is_blank(rows[reading.label]).to_numpy()


def write_rows(
    bundle: Path, rows: pd.DataFrame, asked: npt.NDArray[np.bool_], progress: Progress, device: str = "cpu"
) -> WrittenRows:
    """Answer some rows of a file, always with the likeliest words; the same question is answered once.

    Several are answered at once. Which ones stand together can change a number in its last digits and so, rarely, a
    word; the same rows always get the same answers.

    Args:
        bundle: of a run that writes.
        rows: has the bundle's text columns.
        asked: [rows] whether an answer is wanted.
        progress: told of the questions that are answered; a stop leaves the rest without an answer.
        device: "cpu", "cuda" or "mps".

    Raises:
        RunError, ModelError: the bundle cannot be loaded.
        UnfitData: a conversation cannot be written in the bundle's format.
    """
    info, writer = read_info(bundle), Writer.load(bundle, device)
    prompts, too_long = _prompts(info, writer, rows, asked)
    unique = list(dict.fromkeys(prompt for prompt in prompts if prompt))
    found: dict[Prompt, Answer] = {}
    progress.advance(PHASE, 0, len(unique))
    stopped = False
    try:
        for some in _answers(info, writer, unique, progress):
            found |= some
            progress.advance(PHASE, len(found), len(unique))
    except Stopped:
        stopped = True
    answers = [found.get(prompt) if prompt else None for prompt in prompts]
    return WrittenRows(
        said=np.array([answer.text if answer else "" for answer in answers], dtype=object),
        likelihood=np.array([answer.likelihood if answer else np.nan for answer in answers], dtype=np.float64),
        too_long=too_long,
        broken_off=np.array([answer is not None and not answer.ended for answer in answers], dtype=bool),
        stopped=stopped,
    )


def _prompts(
    info: BundleInfo, writer: Writer, rows: pd.DataFrame, asked: npt.NDArray[np.bool_]
) -> tuple[list[Prompt | None], npt.NDArray[np.bool_]]:
    """[rows] what the model reads, None where there is nothing to answer; and whether it would be too long for it."""
    form = registry.get(writer.format, writer.tokenizer, writer.own_format)
    most, anew = info.most_tokens or MOST_TOKENS, bool(writer.model.config.is_encoder_decoder)

    def prompt(conversation: Conversation) -> Prompt:
        return write_prompt(conversation, form, writer.tokenizer, wanted=most, context=writer.context, anew=anew)

    prompts: list[Prompt | None] = [None] * len(rows)
    too_long = np.zeros(len(rows), dtype=bool)
    for at, conversation in enumerate(read_conversations(info, rows, answered=False)):
        if conversation and asked[at]:
            try:
                prompts[at] = prompt(conversation)
            except SettingError:
                too_long[at] = True
    return prompts, too_long


def _answers(
    info: BundleInfo, writer: Writer, prompts: Sequence[Prompt], progress: Progress
) -> Iterator[dict[Prompt, "Answer"]]:
    from pipeline.training.writing.answers import answer_by_batches

    form = registry.get(writer.format, writer.tokenizer, writer.own_format)
    ends = end_tokens(writer.model, writer.tokenizer, form)

    def rest() -> None:
        if progress.stop_requested():
            raise Stopped({})

    # Nearly all have room for as long an answer as there may be; of the others, those with the same room together.
    for room, group in groupby(sorted(prompts, key=lambda prompt: -prompt.room), key=lambda prompt: prompt.room):
        some = list(group)
        for answers in answer_by_batches(
            writer.model, writer.tokenizer, [prompt.ids for prompt in some], room, ends, rest
        ):
            yield {some[place]: answer for place, answer in answers.items()}
