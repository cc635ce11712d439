"""The opponent: Hugging Face's Trainer as its documentation shows it, with dynamic padding. Uses nothing of ours.

    python -m benchmarks.plain_trainer --model FOLDER --train FILE --test FILE [--seed N]

Three epochs, learning rate 5e-5, batch 32, maximum length 128, float32, no evaluation before the end. The files
are CSV with the columns text and label. Prints one JSON object: {"accuracy", "macro_f1"} on the test file.
"""

import argparse
import json
import tempfile

import pandas as pd
from sklearn.metrics import accuracy_score, f1_score
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)

MAX_LENGTH = 128


def main() -> None:
    """Train, predict the test file, print the accuracy."""
    parser = argparse.ArgumentParser()
    for name in ("--model", "--train", "--test"):
        parser.add_argument(name, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    train, test = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (options.train, options.test))
    labels = sorted(train["label"].unique())
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForSequenceClassification.from_pretrained(options.model, num_labels=len(labels))

    def rows(frame: pd.DataFrame) -> list[dict[str, object]]:
        read = tokenizer(list(frame["text"]), truncation=True, max_length=MAX_LENGTH)
        targets = [labels.index(label) for label in frame["label"]]
        return [
            {"input_ids": ids, "attention_mask": mask, "labels": target}
            for ids, mask, target in zip(read["input_ids"], read["attention_mask"], targets, strict=True)
        ]

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            num_train_epochs=3,
            learning_rate=5e-5,
            per_device_train_batch_size=32,
            per_device_eval_batch_size=32,
            seed=options.seed,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=rows(train),
            data_collator=DataCollatorWithPadding(tokenizer),
            processing_class=tokenizer,
        )
        trainer.train()
        answers = trainer.predict(rows(test))
    predicted, truth = answers.predictions.argmax(axis=1), answers.label_ids
    scores = {"accuracy": accuracy_score(truth, predicted), "macro_f1": f1_score(truth, predicted, average="macro")}
    print(json.dumps({name: float(score) for name, score in scores.items()}))


if __name__ == "__main__":
    main()
