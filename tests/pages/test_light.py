"""A page opens in well under a second and the server stays small, because no page loads a learning library."""

import subprocess
import sys
from pathlib import Path

import pytest

from pages.components.navigation import PLACES
from pipeline.settings import Workspace

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "evaluate", "sklearn", "datasets", "scipy")
OPEN_A_PAGE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("pages/shell.py", default_timeout=60).run()
app.switch_page(sys.argv[1]).run()
assert not app.exception, app.exception[0].value
found = [name for name in sys.argv[2:] if name in sys.modules]
sys.exit(f"{sys.argv[1]} imports {', '.join(found)}" if found else 0)
"""


@pytest.mark.parametrize("page", [place.file for places in PLACES.values() for place in places])
def test_a_page_opens_without_a_learning_library(home: Workspace, page: str) -> None:
    opened = subprocess.run(
        [sys.executable, "-c", OPEN_A_PAGE, page, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert opened.returncode == 0, opened.stderr[-2000:]


def test_the_server_itself_loads_no_learning_library(home: Workspace) -> None:
    code = "import sys, app; sys.exit(', '.join(name for name in sys.argv[1:] if name in sys.modules) or 0)"

    started = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert started.returncode == 0, started.stderr[-2000:]
