"""Promotions and vouchers: their tables, what orders keep of them, and the functions that count them."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0004_tables"))
    op.execute(sql_of("0004_functions"))
