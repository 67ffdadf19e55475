"""Whether the account a shop is paid to is its own: a provider checks it against the legal name of the merchant."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from datong.adapters.verification import AccountClaim, Verifier
from datong.commerce.merchant import get_subject
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.verification import ACCOUNT, find_last_verification, is_verified, start_check
from datong.kernel.refusal import Conflict
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx, is_lost

VERIFY_ACCOUNT = Parameter(
    "payment.verify_account", bool, False,
    "DESIGN: money is paid out only to an account that a provider has found to belong to the shop's merchant",
)  # fmt: skip
log = logging.getLogger("datong.payment")
PAUSE = timedelta(hours=1)


class AccountNotVerified(Conflict):
    """The account has to be verified by the provider before money is paid out to it."""

    code = "payment.account_not_verified"


class DueAccount(msgspec.Struct, frozen=True):
    """An account that is to be handed to the provider."""

    bkt: int
    shop_id: int
    gateway: str
    destination: str


DUE = rows(
    DueAccount,
    """
    select bkt, shop_id, gateway, destination from payout_account
    where due_at <= $1 order by due_at limit 100
    """,
)
STARTED = command(
    """
    update payout_account set due_at = null
    where bkt = $1 and shop_id = $2 and gateway = $3 and destination = $4
    """
)
LATER = command("update payout_account set due_at = $3 where bkt = $1 and shop_id = $2")


def account_hash(gateway: str, destination: str) -> bytes:
    """The digest by which an account is known again."""
    return hashlib.sha256(f"{gateway}:{destination}".encode()).digest()


async def is_check_needed(tx: Tx) -> bool:
    """Whether money is paid out to verified accounts alone."""
    return (await get_rules(tx)).value(VERIFY_ACCOUNT, tx.now)


async def may_pay_to(tx: Tx, shop_id: int, gateway: str, destination: str) -> bool:
    """Whether money may be paid out to an account of a shop."""
    if not await is_check_needed(tx):
        return True
    return await is_verified(tx, shop_id, ACCOUNT, account_hash(gateway, destination))


async def account_state(tx: Tx, shop_id: int, gateway: str, destination: str) -> tuple[str, str]:
    """State and reason of the latest check of an account; empty where there was none."""
    last = await find_last_verification(tx, shop_id, ACCOUNT, account_hash(gateway, destination))
    return (last.state, last.reason) if last else ("", "")


async def start_account_checks(db: Db, verifiers: Mapping[str, Verifier]) -> int:
    """Hand in every account that was given since; answers how many were found.

    One that cannot be handed in (no provider, too many checks a day) is tried again an hour later and stops no other.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        try:
            await _start(db, verifiers, each)
        except Exception as error:
            if is_lost(error):
                raise
            log.warning("an account cannot be checked", extra={"shop": each.shop_id}, exc_info=error)
            async with db.begin(each.bkt) as tx:
                await tx.run(LATER, each.bkt, each.shop_id, tx.now + PAUSE)
    return len(due)


async def _start(db: Db, verifiers: Mapping[str, Verifier], due: DueAccount) -> None:
    async with db.read() as tx:
        subject = await get_subject(tx, due.shop_id)
    digest = account_hash(due.gateway, due.destination)
    await start_check(
        db, verifiers, due.shop_id, 0, ACCOUNT, digest,
        lambda check_id: AccountClaim(check_id, subject.legal_name, due.gateway, due.destination),
    )  # fmt: skip
    async with db.begin(due.bkt) as tx:
        await tx.run(STARTED, due.bkt, due.shop_id, due.gateway, due.destination)
