"""Reviews, credit and DSR."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0007_reviews"))
