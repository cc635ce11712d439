"""Load an exported folder as a stranger would and answer texts, or pairs. Run as a file, in a process of its own.

    python -I stock.py FOLDER REQUEST ANSWER

Imports nothing of this project: what it proves is that ``transformers`` alone is enough. REQUEST is a JSON file
``{"texts": [[text] or [text, other]], "by_pipeline", "orders", "write", "number"}``, ANSWER the JSON file that is
written: ``{"max_length", "not_loaded", "model", "pipeline"}``, the last two [texts][outputs] probabilities, or the
number that is predicted, in the order of the model's outputs. Of a pair that is read in both orders ("orders": 2) the
logits are added. A model that writes its answer is asked how probable each of the texts in "write" is, token by token,
among those texts alone; where they spell a number ("number"), the answer is their mean.

A model that writes free answers is asked otherwise: ``{"rows": [{"messages" or "prompt", "answer"}]}``, and ANSWER is
``{"not_loaded", "prompts", "bits"}``: the tokens of each prompt as a stranger gets them, and how many bits the model
needs for each answer with its end token.

A model that has learned from texts alone is asked for what was hidden of them: ``{"hidden": [{"input_ids", "labels"}],
"objective", "texts"}``, and ANSWER is ``{"not_loaded", "tokens", "nats"}``: the tokens of each text as a stranger gets
them, and -log p of all that is hidden of each row.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    pipeline,
)


def answer(folder: str, texts: list[list[str]], by_pipeline: bool, orders: int) -> dict[str, Any]:
    """Scores of each text or pair, by the model itself and by the text-classification pipeline."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    model.eval()
    with torch.no_grad():
        rows = [
            _scores(model, sum(_logits(model, tokenizer, order) for order in (text, text[::-1])[:orders]))
            for text in texts
        ]
    return {
        "max_length": tokenizer.model_max_length,
        "not_loaded": sorted(str(key) for keys in loading.values() for key in keys),
        "model": rows,
        "pipeline": _by_pipeline(folder, texts, model.config.id2label) if by_pipeline else [],
    }


def write(folder: str, texts: list[list[str]], labels: list[str], number: bool) -> dict[str, Any]:
    """Scores of each text or pair, by a model that writes one of the labels."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = AutoModelForSeq2SeqLM.from_pretrained(folder, output_loading_info=True)
    model.eval()
    end = tokenizer.eos_token_id
    read = tokenizer(labels, add_special_tokens=False)["input_ids"]
    sequences = [[*(token for token in ids if token != end), end] for ids in read]
    rows = []
    for text in texts:
        with torch.no_grad():
            chances = _chances(model, tokenizer(*text, truncation=True, return_tensors="pt"), sequences)
        rows.append([sum(p * float(label) for p, label in zip(chances, labels, strict=True))] if number else chances)
    return {
        "max_length": tokenizer.model_max_length,
        "not_loaded": sorted(str(key) for keys in loading.values() for key in keys),
        "model": rows,
        "pipeline": [],
    }


def surprise(folder: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Bits that a model which writes needs for each answer, asked as the card says."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sequences = AutoConfig.from_pretrained(folder).is_encoder_decoder
    model_class: Any = AutoModelForSeq2SeqLM if sequences else AutoModelForCausalLM
    model, loading = model_class.from_pretrained(folder, output_loading_info=True)
    model.eval()
    end = [tokenizer.eos_token_id]
    prompts, bits = [], []
    for row in rows:
        if "messages" in row:
            text = tokenizer.apply_chat_template(row["messages"], add_generation_prompt=True, tokenize=False)
            prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
        else:
            prompt = tokenizer(row["prompt"])["input_ids"]
            if sequences and prompt[-1:] != end:
                prompt = [*prompt, *end]  # as the card says: this tokenizer leaves it to whoever asks
        answer_ids = [*tokenizer(row["answer"], add_special_tokens=False)["input_ids"], *end]
        with torch.no_grad():
            if sequences:
                labels = torch.tensor([answer_ids])
                logits = model(input_ids=torch.tensor([prompt]), labels=labels).logits[0]
            else:
                logits = model(input_ids=torch.tensor([[*prompt, *answer_ids]])).logits[0, len(prompt) - 1 : -1]
        known = logits.double().log_softmax(-1)[range(len(answer_ids)), answer_ids]
        prompts.append(prompt)
        bits.append(-float(known.sum()) / math.log(2))
    return {
        "not_loaded": sorted(str(key) for keys in loading.values() for key in keys),
        "prompts": prompts,
        "bits": bits,
    }


def hidden_nats(folder: str, objective: str, rows: list[dict[str, Any]], texts: list[str]) -> dict[str, Any]:
    """-log p of what is hidden of each row, by the library's own class for a way of hiding."""
    classes: dict[str, Any] = {
        "causal": AutoModelForCausalLM,
        "masked": AutoModelForMaskedLM,
        "spans": AutoModelForSeq2SeqLM,
    }
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = classes[objective].from_pretrained(folder, output_loading_info=True)
    model.eval()
    nats = []
    for row in rows:
        ids, labels = torch.tensor([row["input_ids"]]), torch.tensor([row["labels"]])
        with torch.no_grad():
            # Of an encoder-decoder the labels are what its decoder reads.
            logits = (model(input_ids=ids, labels=labels) if objective == "spans" else model(input_ids=ids)).logits[0]
        if objective == "causal":
            logits, labels = logits[:-1], labels[:, 1:]
        hidden = labels[0] >= 0
        known = logits[hidden].double().log_softmax(-1)
        nats.append(-float(known[range(len(known)), labels[0][hidden]].sum()))
    return {
        "not_loaded": sorted(str(key) for keys in loading.values() for key in keys),
        "tokens": tokenizer(texts, add_special_tokens=False)["input_ids"],
        "nats": nats,
    }


def _chances(model: Any, batch: Any, sequences: list[list[int]]) -> list[float]:
    """Probability of each sequence of tokens: at each token, among those that some sequence goes on with."""
    encoded = model.get_encoder()(**batch)
    start = model.config.decoder_start_token_id
    known: dict[tuple[int, ...], Any] = {}
    chances = []
    for sequence in sequences:
        chance = 1.0
        for length, token in enumerate(sequence):
            begun = sequence[:length]
            following = sorted({other[length] for other in sequences if other[:length] == begun})
            if len(following) > 1:
                if tuple(begun) not in known:
                    said = model(
                        encoder_outputs=encoded,
                        attention_mask=batch["attention_mask"],
                        decoder_input_ids=torch.tensor([[start, *begun]]),
                    )
                    known[tuple(begun)] = said.logits[0, -1].double()
                shares = known[tuple(begun)][following].softmax(-1)
                chance *= float(shares[following.index(token)])
        chances.append(chance)
    return chances


def _logits(model: Any, tokenizer: Any, text: list[str]) -> Any:
    return model(**tokenizer(*text, truncation=True, return_tensors="pt")).logits[0].double()


def _scores(model: Any, logits: torch.Tensor) -> list[float]:
    """As the model's configuration says that they are to be read."""
    # Where it says nothing the library takes the outputs for classes.
    kind = model.config.problem_type or "single_label_classification"
    read = logits if kind == "regression" else logits.sigmoid() if kind.startswith("multi") else logits.softmax(-1)
    numbers: list[float] = read.tolist()
    return numbers


def _by_pipeline(folder: str, texts: list[list[str]], labels: dict[int, str]) -> list[list[float]]:
    classify: Any = pipeline("text-classification", model=folder, top_k=None, truncation=True)
    rows = []
    for text in texts:
        asked = text[0] if len(text) == 1 else {"text": text[0], "text_pair": text[1]}
        found = classify([asked])[0]
        scores = {answer["label"]: answer["score"] for answer in found}
        rows.append([scores[labels[index]] for index in range(len(labels))])
    return rows


def main() -> None:
    """Read the request, write the answer."""
    folder, request, destination = sys.argv[1:]
    asked = json.loads(Path(request).read_text(encoding="utf-8"))
    content = (
        hidden_nats(folder, asked["objective"], asked["hidden"], asked["texts"])
        if "hidden" in asked
        else surprise(folder, asked["rows"])
        if "rows" in asked
        else write(folder, asked["texts"], asked["write"], asked["number"])
        if asked["write"]
        else answer(folder, asked["texts"], asked["by_pipeline"], asked["orders"])
    )
    Path(destination).write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main()
