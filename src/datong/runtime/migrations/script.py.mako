"""${message}."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of(revision))
