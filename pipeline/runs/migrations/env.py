"""What Alembic runs: each migration on the engine that pipeline.runs.store hands over."""

from alembic import context
from sqlmodel import SQLModel

with context.config.attributes["engine"].connect() as connection:
    # SQLite cannot alter a column in place; batch mode copies the table.
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
