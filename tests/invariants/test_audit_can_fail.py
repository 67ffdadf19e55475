"""Every identity of the audit is broken on purpose, in a transaction that is rolled back, and must name the row."""

import re
from pathlib import Path

import asyncpg
import pytest

from datong.auditing import CHECKS, audit, audit_and_print
from datong.kernel.sql import command
from tests.invariants.conftest import Traded
from tests.make import Town

BY_NAME = {each.name: each for each in CHECKS}
PLANTS = [
    (block[1], block[2].strip())
    for block in re.finditer(
        r"^-- (\w+\.\w+)$(.*?)(?=^-- |\Z)",
        Path(__file__).with_name("plants.sql").read_text(),
        re.MULTILINE | re.DOTALL,
    )
]


async def broken(connection: asyncpg.Connection, name: str, traded: Traded) -> list[str]:
    """The subjects that a check reports, as this transaction sees the tables."""
    text = BY_NAME[name].query.text
    args = (traded[1],) if "$1" in text else ()
    return [str(row["subject"]) for row in await connection.fetch(text, *args)]


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
    ("name", "statements"), PLANTS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(PLANTS)]
)
async def test_a_broken_row_is_named(traded: Traded, planting: asyncpg.Connection, name: str, statements: str) -> None:
    assert await plant(planting, statements) in await broken(planting, name, traded)


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
