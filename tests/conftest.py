"""What every test may use: a workspace of its own."""

from pathlib import Path

import pytest

from pipeline.settings import Workspace, workspace


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A fresh, empty workspace that this test alone uses."""
    monkeypatch.setenv("TUNEDESK_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return workspace()
