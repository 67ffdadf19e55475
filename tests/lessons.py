"""A sandbox room that sells lessons (and takes tips for them) through `payment`'s port, for tests of money."""

from pathlib import Path

import msgspec

from datong.adapters.payment import GatewayEvent
from datong.commerce import payment
from datong.commerce.payment import Charge, ChargePart, PaidCharge, PaidRefund, Payable, PayableView
from datong.kernel.actor import Actor
from datong.kernel.house import Account, House, Room, build_house
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.wiring import WINGS, find_rooms
from tests.make import Shopper, Town

PRICE = 5_000
TABLES = """
create table lesson (bkt int not null, lesson_id bigint not null, member_id bigint not null, is_paid boolean not null,
    primary key (bkt, lesson_id));
create table lesson_word (bkt int not null, word_id bigint not null, lesson_id bigint not null, word text not null,
    primary key (bkt, word_id));
"""


class Lesson(msgspec.Struct, frozen=True):
    """Something to be paid that commerce knows nothing of."""

    lesson_id: int
    member_id: int
    is_paid: bool


PUT = command("insert into lesson (bkt, lesson_id, member_id, is_paid) values ($1, $2, $3, false)")
LOCK = rows(Lesson, "select lesson_id, member_id, is_paid from lesson where bkt = $1 and lesson_id = $2 for update")
PAID = command("update lesson set is_paid = true where bkt = $1 and lesson_id = $2")
NOTE = command("insert into lesson_word (bkt, word_id, lesson_id, word) values ($1, $2, $3, $4)")
WORDS = value(str, "select word from lesson_word where bkt = $1 and lesson_id = $2 order by word_id")
BALANCE = value(int, "select coalesce(sum(amount), 0)::bigint from balance where account = $1 and $2 = 0")
CHARGES = value(int, "select count(*) from charge where bkt = $1 and subject_id = $2")
SENT = value(int, "select refund_id from refund where bkt = $1 and state = 'SUCCEEDED'")
EVENTS = value(int, "select count(*) from charge_event where bkt = $1 and subject_id = $2")


class LessonPaid(Conflict):
    """It is paid for."""

    code = "lesson.paid"


class Trouble:
    """Whether the sandbox room fails when it is told that it was paid."""

    fails = False


async def describe(tx: Tx, lesson_id: int) -> PayableView:
    lesson = await tx.maybe(LOCK, tx.bucket, lesson_id)
    if lesson is None:
        raise NotFound("lesson", lesson_id)
    parts = [ChargePart(2, 0, 1_000), ChargePart(1, 0, PRICE - 1_000)]
    return PayableView(
        lesson.member_id, "CNY", parts, "A lesson", "/lessons", LessonPaid() if lesson.is_paid else None
    )  # fmt: skip


async def on_paid(tx: Tx, paid: PaidCharge, part: ChargePart) -> None:
    lesson = await tx.one(LOCK, tx.bucket, paid.charge.subject_id)
    await tx.run(NOTE, tx.bucket, tx.new_id(), lesson.lesson_id, f"paid {part.amount}")
    if Trouble.fails:
        msg = "this room is broken"
        raise ValueError(msg)
    await payment.fund_account(tx, paid.charge, part, ("lesson_revenue", 0), "lesson_paid")
    await tx.run(PAID, tx.bucket, lesson.lesson_id)


async def on_failed(tx: Tx, charge: Charge) -> None:
    await tx.run(NOTE, tx.bucket, tx.new_id(), charge.subject_id, "failed")


async def on_refunded(tx: Tx, refund: PaidRefund) -> None:
    word = f"refunded {refund.amount.amount} of {refund.share_id}"
    await tx.run(NOTE, tx.bucket, tx.new_id(), refund.charge.subject_id, word)


def school(folder: Path) -> Room:
    """A room of lessons, and of tips for them: the same subject under two kinds."""
    folder.mkdir()
    (folder / "0001_lessons.sql").write_text(TABLES)
    hears = {"describe": describe, "on_paid": on_paid, "on_failed": on_failed, "on_refunded": on_refunded}
    return Room(
        name="lesson", wing="consumer", uses=("payment",), migrations=folder,
        accounts=(Account("lesson_revenue", "", "what lessons earned"),),
        provides=(Payable(key="lesson", **hears), Payable(key="tip", **hears)),  # type: ignore[arg-type]  # by name
    )  # fmt: skip


async def lesson(town: Town) -> tuple[Shopper, int]:
    shopper = await town.shopper()
    async with town.db.begin(shopper.actor.bucket) as tx:
        lesson_id = tx.new_id()
        await tx.run(PUT, tx.bucket, lesson_id, shopper.actor.id)
    return shopper, lesson_id


async def opened(town: Town, actor: Actor, lesson_id: int, kind: str = "lesson", gateway: str = "sandbox") -> str:
    """Open a charge; answers the sandbox's reference."""
    gateways = town.adapters.gateways
    url = await payment.open_charge(town.db, gateways, actor, kind, lesson_id, gateway, "http://test")
    return url.rpartition("/")[2]


async def word_of(town: Town, ref: str, *, is_paid: bool = True) -> GatewayEvent:
    """What the gateway says of a charge that its buyer paid, or did not."""
    settled = await town.gateway.settle(ref, "lost" if is_paid else "declined")
    assert settled
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    return event


async def read(town: Town, lesson_id: int) -> tuple[list[str], int]:
    """What the room was told of a lesson, and what lessons have earned in all."""
    async with town.db.read() as tx:
        words = await tx.all(WORDS, bucket_of(lesson_id), lesson_id)
        return words, await tx.one(BALANCE, "lesson_revenue", 0)


async def refund(town: Town, lesson_id: int, amount: int, share_id: int = 1, kind: str = "lesson") -> None:
    async with town.db.begin(bucket_of(lesson_id)) as tx:
        paid_for = (kind, lesson_id, share_id)
        await payment.refund_account(tx, paid_for, Money(amount, "CNY"), ("lesson_revenue", 0), "lesson_refunded")


def with_lessons(folder: Path) -> House:
    """The tree's rooms and the sandbox room, which fails no more."""
    Trouble.fails = False
    return build_house([*find_rooms(), school(folder)], WINGS)
