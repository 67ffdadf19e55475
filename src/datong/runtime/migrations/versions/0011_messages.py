"""Messages and notices."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0011_messages"))
