"""What needs Alembic and the whole schema: loaded only when there is a step to run."""

from io import StringIO
from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config

FOLDER = Path(__file__).parent


def script(current: str | None, target: str) -> str:
    """The SQL that leads from one step to another."""
    written = StringIO()
    config = Config(output_buffer=written)
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    upgrade(config, f"{current or 'base'}:{target}", sql=True)
    return written.getvalue()


def sql_of(name: str) -> str:
    """The text of `sql/<name>.sql`; a colon in it is a colon and no parameter."""
    return (FOLDER / "sql" / f"{name}.sql").read_text().replace(":", r"\:")
