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
from pipeline.tasks.predict import Predicted, predict
from pipeline.tasks.task import Inputs, Scores, Task
from pipeline.tasks.tokens import tokenize_now

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Classifier:
    """A trained model in memory. What it says about a text does not depend on the other texts of the call."""

    info: BundleInfo
    task: Task
    model: "PreTrainedModel"  # in evaluation mode
    tokenizer: "PreTrainedTokenizerBase"

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
        from pipeline.models.load import load_tokenizer, load_trained_classifier

        model = load_trained_classifier(bundle).to(device)  # type: ignore[arg-type]  # its decorator hides self
        return Classifier(info, task, model, load_tokenizer(bundle))

    def scores(self, inputs: Inputs) -> Scores:
        """[n, outputs] what the task makes of the model's answer: probabilities in the order of the label space."""
        return self._predict(inputs).scores

    def embed(self, inputs: Inputs) -> npt.NDArray[np.float32]:
        """[n, hidden] what the head reads of each row, of length 1; comparable with a run's ``neighbours.npz``."""
        return self._predict(inputs).vectors

    def _predict(self, inputs: Inputs) -> Predicted:
        from pipeline.models.first_token import first_token_top

        tokens = tokenize_now(self.tokenizer, inputs, self.info.max_length)
        padding = self.model.config.pad_token_id or 0

        def forward(rows: npt.NDArray[np.int64]) -> "Tensor":
            batch = tokens.batch(rows, padding)
            logits: Tensor = self.model(**{name: value.to(self.model.device) for name, value in batch.items()}).logits
            return logits

        with first_token_top(self.model):
            return predict(self.model, tokens.lengths, forward, self.task.scores)
