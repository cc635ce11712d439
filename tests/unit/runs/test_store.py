"""The database grows through its migrations to exactly what the code expects."""

import sqlite3

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from pipeline import jobs
from pipeline.errors import DataError, JobError, RunNotFound, WorkspaceError
from pipeline.runs import store
from pipeline.settings import Workspace


def test_the_migrations_lead_to_the_schema_of_the_code(home: Workspace) -> None:
    with store.session():
        pass
    engine = sqlalchemy.create_engine(home.database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    engine.dispose()


def test_a_database_of_the_first_schema_keeps_its_jobs_and_learns_when_they_changed(home: Workspace) -> None:
    with sqlite3.connect(home.home / "tunedesk.db") as connection:
        connection.executescript(FIRST_SCHEMA)
    connection.close()
    assert store.get_job("old").request == {"run": "r"}
    told = [(moment.state, moment.since.isoformat()) for moment in jobs.history(run="r")]
    assert told == [
        ("queued", "2026-01-01T10:00:00+00:00"),
        ("starting", "2026-01-01T10:00:01+00:00"),
        ("finished", "2026-01-01T10:00:30+00:00"),
        ("queued", "2026-01-01T11:00:00+00:00"),
    ]


# As version 0.1.0 made it, with a finished job and a queued one; the tables that do not change are left out.
FIRST_SCHEMA = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
CREATE TABLE job (
    id VARCHAR NOT NULL PRIMARY KEY, kind VARCHAR NOT NULL, lane VARCHAR NOT NULL, run VARCHAR NOT NULL,
    request JSON NOT NULL, state VARCHAR NOT NULL, cause VARCHAR NOT NULL, cause_values JSON NOT NULL,
    result JSON NOT NULL, submitted DATETIME NOT NULL, "order" INTEGER NOT NULL, started DATETIME, ended DATETIME,
    pid INTEGER NOT NULL, pid_created FLOAT NOT NULL
);
INSERT INTO job VALUES ('old', 'train', 'device-cpu', 'r', '{"run": "r"}', 'finished', '', '{}', '{}',
    '2026-01-01 10:00:00.000000', 1, '2026-01-01 10:00:01.000000', '2026-01-01 10:00:30.000000', 1, 2.0);
INSERT INTO job VALUES ('new', 'train', 'device-cpu', 'r', '{"run": "r"}', 'queued', '', '{}', '{}',
    '2026-01-01 11:00:00.000000', 2, NULL, NULL, 0, 0.0);
"""


def test_an_error_rolls_the_transaction_back(home: Workspace) -> None:
    row = store.DatasetRow(id="d", name="n", source="s", view={}, split="p")
    with pytest.raises(ZeroDivisionError), store.session() as session:
        session.add(row)
        session.flush()
        _ = 1 / 0
    with pytest.raises(DataError):
        store.get_dataset("d")


def test_times_come_back_in_utc(home: Workspace) -> None:
    with store.session() as session:
        session.add(store.DatasetRow(id="d", name="n", source="s", view={"a": [1]}, split="p"))
    row = store.get_dataset("n")
    assert row.created.utcoffset() is not None
    assert abs((store.now() - row.created).total_seconds()) < 60
    assert row.view == {"a": [1]}


@pytest.mark.parametrize(
    ("get", "error"), [(store.get_run, RunNotFound), (store.get_job, JobError), (store.get_dataset, DataError)]
)
def test_what_is_not_there_is_named_in_the_error(home: Workspace, get, error: type[Exception]) -> None:
    with pytest.raises(error, match="no-such"):
        get("no-such")


def test_a_damaged_database_is_a_clear_error(home: Workspace) -> None:
    with store.session():
        pass
    connection = sqlite3.connect(home.home / "tunedesk.db")
    connection.execute("DROP TABLE run")
    connection.commit()
    connection.close()
    with pytest.raises(WorkspaceError, match="no such table"):
        store.get_run("x")
