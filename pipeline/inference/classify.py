"""Texts to scores, with a bundle: a run's own or an exported copy, through this one function.

Knows nothing of files with rows, of pages or of runs. Importing it is light; loading a model is not.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_, RunError
from pipeline.runs.bundle import BundleInfo, is_sealed, read_info
from pipeline.tasks import registry
from pipeline.tasks.predict import Predicted, head, predict
from pipeline.tasks.task import Inputs, Scores, Task
from pipeline.tasks.tokens import tokenize_now, turned

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from pipeline.models.text_to_text import TextToText


@dataclass(frozen=True)
class Classifier:
    """A trained model in memory. What it says about a text does not depend on the other texts of the call."""

    info: BundleInfo
    task: Task
    model: "PreTrainedModel"  # in evaluation mode
    tokenizer: "PreTrainedTokenizerBase"
    answers: "TextToText | None" = None  # how it writes its answer; None: it has a head

    @staticmethod
    def load(bundle: Path, device: str = "cpu") -> "Classifier":
        """The classifier of a bundle's folder.

        Args:
            bundle: folder of a run's bundle or of an unpacked export.
            device: "cpu", "cuda" or "mps".

        Raises:
            RunError: the folder is no bundle, or was not written to its end.
            ModelError: its model cannot be loaded.
        """
        info = read_info(bundle)
        task = registry.get(info.task)
        if not is_sealed(bundle):
            raise RunError(
                N_("The model in {folder} was not written to its end. Resume the run or export it again."),
                folder=bundle.name,
            )
        from pipeline.models.load import load_text_to_text, load_tokenizer, load_trained_classifier

        model = load_text_to_text(bundle) if info.texts else load_trained_classifier(bundle)
        tokenizer, answers = load_tokenizer(bundle), None
        if info.texts:
            from pipeline.models.text_to_text import answers_of

            answers = answers_of(model, tokenizer, info.texts, number=task.problem_type == "regression")
        model.to(device)  # type: ignore[arg-type]  # its decorator hides self
        return Classifier(info, task, model, tokenizer, answers)

    def scores(self, inputs: Inputs) -> Scores:
        """[n, outputs] what the task makes of the model's answer: probabilities in the order of the label space."""
        return self._predict(inputs).scores

    def embed(self, inputs: Inputs) -> npt.NDArray[np.float32]:
        """[n, hidden] what the head reads of each row, of length 1; comparable with a run's ``neighbours.npz``."""
        return self._predict(inputs).vectors

    def _predict(self, inputs: Inputs) -> Predicted:
        from pipeline.models.first_token import first_token_top

        turned_too = self.info.orders == 2
        tokens = tokenize_now(self.tokenizer, turned(inputs) if turned_too else inputs, self.info.max_length)
        padding, count = self.model.config.pad_token_id or 0, len(inputs)

        def forward(rows: npt.NDArray[np.int64]) -> "Tensor":
            read = np.concatenate([rows, rows + count]) if turned_too else rows
            batch = {name: value.to(self.model.device) for name, value in tokens.batch(read, padding).items()}
            if self.answers is not None:
                mask = batch["attention_mask"]
                return self.answers.logits(self.answers.encode(batch["input_ids"], mask), mask)
            logits: Tensor = self.model(**batch).logits
            return logits.view(self.info.orders, len(rows), -1).sum(dim=0)

        part, outputs = self._answering()
        with first_token_top(self.model):
            return predict(part, outputs, tokens.lengths[:count], forward, self.task.scores)

    def _answering(self) -> "tuple[nn.Module, int]":
        """The part whose input stands for a text, and how many numbers are said of it."""
        if self.answers is not None:
            return self.answers.read, self.answers.outputs
        return head(self.model), head(self.model).out_features
