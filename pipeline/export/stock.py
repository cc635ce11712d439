"""Load an exported folder as a stranger would and answer texts, or pairs. Run as a file, in a process of its own.

    python -I stock.py FOLDER REQUEST ANSWER

Imports nothing of this project: what it proves is that ``transformers`` alone is enough. REQUEST is a JSON file
``{"texts": [[text] or [text, other]], "by_pipeline"}``, ANSWER the JSON file that is written: ``{"max_length",
"not_loaded", "model", "pipeline"}``, the last two [texts][outputs] probabilities, or the number that is predicted, in
the order of the model's outputs.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline


def answer(folder: str, texts: list[list[str]], by_pipeline: bool) -> dict[str, Any]:
    """Scores of each text or pair, by the model itself and by the text-classification pipeline."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    model.eval()
    with torch.no_grad():
        rows = [
            _scores(model, model(**tokenizer(*text, truncation=True, return_tensors="pt")).logits[0].double())
            for text in texts
        ]
    return {
        "max_length": tokenizer.model_max_length,
        "not_loaded": sorted(str(key) for keys in loading.values() for key in keys),
        "model": rows,
        "pipeline": _by_pipeline(folder, texts, model.config.id2label) if by_pipeline else [],
    }


def _scores(model: Any, logits: torch.Tensor) -> list[float]:
    """As the model's configuration says that they are to be read."""
    kind = model.config.problem_type
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
    content = answer(folder, asked["texts"], asked["by_pipeline"])
    Path(destination).write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main()
