"""Favourites, footprints and passkeys."""

from alembic import op

from datong.runtime.migrations.scripting import sql_of

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the SQL of this step."""
    op.execute(sql_of("0009_favourites_and_passkeys"))
