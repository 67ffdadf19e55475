"""Writing a placed purchase: its row, one order a shop, their lines, and the fact, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.member import Address
from datong.commerce.pricing import Quote, ShopQuote
from datong.facts import OrderRef, PurchasePlaced
from datong.kernel.actor import Actor
from datong.kernel.sql import Doc, command
from datong.kernel.tx import Tx


class OrderDraft(msgspec.Struct, frozen=True):
    """One shop's part of a purchase, with what is frozen at placement."""

    quote: ShopQuote
    rates: list[int]
    commission: list[int]
    due_at: datetime
    note: str


PUT_PURCHASE = command(
    """
    insert into purchase (bkt, purchase_id, member_id, hold_id, currency, total, rules_version, placed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """
)
PUT_ORDERS = command(
    """
    insert into shop_order (bkt, order_id, purchase_id, member_id, shop_id, storefront_id, hold_id, state, version,
        currency, goods, freight, payable, commission, rules_version, shop_names, address, note, placed_at, due_at)
    select $1, o.order_id, $2, $3, o.shop_id, o.storefront_id, $4, 'WAIT_BUYER_PAY', 1,
        $5, o.goods, o.freight, o.payable, o.commission, $6, o.shop_names, $7, o.note, $8, o.due_at
    from unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
        $15::bigint[], $16::jsonb[], $17::text[], $18::timestamptz[])
      as o (order_id, shop_id, storefront_id, goods, freight, payable, commission, shop_names, note, due_at)
    """
)
PUT_LINES = command(
    """
    insert into order_line (bkt, line_id, order_id, sku_id, product_id, product_version, category_id, titles,
        labels, picture, quantity, unit_price, goods, payable, cuts, commission_bps, commission)
    select $1, l.line_id, l.order_id, l.sku_id, l.product_id, l.product_version, l.category_id, l.titles,
        l.labels, l.picture, l.quantity, l.unit_price, l.goods, l.payable, l.cuts, l.commission_bps, l.commission
    from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[], $7::bigint[], $8::jsonb[],
        $9::jsonb[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::jsonb[],
        $16::integer[], $17::bigint[])
      as l (line_id, order_id, sku_id, product_id, product_version, category_id, titles, labels, picture,
        quantity, unit_price, goods, payable, cuts, commission_bps, commission)
    """
)


async def write_purchase(
    tx: Tx, buyer: Actor, purchase_id: int, hold_id: int, quoted: Quote, address: Address, drafts: Sequence[OrderDraft]
) -> None:
    """Write it all and tell `PurchasePlaced`."""
    total = quoted.total
    await tx.run(
        PUT_PURCHASE, tx.bucket, purchase_id, buyer.id, hold_id, total.currency, total.amount,
        quoted.rules_version, tx.now,
    )  # fmt: skip
    orders, lines, refs = [], [], []
    for draft in drafts:
        shop, order_id = draft.quote, tx.new_id()
        refs.append(OrderRef(order_id, shop.shop_id))
        orders.append(
            (
                order_id, shop.shop_id, shop.storefront_id, shop.goods, shop.freight, shop.total,
                sum(draft.commission), shop.shop_names, draft.note, draft.due_at,
            )
        )  # fmt: skip
        for line, rate, commission in zip(shop.lines, draft.rates, draft.commission, strict=True):
            lines.append(
                (
                    tx.new_id(), order_id, line.sku_id, line.product_id, line.product_version, line.category_id,
                    line.titles, line.labels, line.picture, line.quantity, line.unit_price, line.goods,
                    line.payable, Doc(line.cuts), rate, commission,
                )
            )  # fmt: skip
    await tx.run(
        PUT_ORDERS, tx.bucket, purchase_id, buyer.id, hold_id, total.currency, quoted.rules_version, address,
        tx.now, *map(list, zip(*orders, strict=True)),
    )  # fmt: skip
    await tx.run(PUT_LINES, tx.bucket, *map(list, zip(*lines, strict=True)))
    sku_ids = sorted(quoted.quantities())
    tx.tell(
        PurchasePlaced(
            purchase_id=purchase_id,
            member_id=buyer.id,
            hold_id=hold_id,
            sku_ids=sku_ids,
            orders=refs,
            placed_at=tx.now,
        )
    )
