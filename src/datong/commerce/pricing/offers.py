"""Which tools there are for a purchase: what runs in its shops and on the platform, and what the buyer holds."""

from collections.abc import Sequence

import msgspec

from datong.commerce.member import tags_of
from datong.commerce.pricing.basket import BuyerEntitlements
from datong.commerce.pricing.discounts import Discount
from datong.commerce.pricing.promotions import ENROLLED_OF, RUNNING_OF, Running
from datong.commerce.pricing.quote_steps import QuoteStep
from datong.commerce.voucher import Gift, HeldVoucher, get_coins, list_usable
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class Buyer(msgspec.Struct, frozen=True):
    """Who asks for a price, and the vouchers it chose (None: the best ones). Its tags are read with the tools."""

    member_id: int
    chosen: frozenset[int] | None = None
    tools: Sequence[Discount] = ()
    """Tools of the buyer's own, such as the price of a presale it has paid a deposit for."""
    keeps_coins: bool = False
    """Whether it wants to spend its coins another time."""


class Used(msgspec.Struct, frozen=True):
    """How often a buyer has used a promotion."""

    promotion_id: int
    member_id: int
    uses: int


USED = rows(
    Used,
    """
    select u.promotion_id, u.member_id, sum(u.uses)::bigint as uses
    from unnest($1::integer[], $2::bigint[]) as w (bkt, promotion_id)
    join promotion_use u on u.bkt = w.bkt and u.promotion_id = w.promotion_id
    where u.member_id = any($3) and u.state in ('HELD', 'KEPT') group by u.promotion_id, u.member_id
    """,
)


class Offered:
    """The tools for many buyers, read once."""

    def __init__(
        self,
        running: Sequence[Running],
        vouchers: dict[int, list[HeldVoucher]],
        coins: dict[int, int],
        used: dict[tuple[int, int], int],
        tags: dict[int, frozenset[str]],
    ) -> None:
        self._running = running
        self._tools = [each.tool for each in running]
        self._limits = {each.tool.tool_id: each.per_buyer for each in running if each.per_buyer}
        self._vouchers = {member_id: [voucher_tool(each) for each in held] for member_id, held in vouchers.items()}
        self._coins = coins
        self._used = used
        self._tags = tags

    def of(self, buyer: Buyer | None) -> tuple[list[Discount], BuyerEntitlements]:
        """One buyer's tools and rights."""
        if buyer is None:
            return self._tools, BuyerEntitlements()
        tools = [self._limited(tool, buyer.member_id) for tool in self._tools] if self._limits else list(self._tools)
        coins = 0 if buyer.keeps_coins else self._coins.get(buyer.member_id, 0)
        return [*tools, *buyer.tools, *self._vouchers.get(buyer.member_id, [])], BuyerEntitlements(
            self._tags.get(buyer.member_id, frozenset()), buyer.chosen, coins
        )

    def gifts(self) -> list[Gift]:
        """Whatever may be given along."""
        return [tier.gift for tool in self._tools for tier in tool.terms.tiers if tier.gift]

    def _limited(self, tool: Discount, member_id: int) -> Discount:
        most = self._limits.get(tool.tool_id)
        if not most:
            return tool
        left = max(0, most - self._used.get((tool.tool_id, member_id), 0))
        return msgspec.structs.replace(tool, uses_left=min(tool.uses_left, left))


def voucher_tool(held: HeldVoucher) -> Discount:
    """A voucher as the engine takes it."""
    return Discount(
        held.voucher_id, held.version, held.owner_id, held.titles, held.terms, held.terms.reach.sets(), is_voucher=True,
        ends_at=held.valid_until,
    )  # fmt: skip


async def select_tools(
    tx: Tx, shop_ids: Sequence[int], buyers: Sequence[Buyer], held: dict[int, list[HeldVoucher]] | None = None
) -> Offered:
    """Everything that may lower a price in these shops for these buyers; `held` is what was read of their vouchers.

    The one place where buyers' tags are read, at the transaction's instant, so that every page and placing agree. They
    are read where a tool is for some members alone, or a step may ask for them.
    """
    found = await RUNNING_OF.get_many(tx, [0, *shop_ids])
    running = [each for owner in found.values() for each in owner if each.starts_at <= tx.now < each.ends_at]
    if any(each.tool.terms.is_enrolled for each in running):
        running = await _with_enrolled(tx, shop_ids, running)
    members = sorted({buyer.member_id for buyer in buyers})
    if not members:
        return Offered(running, {}, {}, {}, {})
    vouchers = await list_usable(tx, members) if held is None else held
    has_coins = any(each.tool.terms.layer == "coins" for each in running)
    limited = [each.tool.tool_id for each in running if each.per_buyer]
    used = await tx.all(USED, [bucket_of(each) for each in limited], limited, members) if limited else []
    return Offered(
        running, vouchers, await get_coins(tx, members) if has_coins else {},
        {(each.promotion_id, each.member_id): each.uses for each in used},
        await tags_of(tx, members) if tx.house.ports(QuoteStep) or _is_for_some(running, vouchers, buyers) else {},
    )  # fmt: skip


def _is_for_some(running: Sequence[Running], vouchers: dict[int, list[HeldVoucher]], buyers: Sequence[Buyer]) -> bool:
    """Whether any of these tools is for members of some kind alone."""
    return (
        any(each.tool.terms.audience for each in running)
        or any(each.terms.audience for held in vouchers.values() for each in held)
        or any(tool.terms.audience for buyer in buyers for tool in buyer.tools)
    )


async def _with_enrolled(tx: Tx, shop_ids: Sequence[int], running: Sequence[Running]) -> list[Running]:
    taking_part = await ENROLLED_OF.get_many(tx, shop_ids)
    made: list[Running] = []
    for each in running:
        if not each.tool.terms.is_enrolled:
            made.append(each)
            continue
        shops = frozenset(shop_id for shop_id, ids in taking_part.items() if each.tool.tool_id in ids)
        if shops:
            made.append(msgspec.structs.replace(each, tool=msgspec.structs.replace(each.tool, enrolled=shops)))
    return made
