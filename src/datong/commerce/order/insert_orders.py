"""Writing placed purchases: rows, orders, lines, the fact, the emptied cart and the completed claim, in one statement.

Many are written by one statement. It is the function `order_place`, which writes only those
purchases whose claim is still theirs, and calls each other room's own function for its part.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from datong.commerce.member import Address
from datong.commerce.payment import LineParts
from datong.commerce.pricing import Quote, ShopQuote
from datong.facts.order import LineSource, OrderRef, PurchasePlaced
from datong.kernel.ids import Ids, bucket_of
from datong.kernel.refusal import Conflict
from datong.kernel.sql import Doc, changed_value, rows
from datong.kernel.tx import Db

Row = dict[str, object]
WRITE_MARGIN = timedelta(seconds=30)
"""A hold that expires sooner than this is not written on."""


class HoldTooOld(Conflict):
    """The hold would expire before the purchase is written; the same request may be sent again."""

    code = "order.hold_too_old"


class VoucherGone(Conflict):
    """A voucher or coins of this purchase were used elsewhere in this moment, or have run out."""

    code = "order.voucher_gone"


class OrderDraft(msgspec.Struct, frozen=True):
    """One shop's part of a purchase, with what is frozen at placement."""

    quote: ShopQuote
    rates: list[int]
    commission: list[int]
    due_at: datetime
    note: str
    sources: list[LineSource]
    parts: list[LineParts | None]


class Promise(msgspec.Struct, frozen=True):
    """Whose purchase it is, under which claim and hold; what came from the cart leaves it."""

    purchase_id: int
    owner_id: int
    request_key: str
    attempt: int
    hold_id: int
    is_from_cart: bool


class PurchaseRows(msgspec.Struct, frozen=True):
    """Everything one purchase writes."""

    bucket: int
    purchase: Row
    orders: list[Row]
    lines: list[Row]
    fact: Row
    taken: list[Row]
    brought: Row | None
    """Vouchers and coins that must be there when it is written."""
    write_by: datetime
    """Later, its hold might be let go of while it is written."""


class Kept(msgspec.Struct, frozen=True):
    """A purchase that is there, and the hold it was written on."""

    purchase_id: int
    hold_id: int


KEPT = rows(Kept, "select purchase_id, hold_id from purchase where bkt = any($1) and purchase_id = any($2)")
PLACE = changed_value(
    int, "select order_place($1, $2, $3::jsonb, $4::jsonb, $5::jsonb, $6::jsonb, $7::jsonb, $8::jsonb)"
)


def rows_of(
    ids: Ids,
    promise: Promise,
    quoted: Quote,
    address: Address | None,
    drafts: Sequence[OrderDraft],
    expires_at: datetime,
    now: datetime,
) -> PurchaseRows:
    """The rows of a purchase; pure but for the new ids."""
    bucket, total = bucket_of(promise.owner_id), quoted.total
    purchase: Row = msgspec.structs.asdict(promise) | {
        "bkt": bucket, "currency": total.currency, "total": total.amount, "rules_version": quoted.rules_version,
    }  # fmt: skip
    common: Row = {
        "bkt": bucket, "purchase_id": promise.purchase_id, "member_id": promise.owner_id, "hold_id": promise.hold_id,
        "currency": total.currency, "rules_version": quoted.rules_version, "address": address or {},
    }  # fmt: skip
    orders: list[Row] = []
    lines: list[Row] = []
    refs: list[OrderRef] = []
    for draft in drafts:
        order_id = ids.new(bucket)
        refs.append(OrderRef(order_id, draft.quote.shop_id))
        orders.append(common | _order_row(order_id, draft))
        lines += [
            row | {"bkt": bucket, "purchase_id": promise.purchase_id, "line_id": ids.new(bucket), "order_id": order_id}
            for row in _line_rows(draft)
        ]
    sku_ids = sorted(quoted.quantities())
    fact = PurchasePlaced(
        purchase_id=promise.purchase_id, member_id=promise.owner_id, hold_id=promise.hold_id, sku_ids=sku_ids,
        orders=refs, placed_at=now, promotion_ids=sorted({each for draft in drafts for each in draft.quote.limited}),
    )  # fmt: skip
    told: Row = {
        "bkt": bucket, "fact_id": ids.new(bucket), "owner_id": fact.owner_id, "kind": type(fact).__name__, "body": fact,
    }  # fmt: skip
    taken: list[Row] = [
        {
            "bkt": bucket, "owner_id": promise.owner_id, "sku_id": sku_id, "purchase_id": promise.purchase_id,
            "source_kind": source.kind, "source_ref": source.ref, "source_token": source.token,
        }
        for sku_id, source in (_bought_of(quoted) if promise.is_from_cart else ())
    ]  # fmt: skip
    vouchers = sorted({each for draft in drafts for each in draft.quote.vouchers})
    coins = sum([draft.quote.coins for draft in drafts])
    deposits = sorted({each for draft in drafts for each in draft.quote.deposits})
    brought: Row | None = {
        "bkt": bucket, "purchase_id": promise.purchase_id, "owner_id": promise.owner_id, "vouchers": vouchers,
        "coins": coins, "deposits": deposits,
    } if vouchers or coins or deposits else None  # fmt: skip
    return PurchaseRows(bucket, purchase, orders, lines, told, taken, brought, expires_at - WRITE_MARGIN)


def _bought_of(quoted: Quote) -> list[tuple[int, LineSource]]:
    """Each SKU with each source it came from, once, in order."""
    found = {(line.sku_id, line.source) for shop in quoted.shops for line in shop.lines if not line.hold_id}
    return sorted(found, key=lambda each: (each[0], each[1].kind, each[1].ref, each[1].token))


def _order_row(order_id: int, draft: OrderDraft) -> Row:
    shop = draft.quote
    return {
        "order_id": order_id, "shop_id": shop.shop_id, "storefront_id": shop.storefront_id, "goods": shop.goods,
        "freight": shop.freight, "payable": shop.total, "commission": sum(draft.commission),
        "shop_names": shop.shop_names, "note": draft.note, "due_at": draft.due_at, "subsidy": shop.subsidy,
        "tools": {"vouchers": shop.vouchers, "coins": shop.coins, "promotions": shop.limited,
        "deposits": shop.deposits}, "prepaid": shop.prepaid,
    }  # fmt: skip


def _line_rows(draft: OrderDraft) -> list[Row]:
    return [
        {
            "sku_id": line.sku_id, "product_id": line.product_id, "product_version": line.product_version,
            "category_id": line.category_id, "titles": line.titles, "labels": line.labels, "picture": line.picture,
            "quantity": line.quantity, "unit_price": line.unit_price, "goods": line.goods, "payable": line.payable,
            "cuts": line.cuts, "commission_bps": rate, "commission": commission,
            "hold_id": line.hold_id, "source": source or {}, "parts": parts.parts if parts else [],
            "method": line.method,
        }
        for line, rate, commission, source, parts in zip(
            draft.quote.lines, draft.rates, draft.commission, draft.sources, draft.parts, strict=True
        )
    ]  # fmt: skip


async def write_purchases(db: Db, batch: Sequence[PurchaseRows]) -> list[bool | Exception]:
    """Write each, and tell `PurchasePlaced`; False if another attempt took the claim over.

    `HoldTooOld` if it is late, `VoucherGone` if what it brings along is not there any more.
    """
    now = db.now()
    timely = [each for each in batch if now <= each.write_by]
    written: set[int] = set()
    for buckets in db.groups(each.bucket for each in timely):
        written |= set(await _write_timely(db, [each for each in timely if each.bucket in buckets], now))
    missing = [each for each in batch if _id(each) not in written]
    if missing:
        # The statement may have been committed before and its answer lost: then the row has this very hold.
        async with db.read() as tx:
            kept = await tx.all(KEPT, [each.bucket for each in missing], [_id(each) for each in missing])
        holds = {each.purchase_id: each.hold_id for each in kept}
        written |= {_id(each) for each in missing if holds.get(_id(each)) == each.purchase["hold_id"]}
    return [_id(each) in written or _why_not(each, now) for each in batch]


def _why_not(rows_: PurchaseRows, now: datetime) -> Exception | bool:
    if now > rows_.write_by:
        return HoldTooOld()
    return VoucherGone() if rows_.brought else False


async def _write_timely(db: Db, batch: Sequence[PurchaseRows], now: datetime) -> list[int]:
    first = batch[0].bucket
    ours = await db.once(
        first, PLACE, first, now,
        Doc([each.purchase for each in batch]),
        Doc([row for each in batch for row in each.orders]),
        Doc([row for each in batch for row in each.lines]),
        Doc([each.fact for each in batch]),
        Doc([row for each in batch for row in each.taken]),
        Doc([each.brought for each in batch if each.brought]),
    )  # fmt: skip
    db.wake()
    return ours


def _id(rows_: PurchaseRows) -> int:
    return int(str(rows_.purchase["purchase_id"]))
