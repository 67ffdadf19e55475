"""Reading verifications."""

from datetime import datetime

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx


class Verification(msgspec.Struct, frozen=True):
    """One check of a shop's identity or bank account."""

    bkt: int
    verification_id: int
    shop_id: int
    kind: str
    subject_hash: bytes
    provider: str
    provider_ref: str
    state: str
    reason: str
    attempts: int
    asked_at: datetime
    decided_at: datetime | None
    due_at: datetime | None


COLUMNS = """bkt, verification_id, shop_id, kind, subject_hash, provider, provider_ref, state, reason, attempts,
    asked_at, decided_at, due_at"""
LAST = rows(
    Verification,
    f"""
    select {COLUMNS} from verification where bkt = $1 and shop_id = $2 and kind = $3 and subject_hash = $4
    order by verification_id desc limit 1
    """,
)
VERIFIED = value(
    int,
    """
    select 1 from verification
    where bkt = $1 and shop_id = $2 and kind = $3 and subject_hash = $4 and state = 'VERIFIED' limit 1
    """,
)


async def find_last_verification(tx: Tx, shop_id: int, kind: str, subject_hash: bytes) -> Verification | None:
    """The latest check of just this identity or account of a shop, for use cases that have checked who asks."""
    return await tx.maybe(LAST, bucket_of(shop_id), shop_id, kind, subject_hash)


async def is_verified(tx: Tx, shop_id: int, kind: str, subject_hash: bytes) -> bool:
    """Whether a provider has found just this identity or account of a shop to be real."""
    return await tx.maybe(VERIFIED, bucket_of(shop_id), shop_id, kind, subject_hash) is not None
