"""The proof that an exported folder answers as the run does, where transformers alone loads it: asking, and comparing.

``hf`` compares models that sort; here stand the question itself, and the comparison of models that write, or that have
learned from texts alone.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.data.conversation import Conversation
from pipeline.data.source import chosen_rows
from pipeline.data.split import load_split
from pipeline.data.view import view_frame
from pipeline.errors import N_, RunError
from pipeline.models.load import load_tokenizer
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import load_spec
from pipeline.runs.surprise import load_surprise
from pipeline.runs.texts import MODEL, load_texts
from pipeline.templates.asking import read_conversations
from pipeline.templates.columns import read_texts
from pipeline.templates.formats import registry as formats
from pipeline.templates.formats.chat import BETWEEN
from pipeline.templates.formats.format import joined
from pipeline.training.pretraining.prepare import objective_of, read_rows
from pipeline.training.writing.rows import prompt_ids

# Largest difference, in bits a character, between what the run and a stranger find of a right answer; of hidden tokens,
# in bits a token.
WRITING_TOLERANCE = 1e-3
# The same where weights are kept in bfloat16, which has three digits at best. Reckoned, not measured.
HALF_TOLERANCE = 5e-2
# Of the prompts, so many have to be the very same tokens: marks of the model that stand in a text are read as text by
# us, and as marks by whoever calls a tokenizer as usual.
SAME_PROMPTS = 0.9
PROOF_ROWS = 20
_PROOF_SECONDS = 600


def prove_writing(unpacked: Path, run_folder: Path, info: BundleInfo) -> float:
    """The largest difference in bits a character; raises RunError where it is not the same model, asked the same way.

    Args:
        unpacked: the folder that a stranger has.
        run_folder: of the run.
        info: of its bundle.
    """
    kept = load_texts(run_folder, MODEL)
    split, view = load_split(load_spec(run_folder).split), load_spec(run_folder).view
    some = np.unique(np.linspace(0, len(kept.rows) - 1, PROOF_ROWS).round().astype(int))
    columns = tuple(dict.fromkeys((*info.text, info.label)))
    frame = chosen_rows(split.test_source or split.source, columns, kept.rows[some])
    asked = [turns[:-1] for turns in read_conversations(view, frame, answered=True)]
    tokenizer: Any = load_tokenizer(unpacked)
    form = formats.get(info.format, tokenizer, info.own_format)
    rows = [
        {**_question(info, turns, form), "answer": kept.truth[place]}
        for turns, place in zip(asked, some.tolist(), strict=True)
    ]
    found = ask_stock(unpacked, {"rows": rows})
    if found["not_loaded"]:
        raise RunError(
            N_("The export was stopped: transformers does not load the model whole ({detail})."),
            detail=", ".join(found["not_loaded"][:5]),
        )
    sequences = json.loads((unpacked / "config.json").read_text(encoding="utf-8")).get("is_encoder_decoder", False)
    ours = [list(prompt_ids(turns, form, tokenizer, sequences=sequences)) for turns in asked]
    same = np.array([mine == theirs for mine, theirs in zip(ours, found["prompts"], strict=True)])
    if same.mean() < SAME_PROMPTS:
        raise RunError(N_("The export was stopped: transformers alone cuts the prompts into other tokens."))
    characters = np.array([max(1, len(kept.truth[place])) for place in some])
    difference = float((np.abs(np.array(found["bits"]) - kept.bits[some]) / characters)[same].max())
    if not difference <= (HALF_TOLERANCE if info.four_bit else WRITING_TOLERANCE):
        raise RunError(
            N_("The export was stopped: transformers alone gives other answers (difference {difference})."),
            difference=f"{difference:.1e}",
        )
    return difference


def prove_reading(unpacked: Path, run_folder: Path, info: BundleInfo) -> float:
    """The largest difference in bits a hidden token, of a model that has learned from texts alone.

    Raises RunError and takes arguments as ``prove_writing``.
    """
    kept, spec = load_surprise(run_folder, MODEL), load_spec(run_folder)
    split = load_split(spec.split)
    view = spec.view.on(split.test_source) if split.test_source else spec.view
    some = np.unique(np.linspace(0, len(kept.rows) - 1, PROOF_ROWS).round().astype(int))
    numbers = kept.rows[some].tolist()
    config = json.loads((unpacked / "config.json").read_text(encoding="utf-8"))
    objective = objective_of(unpacked, info)
    tokenizer: Any = load_tokenizer(unpacked)
    rows = read_rows(view, numbers, tokenizer, objective, spec.recipe, int(config["vocab_size"]))
    hidden = [{name: values[0].tolist() for name, values in rows.collate([at]).items()} for at in range(len(rows))]
    texts = [text.strip() for text in read_texts(view, view_frame(view, numbers))]
    found = ask_stock(unpacked, {"hidden": hidden, "objective": objective, "texts": texts})
    if found["not_loaded"]:
        raise RunError(
            N_("The export was stopped: transformers does not load the model whole ({detail})."),
            detail=", ".join(found["not_loaded"][:5]),
        )
    ours = tokenizer(texts, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    if np.mean([mine == theirs for mine, theirs in zip(ours, found["tokens"], strict=True)]) < SAME_PROMPTS:
        raise RunError(N_("The export was stopped: transformers alone cuts the texts into other tokens."))
    nats = dict.fromkeys(numbers, 0.0)
    for number, value in zip(rows.numbers, found["nats"], strict=True):
        nats[number] += value
    expected, tokens = kept.nats[some], kept.tokens[some]
    difference = float((np.abs(np.array(list(nats.values())) - expected) / tokens).max() / np.log(2))
    if not difference <= WRITING_TOLERANCE:
        raise RunError(
            N_("The export was stopped: transformers alone gives other answers (difference {difference})."),
            difference=f"{difference:.1e}",
        )
    return difference


def _question(info: BundleInfo, turns: Conversation, form: Any) -> dict[str, Any]:
    if info.format == "chat":
        messages = [{"role": turn.role, "content": joined(turn.text, turn.extra, BETWEEN)} for turn in turns]
        return {"messages": messages}
    return {"prompt": "".join(piece.text for piece in form.pieces(turns))}


def ask_stock(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """What ``stock.py`` answers about a folder, in a process that has nothing of this project.

    Raises:
        RunError: the model could not be loaded.
    """
    asked, answer = folder.parent / "request.json", folder.parent / "answer.json"
    asked.write_text(json.dumps(request), encoding="utf-8")
    script = Path(__file__).with_name("stock.py")
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(folder), str(asked), str(answer)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PROOF_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RunError(
            N_("The export was stopped: transformers could not load the model ({detail})."),
            detail=(done.stderr.strip().splitlines() or [str(done.returncode)])[-1],
        )
    content: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return content
