"""Every number of the business stands in docs/parameters.md as it is declared, and changes there and here or not."""

from pathlib import Path
from typing import Any

import msgspec

from datong.commerce.rulebook import Parameter
from datong.wiring import find_house

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "parameters.md"


def row_of(parameter: Parameter[Any]) -> str:
    """A parameter as the document's table shows it."""
    default = msgspec.json.encode(parameter.default).decode().replace("|", "\\|")
    bounds = "-".join(f"{each:_}" for each in parameter.bounds) if parameter.bounds else ""
    scopes = ", ".join(each for each in ("storefront", "vertical", "category") if each in parameter.scopes)
    return f"| `{parameter.name}` | {default} | {bounds} | {scopes} | {parameter.source} |"


def test_the_document_shows_every_parameter_as_it_is_declared() -> None:
    listed = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert listed == [row_of(each) for _, each in sorted(find_house().parameters.items())]
