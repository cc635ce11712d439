"""A door for the tests of this folder."""

import threading
from collections.abc import Iterator

import pytest

from pipeline.settings import Workspace
from pipeline.tasting.listener import LOOK_SECONDS, Listener
from tests.unit.tasting.opened import ADDRESS, save_tasting


@pytest.fixture
def listener(home: Workspace) -> Iterator[Listener]:
    """The door of a tasting of three prompts, open in a thread of this process."""
    with Listener(save_tasting(), ADDRESS) as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(LOOK_SECONDS,))
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()
