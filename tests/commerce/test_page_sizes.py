"""Lists without a limit show so many rows a page, and say where to go on."""

import pytest

from datong.commerce import aftersale, order, payment
from datong.commerce.payment.ledger import Leg, post
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.sql import command
from tests.cases import STAFF, CaseActions, ask, bought
from tests.instants import share_bucket
from tests.make import Town

STAFF_OF_LEDGER = Actor(7, "member", {}, frozenset({"ledger:read"}))


async def multiply(town: Town, table: str, *keys: str) -> None:
    """Sixty more rows like each of a table, each with ids of its own."""
    changed = ", ".join(f"'{key}', t.{key} + 4096 * 99 * n" for key in keys)
    copies = command(
        f"""
        insert into {table} select (jsonb_populate_record(t, jsonb_build_object({changed}))).*
        from {table} t, generate_series(1, 60) as n where $1 = 0
        """
    )
    async with town.db.begin() as tx:
        await tx.run(copies, 0)


async def test_lists_have_the_pages_that_they_promise(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    share_bucket(monkeypatch)
    shop, shopper, order_id = await bought(town, 30_000)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    asked = await shopper.buy(await shop.product())
    await ask(shopper, asked, reason="not_wanted")
    async with town.db.begin(77) as tx:
        legs = [Leg("bank", 0, -10_000), Leg("shop_balance", shop.id, 10_000)]
        await post(tx, legs, "CNY", "test", shop.id)
        await payment.request_payout(tx, shop.owner, shop.id, Money(10_000, "CNY"), "one")
        await order.set_memo(tx, shop.owner, shop.id, order_id, 1, "")
    await town.deliver()
    for table, *keys in (
        ("payout", "payout_id"), ("ledger_entry", "entry_id"), ("seller_order", "order_id"), ("shop_order", "order_id"),
        ("refund_case", "case_id", "line_id"), ("seller_case", "case_id"), ("order_memo", "order_id"),
        ("dispute", "dispute_id", "case_id"),
    ):  # fmt: skip
        await multiply(town, table, *keys)
    owner, shop_id, buyer = shop.owner, shop.id, shopper.actor
    async with town.db.read() as tx:
        for page, size in (
            (await payment.list_payouts(tx, owner, shop_id), 30),
            (await payment.list_statement(tx, owner, shop_id), 50),
            (await payment.list_entries(tx, STAFF_OF_LEDGER, "shop_balance", shop_id), 50),
            (await order.list_orders(tx, buyer), 20), (await order.list_seller_orders(tx, owner, shop_id), 30),
            (await order.list_flagged_orders(tx, owner, shop_id, 1), 20),
            (await aftersale.list_own_cases(tx, buyer), 20),
            (await aftersale.list_seller_cases(tx, owner, shop_id), 30),
        ):  # fmt: skip
            assert (len(page.items), bool(page.next_cursor)) == (size, True)
        for rows in (
            await aftersale.list_due_cases(tx, owner, shop_id), await aftersale.list_open_cases(tx, owner, shop_id),
            await aftersale.list_desk(tx, STAFF),
        ):  # fmt: skip
            assert len(rows) == 50
