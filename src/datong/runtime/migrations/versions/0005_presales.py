"""Presales: their tables, and purchases that bring deposits along."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0005_presales"))
