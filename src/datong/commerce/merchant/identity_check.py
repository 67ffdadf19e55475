"""Whether who applies is who they say: a provider checks name and number. Source: domain.md §31 (real-name)."""

import hashlib
from collections.abc import Mapping
from typing import Literal, cast

import msgspec

from datong.adapters.verification import IdentityClaim, Verifier
from datong.commerce.merchant.queries import Shop, get_shop
from datong.commerce.rulebook import Parameter, Scope, get_rules
from datong.commerce.verification import (
    IDENTITY,
    find_last_verification,
    is_verified,
    start_check,
)
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Db, Tx

VERIFY_IDENTITY = Parameter(
    "merchant.verify_identity", bool, False,
    "domain.md §31: real-name; an application is approved only once a provider has found its identity to be real",
    scopes=("storefront",),
)  # fmt: skip


class IdentityNotVerified(Conflict):
    """The shop's identity has to be verified by the provider first."""

    code = "merchant.identity_not_verified"


class Subject(msgspec.Struct, frozen=True):
    """Who a shop belongs to; the number is kept as a digest alone."""

    kind: str
    legal_name: str
    identity_hash: bytes


class IdentityCheck(msgspec.Struct, frozen=True):
    """Whether a shop needs a verified identity, and where its latest check stands (empty: there was none)."""

    is_needed: bool
    state: str
    reason: str


SUBJECT = rows(
    Subject,
    """
    select m.kind, m.legal_name, m.identity_hash from shop s
    join merchant m on m.bkt = s.bkt and m.merchant_id = s.merchant_id where s.bkt = $1 and s.shop_id = $2
    """,
)


def identity_hash(subject_kind: str, identity: str) -> bytes:
    """The digest by which an identity is known again."""
    return hashlib.sha256(f"{subject_kind}:{identity.strip().upper()}".encode()).digest()


async def get_subject(tx: Tx, shop_id: int) -> Subject:
    """Who a shop belongs to, for use cases that have checked who asks. Refuses `NotFound`."""
    found = await tx.maybe(SUBJECT, bucket_of(shop_id), shop_id)
    if found is None:
        raise NotFound("shop", shop_id)
    return found


async def verify_identity(db: Db, verifiers: Mapping[str, Verifier], actor: Actor, shop_id: int, identity: str) -> None:
    """Have the identity checked under which the shop was applied for; its number is given once more.

    What is verified, or being checked, is not checked again. Refuses `Invalid` for another number, `NoVerifier`,
    `TooManyChecks`.
    """
    actor.must("shop:shop:edit", shop_id)
    async with db.read() as tx:
        subject = await get_subject(tx, shop_id)
    if identity_hash(subject.kind, identity) != subject.identity_hash:
        raise Invalid("identity", "the number with which the shop was applied for")
    kind = cast("Literal['person', 'company']", subject.kind)
    await start_check(
        db, verifiers, shop_id, actor.id, IDENTITY, subject.identity_hash,
        lambda check_id: IdentityClaim(check_id, kind, subject.legal_name, identity.strip()),
    )  # fmt: skip


async def get_identity_check(tx: Tx, actor: Actor, shop_id: int) -> IdentityCheck:
    """Where the check of the shop's identity stands, for its staff and for operators. Refuses `NotFound`."""
    if not actor.may("operator:shop:read"):
        actor.must("shop:shop:read", shop_id)
    subject = await get_subject(tx, shop_id)
    last = await find_last_verification(tx, shop_id, IDENTITY, subject.identity_hash)
    is_needed = await _is_needed(tx, await get_shop(tx, shop_id))
    return IdentityCheck(is_needed, last.state if last else "", last.reason if last else "")


async def _is_needed(tx: Tx, shop: Shop) -> bool:
    """Whether shops of this storefront are approved only with a verified identity."""
    return (await get_rules(tx)).value(VERIFY_IDENTITY, tx.now, Scope(storefront_id=shop.storefront_id))


async def check_identity_verified(tx: Tx, shop_id: int) -> None:
    """Refuse `IdentityNotVerified` where it is needed and missing."""
    if await _is_needed(tx, await get_shop(tx, shop_id)):
        subject = await get_subject(tx, shop_id)
        if not await is_verified(tx, shop_id, IDENTITY, subject.identity_hash):
            raise IdentityNotVerified
