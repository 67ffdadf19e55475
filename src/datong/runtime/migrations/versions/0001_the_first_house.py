"""The first house: kernel, storefronts, rulebook, members, merchants, catalogue, stock, orders, money."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, then the functions."""
    for part in ("kernel", "people", "goods", "trade", "functions"):
        op.execute(sql_of(f"{revision}_{part}"))
