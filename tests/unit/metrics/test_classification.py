"""The figures are the ones that everybody else computes, from modules on disk, without a network."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score

from pipeline.metrics import classification

TRUTH = np.array([0, 0, 0, 1, 1, 2, 2, 2])
GUESS = np.array([0, 0, 1, 1, 2, 2, 2, 0])


def test_accuracy_and_macro_f1_are_those_of_scikit_learn() -> None:
    assert classification.compute(TRUTH, GUESS, 3) == {
        "accuracy": pytest.approx(accuracy_score(TRUTH, GUESS)),
        "macro_f1": pytest.approx(f1_score(TRUTH, GUESS, average="macro")),
    }


def test_a_class_that_never_occurs_does_not_pull_macro_f1_down() -> None:
    assert classification.compute(TRUTH, GUESS, 9) == classification.compute(TRUTH, GUESS, 3)


def test_every_class_of_the_label_space_has_its_figures() -> None:
    scores = classification.per_class(TRUTH, GUESS, 4)
    assert [row.support for row in scores] == [3, 2, 3, 0]
    assert [row.precision for row in scores[:3]] == pytest.approx(precision_score(TRUTH, GUESS, average=None))
    assert [row.recall for row in scores[:3]] == pytest.approx(recall_score(TRUTH, GUESS, average=None))
    assert scores[3] == classification.ClassScores(0, 0, 0, 0)


def test_confusion_has_the_truth_in_rows() -> None:
    assert classification.confusion(TRUTH, GUESS, 3).tolist() == confusion_matrix(TRUTH, GUESS).tolist()


@pytest.mark.parametrize("predicted", [[0, 1], [0, 1, 3], [0, 1, -1]])
def test_rows_that_do_not_fit_are_refused(predicted: list[int]) -> None:
    with pytest.raises(ValueError, match=r"class"):
        classification.compute([0, 1, 2], predicted, 3)


def test_a_fresh_process_needs_no_network_and_writes_into_the_workspace_only(tmp_path: Path) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from pipeline.metrics.classification import compute\n"
        "print(compute([0, 1], [0, 1], 2))\n"
    )
    user, workspace = tmp_path / "user", tmp_path / "workspace"
    user.mkdir()
    environment = {"HOME": str(user), "TUNEDESK_HOME": str(workspace), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "{'accuracy': 1.0, 'macro_f1': 1.0}", done.stderr
    assert list(user.rglob("*")) == []
    assert (workspace / "cache" / "evaluate").is_dir()
