"""The log of operators' acts, the beat of the sweeps, and the platform's own accounts at a glance."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0012_governance"))
