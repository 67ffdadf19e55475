"""Search."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0008_search"))
