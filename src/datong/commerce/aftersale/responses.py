"""Answering: the shop agrees or refuses, one case or many at once. Silence agrees. Source: domain.md §4 (TOP), [18]."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from datong.commerce.aftersale.deadlines import (
    BATCH_AMOUNT,
    BATCH_CASES,
    REFUSAL_TEXT,
    REFUSED_DAYS,
    REPLACEMENT_HOURS,
    RETURN_DAYS,
)
from datong.commerce.aftersale.queries import MANY, RefundCase
from datong.commerce.aftersale.resolution import grant
from datong.commerce.aftersale.return_addresses import ReturnAddress, find_return_address
from datong.commerce.aftersale.states import CaseKind, CaseState
from datong.commerce.aftersale.transitions import Change, LockedCase, hold_case, move_case, number
from datong.commerce.merchant import get_shop
from datong.commerce.rulebook import Scope, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

ANSWERABLE = (CaseState.WAIT_SELLER_AGREE, CaseState.SELLER_REFUSE_BUYER, CaseState.WAIT_SELLER_RETURN_GOODS)


class MayNotRefuse(Conflict):
    """The shop has no choice: nothing was sent, or the goods come back without a reason in time."""

    code = "aftersale.may_not_refuse"


class AddressMissing(Conflict):
    """The shop has not said where returns go."""

    code = "aftersale.address_missing"


class BatchTooLarge(Conflict):
    """More cases, or more money, than may be agreed to at once; `most` cases, `amount` minor units."""

    code = "aftersale.batch_too_large"

    def __init__(self, most: int, amount: int) -> None:
        self.most, self.amount = most, amount


class BatchAnswer(msgspec.Struct, frozen=True):
    """What became of one case of a batch: its state, or the refusal."""

    case_id: int
    state: str = ""
    refusal: Refusal | None = None


@use_case("case_id")
async def agree_to_refund(tx: Tx, actor: Actor, case_id: int, version: int) -> RefundCase:
    """The shop agrees: money goes back, or the goods may come back, or a replacement is sent.

    Refuses `CaseMoved`, `WrongCaseState`, and `AddressMissing` where goods come back and nobody said where to.
    """
    held = await hold_case(tx, actor, case_id, "answer", version)
    held.must_be_in(*ANSWERABLE)
    return await let_agreed(tx, held, "agreed")


async def let_agreed(tx: Tx, held: LockedCase, action: str) -> RefundCase:
    """What agreeing means for a locked case, whoever agrees: the shop, its silence, or the platform for it."""
    case = held.case
    if case.kind == CaseKind.RESHIPPING or (case.kind == CaseKind.EXCHANGE and case.is_returned):
        due = tx.now + timedelta(hours=await number(tx, case, REPLACEMENT_HOURS))
        return await move_case(tx, held, CaseState.WAIT_SELLER_SEND_GOODS, action, Change(due_at=due))
    if case.kind == CaseKind.REFUND or case.is_returned:
        return await grant(tx, held, action)
    address = await find_return_address(tx, case.shop_id)
    if address is None:
        if held.by.side == "seller":
            raise AddressMissing
        # Nobody can send goods back to a shop that says nowhere: they stay with the buyer (DESIGN).
        return await grant(tx, held, "no_return_address")
    return await let_return(tx, held, action, address)


async def let_return(tx: Tx, held: LockedCase, action: str, address: ReturnAddress) -> RefundCase:
    """The buyer is told where to send the goods, and has its days for it."""
    due = tx.now + timedelta(days=await number(tx, held.case, RETURN_DAYS))
    change = Change(due_at=due, return_address=address.as_dict())
    return await move_case(tx, held, CaseState.WAIT_BUYER_RETURN_GOODS, action, change)


@use_case("case_id")
async def refuse_refund(tx: Tx, actor: Actor, case_id: int, version: int, text: str) -> RefundCase:
    """The shop says no and why (2 to 200 characters; proof is handed in as evidence).

    Refuses `MayNotRefuse` where nothing was sent, and for a return without a reason in time, until it has the goods.
    """
    held = await hold_case(tx, actor, case_id, "answer", version)
    held.must_be_in(CaseState.WAIT_SELLER_AGREE, CaseState.WAIT_SELLER_CONFIRM_GOODS)
    least, most = REFUSAL_TEXT
    if not least <= len(text.strip()) <= most:
        raise Invalid("text", f"{least} to {most} characters")
    is_back = held.case.state == CaseState.WAIT_SELLER_CONFIRM_GOODS
    if not is_back and (not held.case.is_sent or held.case.reason == "no_reason"):
        raise MayNotRefuse
    due = tx.now + timedelta(days=await number(tx, held.case, REFUSED_DAYS))
    change = Change(due_at=due, is_returned=True if is_back else None)
    return await move_case(tx, held, CaseState.SELLER_REFUSE_BUYER, "refused", change, text.strip())


async def agree_to_many(db: Db, actor: Actor, shop_id: int, cases: Sequence[tuple[int, int]]) -> list[BatchAnswer]:
    """Agree to several cases (id, version) of a shop, each by itself; answers what became of each.

    Refuses `BatchTooLarge` above the storefront's number of cases or their sum; then none is touched.
    """
    actor.must("shop:refund:answer", shop_id)
    ids = sorted({case_id for case_id, _ in cases})
    async with db.read() as tx:
        shop = await get_shop(tx, shop_id)
        rules, scope = await get_rules(tx), Scope(shop.storefront_id)
        most, amount = rules.value(BATCH_CASES, tx.now, scope), rules.value(BATCH_AMOUNT, tx.now, scope)
        if len(ids) > most:
            raise BatchTooLarge(most, amount)
        found = await tx.all(MANY, [bucket_of(each) for each in ids], ids) if ids else []
    if sum(case.amount for case in found if case.shop_id == shop_id) > amount:
        raise BatchTooLarge(most, amount)
    answers: list[BatchAnswer] = []
    for case_id, version in sorted(set(cases)):
        try:
            async with db.begin(bucket_of(case_id)) as tx:
                answers.append(BatchAnswer(case_id, (await agree_to_refund(tx, actor, case_id, version)).state))
        except Refusal as refusal:
            answers.append(BatchAnswer(case_id, refusal=refusal))
    return answers
