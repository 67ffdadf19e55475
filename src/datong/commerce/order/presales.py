"""Presales: a shop sells something ahead, for a deposit now and the balance later. Source: domain.md §6 [10].

Two kinds: the deposit counts as more than was paid (inflation), or the price falls by a fixed amount (minus).
"""

from datetime import datetime

import msgspec

from datong.commerce.catalog import get_product
from datong.commerce.rulebook import Parameter, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.intervals import check_interval
from datong.kernel.money import share_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case


class DepositBand(msgspec.Struct, frozen=True):
    """From this price on a deposit is at least so much, or this share of the price, whichever rule is given."""

    price: int
    least: int = 0
    least_bps: int = 0


MIN_PRICE = Parameter(
    "order.presale_least_price", int, 5_000, "domain.md §6 [10]: item >= 50 yuan", bounds=(1, 1_000_000_000)
)
DEPOSIT_STEP = Parameter(
    "order.presale_deposit_step",
    int,
    1_000,
    "domain.md §6 [10]: deposit >= 10 and a multiple of 10",
    bounds=(1, 10_000_000),
)
DEPOSIT_MOST_BPS = Parameter(
    "order.presale_deposit_most_bps", int, 2_000, "domain.md §6 [10]: <= 20% of the price", bounds=(0, 10_000)
)
DEPOSIT_BANDS = Parameter(
    "order.presale_deposit_bands",
    list[DepositBand],
    [DepositBand(0, least_bps=1_000), DepositBand(50_000, least=5_000), DepositBand(100_000, least=10_000)],
    "domain.md §6 [10]: price < 500: 10%; 500-999: >= 50; >= 1000: >= 100",
)
MINUS_STEP = Parameter(
    "order.presale_minus_step", int, 500, "domain.md §6 [10]: reduction a multiple of 5", bounds=(1, 10_000_000)
)
MINUS_MOST_BPS = Parameter(
    "order.presale_minus_most_bps", int, 4_000, "domain.md §6 [10]: <= 40% of the cheapest SKU", bounds=(0, 10_000)
)


class PresaleRunning(Conflict):
    """This product is in a presale already."""

    code = "order.presale_running"


class PresaleDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A presale as it is typed in; amounts by piece in minor units. `counts_as` 0: what the deposit is."""

    product_id: int
    titles: dict[str, str]
    deposit: int
    deposit_from: datetime
    deposit_until: datetime
    balance_from: datetime
    balance_until: datetime
    counts_as: int = 0
    minus: int = 0


class Presale(msgspec.Struct, frozen=True):
    """A presale as it is kept."""

    presale_id: int
    shop_id: int
    product_id: int
    titles: dict[str, str]
    deposit: int
    counts_as: int
    minus: int
    deposit_from: datetime
    deposit_until: datetime
    balance_from: datetime
    balance_until: datetime
    is_stopped: bool

    @property
    def cut(self) -> int:
        """What a piece costs less in the end."""
        return self.minus or self.counts_as - self.deposit

    def takes_deposits(self, now: datetime) -> bool:
        """Whether a deposit can be paid at this moment."""
        return not self.is_stopped and self.deposit_from <= now < self.deposit_until


_COLUMNS = """presale_id, shop_id, product_id, titles, deposit, counts_as, minus, deposit_from, deposit_until,
    balance_from, balance_until, is_stopped"""
PUT = command(
    """
    insert into presale (bkt, presale_id, shop_id, product_id, titles, deposit, counts_as, minus, deposit_from,
        deposit_until, balance_from, balance_until, made_by, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """
)
STOP = command("update presale set is_stopped = true where bkt = $1 and presale_id = $2 and shop_id = $3")
GET = rows(Presale, f"select {_COLUMNS} from presale where bkt = $1 and presale_id = $2")
LIST = rows(
    Presale, f"select {_COLUMNS} from presale where bkt = $1 and shop_id = $2 order by presale_id desc limit 100"
)
OF_PRODUCT = rows(
    Presale,
    f"""
    select {_COLUMNS} from presale
    where bkt = $1 and product_id = $2 and balance_until > $3 and not is_stopped order by deposit_from limit 1
    """,
)


@use_case("shop_id")
async def make_presale(tx: Tx, actor: Actor, shop_id: int, draft: PresaleDraft) -> int:
    """Offer a product ahead. Refuses `Invalid` naming the rule, `PresaleRunning`, `NotFound`."""
    actor.must("shop:promotion:edit", shop_id)
    view = await get_product(tx, draft.product_id)
    if view.product.shop_id != shop_id:
        raise NotFound("product", draft.product_id)
    await _check(tx, draft, view.product.price_min)
    if await tx.maybe(OF_PRODUCT, bucket_of(shop_id), draft.product_id, tx.now):
        raise PresaleRunning
    presale_id = tx.new_id(bucket_of(shop_id))
    await tx.run(
        PUT, bucket_of(shop_id), presale_id, shop_id, draft.product_id, draft.titles, draft.deposit,
        draft.counts_as or draft.deposit, draft.minus, draft.deposit_from, draft.deposit_until, draft.balance_from,
        draft.balance_until, actor.id, tx.now,
    )  # fmt: skip
    return presale_id


async def _check(tx: Tx, draft: PresaleDraft, price: int) -> None:
    rules, now = await get_rules(tx), tx.now
    step, bands = rules.value(DEPOSIT_STEP, now), rules.value(DEPOSIT_BANDS, now)
    band = [each for each in bands if each.price <= price][-1]
    least = max(step, band.least, share_of(price, band.least_bps))
    most = share_of(price, rules.value(DEPOSIT_MOST_BPS, now))
    if price < rules.value(MIN_PRICE, now):
        raise Invalid("product_id", f"costs at least {rules.value(MIN_PRICE, now) // 100}")
    if draft.deposit % step or not least <= draft.deposit <= most:
        raise Invalid("deposit", f"a multiple of {step // 100} from {least / 100:g} to {most / 100:g}")
    if draft.counts_as and (draft.minus or not draft.deposit <= draft.counts_as < price):
        raise Invalid("counts_as", "at least the deposit, less than the price, and without a minus")
    minus_most = share_of(price, rules.value(MINUS_MOST_BPS, now))
    if draft.minus % rules.value(MINUS_STEP, now) or not 0 <= draft.minus <= minus_most:
        raise Invalid("minus", f"a multiple of {rules.value(MINUS_STEP, now) // 100}, at most {minus_most / 100:g}")
    if draft.deposit + draft.minus >= price:
        raise Invalid("minus", "leaves a balance to pay")
    check_interval("deposit_from", draft.deposit_from, "deposit_until", draft.deposit_until)
    check_interval("balance_from", draft.balance_from, "balance_until", draft.balance_until)
    if draft.balance_from < draft.deposit_until:
        raise Invalid("balance_from", "first the deposits, then the balances")
    if draft.deposit_until <= now:
        raise Invalid("deposit_until", "in the future")
    if not any(draft.titles.values()):
        raise Invalid("titles", "1 to 60 characters")


@use_case("shop_id")
async def stop_presale(tx: Tx, actor: Actor, shop_id: int, presale_id: int) -> None:
    """No more deposits; those that were paid keep their right. Refuses `NotFound`."""
    actor.must("shop:promotion:edit", shop_id)
    if not await tx.run(STOP, bucket_of(shop_id), presale_id, shop_id):
        raise NotFound("presale", presale_id)


async def list_presales(tx: Tx, actor: Actor, shop_id: int) -> list[Presale]:
    """A shop's presales, the latest first."""
    actor.must("shop:promotion:read", shop_id)
    return await tx.all(LIST, bucket_of(shop_id), shop_id)


async def find_presale(tx: Tx, product_id: int) -> Presale | None:
    """The presale a product is in, or None."""
    return await tx.maybe(OF_PRODUCT, bucket_of(product_id), product_id, tx.now)
