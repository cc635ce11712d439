"""What every test may use: a workspace of its own, a real judge. And how hard property tests look for counterexamples.

Every day they try the same examples, so that a red test is the change's own fault. Whoever works on what they hold
looks for new ones: ``pytest tests/unit/data --hypothesis-profile=thorough`` tries twenty times as many, other ones each
time (``--hypothesis-seed=N`` for the same). What it finds belongs into a test of its own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipeline.settings import Workspace, workspace
from tests import real_judge

# Before anything imports torch: its threads wait actively, so two processes with two threads each on two cores are many
# times slower than with one. With pytest-xdist there is a process a core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

STARTER_MODELS = workspace().models  # before any test points TUNEDESK_HOME elsewhere

# A workspace that is used again and again holds what was imported before, and that is how people use it, too.
_SHARED_HOME = [HealthCheck.function_scoped_fixture]

settings.register_profile(
    "everyday", max_examples=100, derandomize=True, deadline=None, suppress_health_check=_SHARED_HOME
)
settings.register_profile(
    "thorough",
    max_examples=2_000,
    derandomize=False,
    deadline=None,
    suppress_health_check=[*_SHARED_HOME, HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)
settings.load_profile("everyday")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A fresh, empty workspace that this test alone uses."""
    monkeypatch.setenv("TUNEDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TUNEDESK_STAND_BY", "off")  # libraries that are loaded ahead of a job that never comes
    (tmp_path / "home").mkdir()
    return workspace()


@pytest.fixture(scope="session")
def judge_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_judge.RealJudge]:
    """An OpenAI-compatible server with a starter model, for all tests that ask one. Slow: a model is loaded."""
    with real_judge.serving(STARTER_MODELS, tmp_path_factory.mktemp("judge")) as started:
        yield started
