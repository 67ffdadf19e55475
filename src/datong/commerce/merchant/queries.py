"""Reading merchants and shops."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx
from datong.kernel.unique_names import find_name


class Shop(msgspec.Struct, frozen=True):
    """What everyone may know of a shop, and its state."""

    shop_id: int
    storefront_id: int
    kind: str
    mark: str
    names: dict[str, str]
    slug: str
    about: dict[str, str]
    picture: str
    ships_from: str
    category_id: int
    state: str
    opened_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it trades."""
        return self.state == "OPEN"


class ShopView(msgspec.Struct, frozen=True):
    """What a shop's staff and operators see of its entry."""

    shop_id: int
    state: str
    deposit_due: int
    fee_due: int
    deposit_paid: int
    fee_paid: int
    dues_by: datetime | None
    reason: str
    applied_at: datetime


class MemberShopRole(msgspec.Struct, frozen=True):
    """A member's role in a shop."""

    shop_id: int
    role: str


_COLUMNS = "shop_id, storefront_id, kind, mark, names, slug, about, picture, ships_from, category_id, state, opened_at"
_VIEW = "shop_id, state, deposit_due, fee_due, deposit_paid, fee_paid, dues_by, reason, applied_at"
GET = rows(Shop, f"select {_COLUMNS} from shop where bkt = $1 and shop_id = $2")
HOLD = rows(Shop, f"select {_COLUMNS} from shop where bkt = $1 and shop_id = $2 for share")
GET_MANY = rows(Shop, f"select {_COLUMNS} from shop where bkt = any($1) and shop_id = any($2)")
LIST_OPEN = rows(
    Shop,
    f"""
    select {_COLUMNS} from shop
    where state = 'OPEN' and storefront_id = $1 and shop_id > $2 order by shop_id limit $3
    """,
)
VIEW = rows(ShopView, f"select {_VIEW} from shop where bkt = $1 and shop_id = $2")
QUEUE = rows(
    ShopView,
    f"""
    select {_VIEW} from shop where state in ('SUBMITTED', 'UNDER_REVIEW', 'AWAIT_PAYMENT')
    order by applied_at, shop_id limit $1
    """,
)
DUTIES = rows(
    MemberShopRole, "select shop_id, role from duty where bkt = $1 and member_id = $2 and role <> '' limit 100"
)


async def get_shop(tx: Tx, shop_id: int) -> Shop:
    """A shop in any state; refuses `NotFound`."""
    found = await tx.maybe(GET, bucket_of(shop_id), shop_id)
    if found is None:
        raise NotFound("shop", shop_id)
    return found


async def hold_shop(tx: Tx, shop_id: int) -> Shop:
    """Like `get_shop`; it stays in its state until this transaction ends. SELECT … FOR SHARE in the shop's bucket."""
    found = await tx.maybe(HOLD, bucket_of(shop_id), shop_id)
    if found is None:
        raise NotFound("shop", shop_id)
    return found


async def get_shops(tx: Tx, shop_ids: Iterable[int]) -> dict[int, Shop]:
    """Several shops by id; those that do not exist are missing."""
    wanted = sorted(set(shop_ids))
    if not wanted:
        return {}
    found = await tx.all(GET_MANY, sorted({bucket_of(each) for each in wanted}), wanted)
    return {shop.shop_id: shop for shop in found}


RECENT = TtlCache(get_shops)


async def get_recent_shops(tx: Tx, shop_ids: Iterable[int]) -> dict[int, Shop]:
    """Like `get_shops`, from this process's memory: at most two seconds behind."""
    return await RECENT.get_many(tx, shop_ids)


async def get_recent_shop(tx: Tx, shop_id: int) -> Shop:
    """One of them; refuses `NotFound`."""
    found = await RECENT.get_many(tx, [shop_id])
    if shop_id not in found:
        raise NotFound("shop", shop_id)
    return found[shop_id]


async def list_open_shops(tx: Tx, storefront_id: int, cursor: str = "", limit: int = 30) -> Page[Shop]:
    """Shops of one brand that trade."""
    (after,) = decode_cursor(cursor, [0])
    found = await tx.all(LIST_OPEN, storefront_id, after, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda shop: [shop.shop_id])


async def find_shop_by_slug(tx: Tx, slug: str) -> Shop | None:
    """The shop at an address, or None."""
    shop_id = await find_name(tx, "shop", slug)
    return None if shop_id is None else await tx.maybe(GET, bucket_of(shop_id), shop_id)


async def get_shop_view(tx: Tx, actor: Actor, shop_id: int) -> ShopView:
    """A shop's entry and dues, for its staff and for operators."""
    if not actor.may("operator:shop:read"):
        actor.must("shop:shop:read", shop_id)
    found = await tx.maybe(VIEW, bucket_of(shop_id), shop_id)
    if found is None:
        raise NotFound("shop", shop_id)
    return found


async def list_applications(tx: Tx, actor: Actor, limit: int = 100) -> list[ShopView]:
    """Shops that wait for a decision or for their dues, oldest first."""
    actor.must("operator:shop:read")
    return await tx.all(QUEUE, clamp_limit(limit))


async def list_member_shop_roles(tx: Tx, member_id: int) -> list[MemberShopRole]:
    """Where a member works, from its own bucket."""
    return await tx.all(DUTIES, bucket_of(member_id), member_id)
