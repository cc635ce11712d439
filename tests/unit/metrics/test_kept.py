"""The kept modules of evaluate: what they load of the libraries, and what they leave to be loaded."""

import subprocess
import sys

from pipeline import system
from pipeline.settings import Workspace

ASKED = """
import sys
from pipeline.metrics.classification import compute
import numpy as np
print(compute(np.array([0, 1, 1]), np.array([0, 1, 0]), 2)["accuracy"])
print("torch" in sys.modules)
import transformers
print(transformers.AutoConfig.__name__)
"""


def test_a_figure_needs_no_torch_and_whoever_needs_transformers_afterwards_gets_it(home: Workspace) -> None:
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=system.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    accuracy, with_torch, name = done.stdout.split()
    assert abs(float(accuracy) - 2 / 3) < 1e-12
    assert with_torch == "False"
    assert name == "AutoConfig"
