"""Every identity of the audit is broken on purpose, in a transaction that is rolled back, and must name the row."""

import re
from pathlib import Path

import asyncpg
import pytest

from datong.kernel.invariants import audit
from datong.kernel.sql import command
from datong.runtime.commands.audit import audit_and_print
from datong.wiring import find_house
from tests.invariants.conftest import Traded
from tests.make import Town

CHECKS = find_house().invariants
BY_NAME = {each.name: each for each in CHECKS}
PLANTS = [
    (block[1], block[2].strip())
    for block in re.finditer(
        r"^-- (\w+\.\w+)$(.*?)(?=^-- |\Z)",
        Path(__file__).with_name("plants.sql").read_text(),
        re.MULTILINE | re.DOTALL,
    )
]


DETAILS = Path(__file__).with_name("details.txt")
"""What the audit says of each plant, without ids and instants: `name-number: detail`."""
CHANGING = re.compile(r"\d{13,}|\d{4}-\d\d-\d\d .*")


async def broken(connection: asyncpg.Connection, name: str, traded: Traded) -> dict[str, str]:
    """The subjects that a check reports, and what it says of each, as this transaction sees the tables."""
    text = BY_NAME[name].query.text
    args = (traded[1],) if "$1" in text else ()
    return {str(row["subject"]): str(row["detail"]) for row in await connection.fetch(text, *args)}


async def plant(connection: asyncpg.Connection, statements: str) -> str:
    """Break a row; answers what the last statement says of it. A plant that touches no row is a mistake of the test."""
    *before, last = [each for each in statements.split(";") if each.strip()]
    for each in before:
        await connection.execute(each)
    subject = await connection.fetchval(last)
    assert subject is not None, f"nothing was planted by {last}"
    return str(subject)


async def test_the_town_breaks_no_identity(traded: Traded, planting: asyncpg.Connection) -> None:
    assert {name: found for name in BY_NAME if (found := await broken(planting, name, traded))} == {}


def test_every_identity_has_a_row_that_breaks_it() -> None:
    assert {name for name, _ in PLANTS} == set(BY_NAME), "a new identity needs a plant in plants.sql"
    assert len(BY_NAME) == len(CHECKS), "two identities share a name"


@pytest.mark.parametrize(
    ("name", "statements", "number"),
    [(*each, number) for number, each in enumerate(PLANTS)],
    ids=[f"{name}-{number}" for number, (name, _) in enumerate(PLANTS)],
)
async def test_a_broken_row_is_named(
    traded: Traded, planting: asyncpg.Connection, name: str, statements: str, number: int
) -> None:
    subject = await plant(planting, statements)
    found = await broken(planting, name, traded)
    assert subject in found
    assert f"{name}-{number}: {CHANGING.sub('#', found[subject])}" in DETAILS.read_text().splitlines()


async def test_the_command_says_what_is_broken_and_exits_with_one(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole audit, as an operator runs it: on a whole town, and on one where money came from nowhere."""
    assert await audit_and_print(town.settings, town.db) == 0
    assert "BROKEN" not in capsys.readouterr().out
    async with town.db.begin(5) as tx:
        await tx.run(
            command("insert into balance (bkt, account, owner_id, currency, amount) values ($1, 'bank', 0, 'CNY', 7)"),
            5,
        )
    assert sorted(await audit(town.db)) == ["ledger.balances", "ledger.sum"]
    assert await audit_and_print(town.settings, town.db) == 1
    said = capsys.readouterr()
    assert "BROKEN ledger.sum" in said.out
    assert "CNY: 7" in said.out
    assert f"{len(CHECKS) - 2} of {len(CHECKS)} identities hold" in said.err
    with pytest.raises(AssertionError, match=r"ledger\.sum"):
        await town.check_books()
