"""Placing in batches: functions that hold stock and write purchases for many callers in one call."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0002_placing_in_batches"))
