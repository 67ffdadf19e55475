"""The operator's command line: finds the command and loads that one alone, so that each starts fast and small."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from datong import __version__
from datong.settings import SettingsError, read_settings

COMMANDS: dict[str, str] = {
    "up": "run everything: database, worker, web; a demo town on first start",
    "migrate": "bring the database to this release's schema",
    "init": "open the brands and the verticals of an installation without a demo",
    "seed": "build the demo town in an empty database",
    "worker": "deliver facts and run sweeps",
    "web": "serve HTTP",
    "audit": "check every identity on the live database; exit 1 if one is broken",
    "import-catalog": "import products from CSV or JSON lines (.gz too)",
    "import-categories": "import a category tree with its attributes",
    "clock": "move the clock of a demo forward",
    "grant-operator": "give a member the rights of an operator in one or more centres",
    "rooms": "show the rooms of this installation, or everything one of them brings",
    "search": "see the search index, build it anew, or export what was asked and what came of it",
    "failed-events": "list events that could not be delivered, or send one again",
}
FORMER_NAMES: dict[str, str] = {"found": "init", "appoint": "grant-operator", "dead-letters": "failed-events"}
"""Names of earlier releases, still understood: scripts of operators use them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="datong",
        description="A marketplace operating platform. Settings are environment variables; see docs/operations.md.",
        epilog="\n".join(f"  {name:<18} {text}" for name, text in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    first = [FORMER_NAMES.get(each, each) for each in given[:1]]
    name: str = parser.parse_args(first).command
    command = import_module(f"datong.runtime.commands.{name.replace('-', '_')}")
    own = argparse.ArgumentParser(prog=f"datong {name}", description=COMMANDS[name])
    command.add(own)
    try:
        return int(command.run(read_settings(), own.parse_args(given[1:])))
    except SettingsError as error:
        print(f"datong: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
