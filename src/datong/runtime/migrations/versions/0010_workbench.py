"""Memos on orders, merchants' imports, papers of an entry, pages of shops."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0010_workbench"))
