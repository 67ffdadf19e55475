"""Subscriptions: asked for, paid by period, ended by the clock. One that is not ended for each member."""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.member import drop_tag, put_tag
from datong.commerce.payment import ChargePart, PaidCharge, Payable, PayableView, fund_account
from datong.commerce.rulebook import Parameter, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Conflict, NotFound
from datong.kernel.sql import changed, changed_value, rows, value
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case
from datong_newsletter.facts import SubscriptionEnded, SubscriptionPaid

KIND = "newsletter"
"""The kind of payable that a subscription is."""
TAG = "newsletter_reader"
"""The tag of members whose period runs; promotions may ask for it."""
REVENUE = "newsletter_revenue"
PRICE = Parameter("newsletter.price", int, 900, "the sample room: 9.00 for a period", bounds=(1, 100_000))
DAYS = Parameter("newsletter.days", int, 30, "the sample room: a period of 30 days", bounds=(1, 366))


class SubscriptionPaidUp(Conflict):
    """The period that runs is paid; the next one can be paid when it ends."""

    code = "newsletter.paid_up"


class Subscription(msgspec.Struct, frozen=True):
    """A member's subscription; amounts in minor units."""

    subscription_id: int
    member_id: int
    state: str
    currency: str
    price: int
    paid_until: datetime | None

    def is_running(self, now: datetime) -> bool:
        """Whether a paid period runs at this moment."""
        return self.paid_until is not None and now < self.paid_until


_COLUMNS = "subscription_id, member_id, state, currency, price, paid_until"
OWN = rows(
    Subscription,
    f"select {_COLUMNS} from newsletter_subscription where bkt = $1 and member_id = $2 and state <> 'ENDED'",
)
LOCK = rows(
    Subscription,
    f"select {_COLUMNS} from newsletter_subscription where bkt = $1 and subscription_id = $2 for update",
)
PUT = changed_value(
    int,
    """
    insert into newsletter_subscription as s (bkt, subscription_id, member_id, state, currency, price, subscribed_at)
    values ($1, $2, $3, 'WAIT_PAY', $4, $5, $6)
    on conflict (bkt, member_id) where state <> 'ENDED' do update set price = s.price
    returning subscription_id
    """,
)
PAY = changed(
    Subscription,
    f"""
    update newsletter_subscription set state = 'ACTIVE', paid_until = $3, due_at = $3, paid_total = paid_total + $4
    where bkt = $1 and subscription_id = $2 returning {_COLUMNS}
    """,
)
END = changed(
    Subscription,
    f"""
    update newsletter_subscription set state = 'ENDED', due_at = null
    where bkt = $1 and subscription_id = $2 and due_at <= $3 returning {_COLUMNS}
    """,
)
DUE = rows(Subscription, f"select {_COLUMNS} from newsletter_subscription where due_at <= $1 order by due_at limit 500")
LIST = rows(
    Subscription,
    f"""
    select {_COLUMNS} from newsletter_subscription where due_at > $1 order by due_at, subscription_id limit $2
    """,
)
COUNT = value(
    int, "select count(*) from (select 1 from newsletter_subscription where due_at > $1 limit 1000) as counted"
)


@use_case("actor")
async def subscribe(tx: Tx, actor: Actor) -> int:
    """The id of the member's subscription, a new one if it has none; it runs once it is paid."""
    actor.must("member:newsletter:edit", actor.id)
    price = (await get_rules(tx)).value(PRICE, tx.now)
    return await tx.one(PUT, actor.bucket, tx.new_id(), actor.id, "CNY", price, tx.now)


async def find_subscription(tx: Tx, actor: Actor) -> Subscription | None:
    """The member's own subscription, or None."""
    actor.must("member:newsletter:read", actor.id)
    return await tx.maybe(OWN, actor.bucket, actor.id)


async def list_subscriptions(tx: Tx, actor: Actor, cursor: str = "", limit: int = 50) -> Page[Subscription]:
    """Running subscriptions, the one that ends next first, for operators of the consumer centre."""
    actor.must("operator:newsletter:read")
    (after,) = decode_cursor(cursor, [0])
    start = datetime.fromtimestamp(after / 1_000_000, tx.now.tzinfo) if after else tx.now
    found = await tx.all(LIST, start, clamp_limit(limit) + 1)
    return make_page(found, limit, _place_of)


def _place_of(each: Subscription) -> list[int]:
    """Where a page goes on: the end of the period, in microseconds."""
    return [int(each.paid_until.timestamp() * 1_000_000) if each.paid_until else 0]


async def count_subscriptions(tx: Tx, actor: Actor) -> int:
    """How many subscriptions run, counted up to a thousand."""
    actor.must("operator:newsletter:read")
    return await tx.one(COUNT, tx.now)


async def _describe(tx: Tx, subscription_id: int) -> PayableView:
    found = await tx.maybe(LOCK, bucket_of(subscription_id), subscription_id)
    if found is None or found.state == "ENDED":
        raise NotFound("subscription", subscription_id)
    refusal = SubscriptionPaidUp() if found.is_running(tx.now) else None
    parts = [ChargePart(subscription_id, 0, found.price)]
    return PayableView(found.member_id, found.currency, parts, "Datong newsletter", "/newsletter", refusal)


async def _on_paid(tx: Tx, paid: PaidCharge, part: ChargePart) -> None:
    """The money is revenue at once; the period starts now, or after the one that runs."""
    found = await tx.one(LOCK, bucket_of(part.order_id), part.order_id)
    days = (await get_rules(tx)).value(DAYS, tx.now)
    start = found.paid_until if found.paid_until and found.is_running(tx.now) else tx.now
    until = start + timedelta(days=days)
    await fund_account(tx, paid.charge, part, (REVENUE, 0), "newsletter_paid")
    await tx.one(PAY, bucket_of(found.subscription_id), found.subscription_id, until, part.amount)
    await put_tag(tx, found.member_id, TAG, until, KIND)
    tx.emit(
        SubscriptionPaid(
            subscription_id=found.subscription_id, member_id=found.member_id,
            amount=Money(part.amount, found.currency), paid_until=until,
        )
    )  # fmt: skip


PAYABLE = Payable(key=KIND, describe=_describe, on_paid=_on_paid)


async def end_due(db: Db) -> int:
    """End what is due, each in a transaction of its own; answers how many were found."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        async with db.begin(bucket_of(each.subscription_id)) as tx:
            if ended := await tx.maybe(END, bucket_of(each.subscription_id), each.subscription_id, tx.now):
                await drop_tag(tx, ended.member_id, TAG)
                tx.emit(
                    SubscriptionEnded(subscription_id=ended.subscription_id, member_id=ended.member_id, ended_at=tx.now)
                )
    return len(due)
