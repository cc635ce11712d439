"""Files to read: written by the test itself, in the encoding and form that it names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.data.source import ReadOptions, Source, import_source
from pipeline.settings import Workspace

Upload = Callable[..., Source]


@pytest.fixture
def upload(home: Workspace, tmp_path: Path) -> Upload:
    """Import content under a name, as a browser would hand it over."""

    def import_content(content: bytes | str, name: str = "tickets.csv", **options: object) -> Source:
        path = tmp_path / "handed over"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_source(path, name, ReadOptions(**options))  # type: ignore[arg-type]

    return import_content
