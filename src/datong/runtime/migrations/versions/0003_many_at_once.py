"""Many at once: facts noted, keys claimed, stock held and moved, orders copied in one call each."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0003_many_at_once"))
