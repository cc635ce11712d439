"""The server: every answer carries the headers that keep a page to itself."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

import app
from pipeline.runs import store
from pipeline.runs.store import JobRow, RunRow
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


def test_a_finished_export_is_sent_as_a_file_with_a_safe_name(home: Workspace) -> None:
    made = export_job(home, name="工单 ../../1\n")

    answer = exports().get("/api/exports/job1")

    assert answer.status_code == 200
    assert answer.content == made.read_bytes()
    assert answer.headers["Content-Type"] == "application/zip"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "%2F" not in disposition
    assert "%0A" not in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "fill"},
        {"result": {}, "state": "stopped"},
        {"result": {"path": "/etc/hosts"}},
        {"result": {"path": "{home}/runs/run1/../../tunedesk.db"}},
        {"run": "run2"},
    ],
    ids=["another kind of job", "not finished", "outside", "climbing out", "the run is gone"],
)
def test_nothing_but_a_finished_export_of_this_workspace_is_sent(home: Workspace, change: dict[str, object]) -> None:
    export_job(home)
    with store.session() as session:
        row = session.get(JobRow, "job1")
        assert row is not None
        for field, value in change.items():
            if isinstance(value, dict) and "path" in value:
                value = {"path": value["path"].format(home=home.home)}
            setattr(row, field, value)
        session.add(row)

    assert exports().get("/api/exports/job1").status_code == 404


def test_an_unknown_job_has_nothing_to_send(home: Workspace) -> None:
    assert exports().get("/api/exports/nobody").status_code == 404
    assert exports().get("/api/exports/..%2f..%2ftunedesk.db").status_code == 404


def exports() -> TestClient:
    """The route alone, behind the same headers: the server itself can be started only once a process."""
    route = Route("/api/exports/{job}", app.exported_model)
    return TestClient(Starlette(routes=[route], middleware=[Middleware(app.SecurityHeaders)]))


def export_job(home: Workspace, name: str = "first try") -> Path:
    """A run, and a finished export of it as ``job1``. Returns its file."""
    path = home.runs / "run1" / "exports" / "run1-hf.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK as if it were a zip")
    with store.session() as session:
        session.add(RunRow(id="run1", name=name, dataset="d", spec="s", base_model="m", preset="fast", job="job0"))
        for job, kind in (("job0", "train"), ("job1", "export")):
            result = {"path": str(path)} if kind == "export" else {}
            session.add(JobRow(id=job, kind=kind, lane="cpu", run="run1", request={}, state="finished", result=result))
    return path
