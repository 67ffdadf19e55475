"""The first house: kernel, storefronts, rulebook, members, merchants, catalogue, stock, orders, money."""

from datong.migrating import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, then the functions."""
    for part in ("kernel", "people", "goods", "trade", "functions"):
        run_file(f"{revision}_{part}")
