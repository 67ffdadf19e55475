"""The wallet: what somebody holds."""

from datetime import datetime

import msgspec

from datong.commerce.voucher.terms import Terms
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import clamp_limit
from datong.kernel.refusal import Invalid
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

MAX_USABLE = 200
STATES = ("CLAIMED", "LOCKED", "USED", "EXPIRED")


class KeptVoucher(msgspec.Struct, frozen=True):
    """A voucher as it is kept."""

    voucher_id: int
    member_id: int
    template_id: int
    owner_id: int
    version: int
    kind: str
    titles: dict[str, str]
    terms: dict[str, object]
    valid_from: datetime
    valid_until: datetime
    state: str
    purchase_id: int


class HeldVoucher(msgspec.Struct, frozen=True):
    """A voucher with its terms read."""

    voucher_id: int
    template_id: int
    owner_id: int
    version: int
    kind: str
    titles: dict[str, str]
    terms: Terms
    valid_from: datetime
    valid_until: datetime
    state: str
    purchase_id: int


_COLUMNS = """voucher_id, member_id, template_id, owner_id, version, kind, titles, terms, valid_from, valid_until,
    state, purchase_id"""
USABLE = rows(
    KeptVoucher,
    f"""
    select {_COLUMNS} from unnest($1::integer[], $2::bigint[]) as w (in_bucket, holder)
    join voucher on bkt = in_bucket and member_id = holder and state = 'CLAIMED' and valid_until > $3
    where valid_from <= $3 order by valid_until limit $4
    """,
)
LIST = rows(
    KeptVoucher,
    f"""
    select {_COLUMNS} from voucher
    where bkt = $1 and member_id = $2
      and $3 = case when state = 'CLAIMED' and valid_until <= $5 then 'EXPIRED' else state end
    order by valid_until desc limit $4
    """,
)


def _read(kept: KeptVoucher) -> HeldVoucher:
    return HeldVoucher(
        kept.voucher_id, kept.template_id, kept.owner_id, kept.version, kept.kind, kept.titles,
        msgspec.convert(kept.terms, Terms), kept.valid_from, kept.valid_until, kept.state, kept.purchase_id,
    )  # fmt: skip


async def list_usable(tx: Tx, member_ids: list[int]) -> dict[int, list[HeldVoucher]]:
    """What each of these members could use at this moment, the first to expire first."""
    found: dict[int, list[HeldVoucher]] = {}
    most = MAX_USABLE * max(1, len(member_ids))
    for kept in await tx.all(USABLE, [bucket_of(each) for each in member_ids], member_ids, tx.now, most):
        found.setdefault(kept.member_id, []).append(_read(kept))
    return found


async def list_wallet(tx: Tx, actor: Actor, state: str = "CLAIMED", limit: int = 100) -> list[HeldVoucher]:
    """An actor's own vouchers in one state, the latest to expire first."""
    actor.must("member:voucher:read", actor.id)
    if state not in STATES:
        raise Invalid("state", ", ".join(STATES))
    return [_read(kept) for kept in await tx.all(LIST, actor.bucket, actor.id, state, clamp_limit(limit), tx.now)]
