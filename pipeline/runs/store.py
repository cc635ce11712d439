"""The database: datasets, runs and jobs. Few, small writes, each in a transaction of its own.

Knows nothing of processes (jobs) or files (the folders of the workspace). SQLite by default, another
database by ``TUNEDESK_DATABASE``; the schema grows through the migrations beside this file.
"""

import contextlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy
from filelock import FileLock
from sqlalchemy import JSON, Column, DateTime, Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, Session, SQLModel, create_engine, select

from pipeline.errors import N_, DataError, JobError, RunNotFound, WorkspaceError
from pipeline.settings import workspace

MIGRATIONS = Path(__file__).parent / "migrations"

# Long enough for another process to finish its transaction, short enough for a person to wait.
BUSY_SECONDS = 30
# A worker has nobody waiting in front of it, and hours of work to lose.
WORKER_BUSY_SECONDS = 600

_busy_seconds = BUSY_SECONDS


class Moment(sqlalchemy.types.TypeDecorator[datetime]):
    """A time in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC without a zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it back as UTC."""
        return value.replace(tzinfo=UTC) if value else None


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class DatasetRow(SQLModel, table=True):
    """A Source, a View and a Split under a name."""

    __tablename__ = "dataset"
    id: str = Field(primary_key=True)
    name: str
    source: str
    view: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    split: str
    sample: bool = False
    created: datetime = Field(default_factory=now, sa_column=Column(Moment, nullable=False))


class RunRow(SQLModel, table=True):
    """One training job's result, or its way there. Its state is the state of its newest job."""

    __tablename__ = "run"
    id: str = Field(primary_key=True)
    name: str = Field(index=True, unique=True)
    dataset: str
    spec: str = Field(index=True)
    base_model: str
    preset: str
    job: str
    metrics: dict[str, float] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    verdict: str = ""
    seconds: float = 0.0
    estimated_seconds: float = 0.0
    created: datetime = Field(default_factory=now, sa_column=Column(Moment, nullable=False))


class JobRow(SQLModel, table=True):
    """Work for a process of its own: what is asked, who does it, how far it came."""

    __tablename__ = "job"
    id: str = Field(primary_key=True)
    kind: str
    lane: str = Field(index=True)  # what it occupies: a device, or "network"
    run: str = Field(default="", index=True)
    request: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = Field(index=True)
    cause: str = ""  # gettext id
    cause_values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    submitted: datetime = Field(default_factory=now, sa_column=Column(Moment, nullable=False))
    order: int = Field(default=0, index=True)
    started: datetime | None = Field(default=None, sa_column=Column(Moment))
    ended: datetime | None = Field(default=None, sa_column=Column(Moment))
    pid: int = 0
    pid_created: float = 0.0


class JobStateRow(SQLModel, table=True):
    """A state that a job came into, and when; rows are added and never change."""

    __tablename__ = "job_state"
    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(index=True)
    state: str
    since: datetime = Field(default_factory=now, sa_column=Column(Moment, nullable=False))
    note: str = ""  # gettext id: why, where the state alone does not say it


def be_patient() -> None:
    """In a worker, before its first look: wait much longer for a database that another process has locked."""
    global _busy_seconds
    _busy_seconds = WORKER_BUSY_SECONDS


def new_id() -> str:
    """An id that nobody can guess or clash with, safe as a folder name."""
    return secrets.token_hex(6)


@contextlib.contextmanager
def session() -> Iterator[Session]:
    """A transaction: committed at the end, rolled back on an error.

    Raises:
        WorkspaceError: the database is locked by another process, or its disk is full.
    """
    try:
        with Session(_engine(workspace().database_url), expire_on_commit=False) as opened:
            yield opened
            opened.commit()
    except OperationalError as error:
        raise WorkspaceError(
            N_("The database could not be used ({reason}). Close other programs that use it, or free disk space."),
            reason=str(error.orig),
        ) from error


def get_job(job_id: str) -> JobRow:
    """The job of that id. Raises JobError where there is none."""
    with session() as opened:
        row = opened.get(JobRow, job_id)
    if row is None:
        raise JobError(N_("There is no job {job}. It may have been deleted."), job=job_id)
    return row


def get_run(id_or_name: str) -> RunRow:
    """The run of that id or name. Raises RunNotFound where there is none."""
    with session() as opened:
        row = opened.get(RunRow, id_or_name) or opened.exec(select(RunRow).where(RunRow.name == id_or_name)).first()
    if row is None:
        raise RunNotFound(
            N_("There is no run {run}. List the runs, and take an id or a name from there."), run=id_or_name
        )
    return row


def get_dataset(id_or_name: str) -> DatasetRow:
    """The dataset of that id or name. Raises DataError where there is none."""
    newest = select(DatasetRow).where(DatasetRow.name == id_or_name).order_by(sqlalchemy.desc("created"))
    with session() as opened:
        row = opened.get(DatasetRow, id_or_name) or opened.exec(newest).first()
    if row is None:
        raise DataError(N_("There is no dataset {dataset}. Import the file first."), dataset=id_or_name)
    return row


@cache
def _engine(url: str) -> Engine:
    _upgrade(url)
    return _connect(url)


def _connect(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": _busy_seconds})

    @sqlalchemy.event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: object) -> None:
        # Not WAL: SQLite up to 3.51.2 can lose writes there, and our writes are few (facts: 110 commits a second).
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _upgrade(url: str) -> None:
    """Bring the schema up to date. Several processes may start at once: one does it, the others wait."""
    workspace().locks.mkdir(parents=True, exist_ok=True)
    engine = _connect(url)
    with FileLock(workspace().locks / "schema.lock"):
        with engine.connect() as connection:
            if _schema_is_current(connection):
                return
        # Alembic takes a quarter of a second to import: only a new or an old database pays it.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["engine"] = engine
        command.upgrade(config, "head")
    engine.dispose()


def _schema_is_current(connection: sqlalchemy.Connection) -> bool:
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return False
    version = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version")).scalar()
    newest = max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return bool(newest.startswith(f"{version}_"))
