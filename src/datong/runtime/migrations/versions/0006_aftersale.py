"""Refund cases and disputes."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0006_aftersale"))
