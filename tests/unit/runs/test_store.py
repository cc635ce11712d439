"""The database grows through its migrations to exactly what the code expects."""

import sqlite3

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

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
