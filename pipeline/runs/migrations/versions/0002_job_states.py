"""When a job came into which state. What is known of older jobs (submitted, started, ended) is carried over."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table and fill it from the jobs that are there."""
    states = op.create_table(
        "job_state",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job", sa.String(), nullable=False, index=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
    )
    jobs = sa.table("job", *(sa.column(name) for name in ("id", "state", "submitted", "started", "ended")))
    known = sa.union_all(
        sa.select(jobs.c.id, sa.literal("queued"), jobs.c.submitted.label("since"), sa.literal("")),
        sa.select(jobs.c.id, sa.literal("starting"), jobs.c.started, sa.literal("")).where(jobs.c.started.is_not(None)),
        sa.select(jobs.c.id, jobs.c.state, jobs.c.ended, sa.literal("")).where(jobs.c.ended.is_not(None)),
    )
    op.execute(states.insert().from_select(["job", "state", "since", "note"], known.order_by("since")))
