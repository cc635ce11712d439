"""The server: every answer carries the headers that keep a page to itself."""

from starlette.testclient import TestClient

import app
from pipeline.settings import Workspace


def test_the_server_says_that_it_is_well_and_sends_its_headers(home: Workspace) -> None:
    with TestClient(app.app) as client:
        answer = client.get("/api/health")

    assert answer.json() == {"status": "ok"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob:" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")


def test_the_script_in_the_first_page_is_allowed_by_its_hash() -> None:
    assert app.inline_scripts("<script>go()</script>").startswith("'sha256-")
    assert app.inline_scripts("<script src='a.js'></script>") == ""
    assert app.inline_scripts(app.INDEX.read_text(encoding="utf-8")) in app.CONTENT_SECURITY_POLICY
