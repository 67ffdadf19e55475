"""${message}"""

from datong.migrating import run_file

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run the SQL of this step."""
    run_file(revision)
