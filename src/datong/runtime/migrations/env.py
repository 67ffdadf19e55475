"""Alembic's environment: it only writes SQL text; datong.runtime.migrate runs it."""

from alembic import context

from datong.runtime.schema import metadata

context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
with context.begin_transaction():
    context.run_migrations()
