"""Checks by a provider: recorded first, handed in outside of any transaction, asked after until there is an answer.

What is claimed is not kept: when it is unknown whether the provider has it, the provider is asked by the check's id,
and a claim that never arrived is given again by the shop.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from datong.adapters.verification import (
    AccountClaim,
    CheckAnswer,
    IdentityClaim,
    Verifier,
    VerifierDown,
    verifier_of,
)
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.verification.queries import COLUMNS, Verification, find_last_verification
from datong.commerce.verification.states import CheckState, NoVerifier, TooManyChecks
from datong.facts.verification import VerificationDecided
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Db, Tx, is_lost

CHECKS_A_DAY = Parameter(
    "verification.checks_a_day", int, 5, "DESIGN: a shop's checks of identity and account in 24 hours",
    bounds=(1, 1_000),
)  # fmt: skip
log = logging.getLogger("datong.verification")
FIRST_LOOK = timedelta(minutes=1)
MAX_PAUSE = 3_600
MAX_ATTEMPTS = 400
"""About two weeks of asking after one check."""
STATES = {"verified": CheckState.VERIFIED, "refused": CheckState.REFUSED}

COUNT = value(int, "select count(*) from verification where bkt = $1 and shop_id = $2 and asked_at > $3")
PUT = changed(
    Verification,
    f"""
    insert into verification (bkt, verification_id, shop_id, kind, subject_hash, provider, state, asked_by, asked_at,
        due_at)
    values ($1, $2, $3, $4, $5, $6, 'REQUESTED', $7, $8, $9) on conflict do nothing returning {COLUMNS}
    """,
)
DECIDE = changed(
    Verification,
    f"""
    update verification set state = $3, provider_ref = $4, reason = $5, decided_at = $6, due_at = null
    where bkt = $1 and verification_id = $2 and state in ('REQUESTED', 'PENDING') returning {COLUMNS}
    """,
)
WAIT = command(
    """
    update verification set state = 'PENDING', provider_ref = $3, attempts = attempts + 1, due_at = $4
    where bkt = $1 and verification_id = $2 and state in ('REQUESTED', 'PENDING')
    """
)
LATER = command(
    """
    update verification set attempts = attempts + 1, due_at = $3
    where bkt = $1 and verification_id = $2 and state in ('REQUESTED', 'PENDING')
    """
)
DUE = rows(Verification, f"select {COLUMNS} from verification where due_at <= $1 order by due_at limit 100")
Claim = IdentityClaim | AccountClaim


async def start_check(
    db: Db, verifiers: Mapping[str, Verifier], shop_id: int, asked_by: int, kind: str, subject_hash: bytes,
    claim: Callable[[int], Claim],
) -> None:  # fmt: skip
    """Have a provider check what `claim` makes of the check's id. The caller has checked who asks.

    What is verified, or being checked, is not checked again. Refuses `NoVerifier`, `TooManyChecks`.
    """
    if not verifiers:
        raise NoVerifier
    code = min(verifiers)
    async with db.begin(bucket_of(shop_id)) as tx:
        last = await find_last_verification(tx, shop_id, kind, subject_hash)
        if last is not None and last.state not in {CheckState.REFUSED, CheckState.LOST}:
            return
        most = (await get_rules(tx)).value(CHECKS_A_DAY, tx.now)
        if await tx.one(COUNT, tx.bucket, shop_id, tx.now - timedelta(days=1)) >= most:
            raise TooManyChecks(most)
        made = await tx.maybe(
            PUT, tx.bucket, tx.new_id(), shop_id, kind, subject_hash, code, asked_by, tx.now, tx.now + FIRST_LOOK
        )
    if made is None:
        return
    try:
        answer = await verifiers[code].open_check(claim(made.verification_id))
    except VerifierDown:
        return  # it is asked after by its id
    await _record(db, made, answer)


async def run_due_checks(db: Db, verifiers: Mapping[str, Verifier]) -> int:
    """Ask after every check that is due, each by itself; answers how many were found.

    One whose provider does not answer is asked after again, with growing pauses up to an hour.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        try:
            found = await verifier_of(verifiers, each.provider).find_check(each.verification_id, each.provider_ref)
            await _record(db, each, found)
            continue
        except VerifierDown:
            pass
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("the answer about a check cannot be taken", extra={"check": each.verification_id})
        async with db.begin(each.bkt) as tx:
            await _put_off(tx, each)
    return len(due)


async def _record(db: Db, checked: Verification, answer: CheckAnswer | None) -> None:
    async with db.begin(checked.bkt) as tx:
        if answer is not None and answer.outcome == "pending":
            if checked.attempts >= MAX_ATTEMPTS:
                await _put_off(tx, checked)
                return
            await tx.run(WAIT, checked.bkt, checked.verification_id, answer.provider_ref, tx.now + _pause(checked))
            return
        state = CheckState.LOST if answer is None else STATES[answer.outcome]
        ref, reason = (answer.provider_ref, answer.reason) if answer else ("", "")
        decided = await tx.maybe(DECIDE, checked.bkt, checked.verification_id, state.value, ref, reason[:200], tx.now)
        if decided is not None and answer is not None:
            tx.emit(
                VerificationDecided(
                    verification_id=decided.verification_id, shop_id=decided.shop_id, kind=decided.kind,
                    is_verified=state == CheckState.VERIFIED, decided_at=tx.now,
                )
            )  # fmt: skip


async def _put_off(tx: Tx, checked: Verification) -> None:
    """Ask again later; one that was asked after for weeks is given up, and the shop may ask anew."""
    if checked.attempts < MAX_ATTEMPTS:
        await tx.run(LATER, checked.bkt, checked.verification_id, tx.now + _pause(checked))
    else:
        await tx.maybe(
            DECIDE, checked.bkt, checked.verification_id, CheckState.LOST.value, checked.provider_ref, "", tx.now
        )


def _pause(checked: Verification) -> timedelta:
    return timedelta(seconds=min(30 * 2 ** min(checked.attempts, 10), MAX_PAUSE))
