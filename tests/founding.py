"""What every town of a test begins with. It is written once, into the template whose copies the tests get."""

import ssl
from functools import lru_cache

import httpx

from datong.commerce import catalog
from datong.kernel.actor import SYSTEM
from datong.kernel.sql import value
from datong.kernel.tx import Db
from datong.runtime.bootstrap import open_brands

CATEGORY = "test:phones"
IS_FOUNDED = value(bool, "select exists (select from category where ref = $1)")


async def found(db: Db) -> None:
    """Both brands and a category, in an empty database."""
    await open_brands(db)
    async with db.begin() as tx:
        await catalog.save_verticals(tx, SYSTEM, [catalog.Vertical(4, "electronics", {"en": "Electronics"}, "x")])
        await catalog.save_categories(
            tx, SYSTEM, [catalog.CategoryDraft(CATEGORY, "", {"en": "Phones", "zh": "手机"}, "electronics")]
        )


async def is_founded(db: Db) -> bool:
    """Whether a database is a copy of a template in which this was done."""
    async with db.read() as tx:
        return await tx.one(IS_FOUNDED, CATEGORY)


@lru_cache
def trusted_roots() -> ssl.SSLContext:
    """The certificates an HTTP client trusts, read once: reading them takes longer than opening a town."""
    return httpx.create_ssl_context()
