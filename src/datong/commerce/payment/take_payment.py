"""Taking a gateway's word: it is recorded once, and whoever owns what was paid for hears of it in the same transaction.

The same word again, a failure after success, and a word about an unknown charge change nothing. A success after a
failure counts: the money is there.
"""

from datong.adapters.payment import GatewayEvent
from datong.commerce.payment.charges import COLUMNS, GET, Charge, PaidCharge, list_parts
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.payables import payable_of
from datong.commerce.payment.refunds import take_refund_word
from datong.kernel.ids import bucket_of, is_id
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict
from datong.kernel.sql import changed, command
from datong.kernel.tx import Db, Tx


class AmountDiffers(Conflict):
    """The gateway took another amount than was asked: someone must look."""

    code = "payment.amount_differs"


NOTE_EVENT = command(
    """
    insert into charge_event (bkt, event_id, subject_id, kind, received_at) values ($1, $2, $3, $4, $5)
    on conflict do nothing
    """
)
SETTLE = changed(
    Charge,
    f"""
    update charge set state = $3, provider_ref = $4, settled_at = $5, due_at = null
    where bkt = $1 and charge_id = $2 and (state in ('REQUESTED', 'SENT') or (state = 'FAILED' and $3 = 'SUCCEEDED'))
    returning {COLUMNS}
    """,
)


async def take_payment(db: Db, event: GatewayEvent) -> bool:
    """Take a gateway's word and tell the charge's payable; True if money came in that was not known of.

    The call-back's signature was checked by whoever calls this. Refuses `AmountDiffers`, and `PayableUnknown` if the
    room that sold what was paid for is not installed: nothing is recorded, the word is taken when it comes again.
    """
    if not is_id(event.subject_id):
        return False
    async with db.begin(bucket_of(event.subject_id)) as tx:
        charge = await _record(tx, event)
        if charge is None:
            return False
        payable = payable_of(tx.house, charge.subject_kind)
        if charge.state == "FAILED":
            await payable.on_failed(tx, charge)
            return False
        legs = [Leg("gateway", PLATFORM, -charge.amount), Leg("unapplied", charge.charge_id, charge.amount)]
        await post(tx, legs, charge.currency, "charge", charge.charge_id)
        paid = PaidCharge(charge, await list_parts(tx, charge.charge_id))
        for part in paid.parts:
            await payable.on_paid(tx, paid, part)
    return True


async def _record(tx: Tx, event: GatewayEvent) -> Charge | None:
    """Record the word; answers the charge if that settled it."""
    if not await tx.run(NOTE_EVENT, tx.bucket, event.event_id, event.subject_id, event.kind, tx.now):
        return None
    if event.kind in {"refund_succeeded", "refund_failed"}:
        await take_refund_word(tx, event)
        return None
    if event.kind not in {"charge_succeeded", "charge_failed"}:
        return None
    known = await tx.maybe(GET, tx.bucket, event.subject_id)
    if known is None:
        return None
    if event.kind == "charge_succeeded" and Money(known.amount, known.currency) != event.amount:
        raise AmountDiffers
    state = "SUCCEEDED" if event.kind == "charge_succeeded" else "FAILED"
    return await tx.maybe(SETTLE, tx.bucket, event.subject_id, state, event.provider_ref, tx.now)
