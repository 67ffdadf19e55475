"""How a qualification that is in force ends, and what the release before is told of both."""

from datetime import datetime

import msgspec

from datong.commerce.qualification.queries import COLUMNS, Qualification
from datong.commerce.qualification.states import BRAND, QualificationState
from datong.facts.qualification import QualificationEnded
from datong.kernel.sql import changed, command, rows
from datong.kernel.tx import Tx


class _Term(msgspec.Struct, frozen=True):
    mark: str
    valid_until: datetime | None


END = changed(
    Qualification,
    f"""
    update qualification set state = $3, reason = $4, ended_at = $5, due_at = null,
        decided_by = case when $6::bigint > 0 then $6::bigint else decided_by end
    where bkt = $1 and qualification_id = $2 and state = 'APPROVED' returning {COLUMNS}
    """,
)
LATEST = rows(
    _Term,
    """
    select mark, valid_until from qualification
    where bkt = $1 and shop_id = $2 and kind = 'brand' and brand_id = $3 and state = 'APPROVED' and valid_from <= $4
    order by valid_until desc nulls first limit 1
    """,
)
MIRROR = command(
    """
    insert into brand_authorisation (bkt, shop_id, brand_id, level, expires_at, authorised_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, shop_id, brand_id) do update set level = excluded.level, expires_at = excluded.expires_at
    """
)


async def end(tx: Tx, qualification_id: int, state: QualificationState, reason: str, by: int = 0) -> bool:
    """End one that is in force; False where it is not. The caller has checked who asks."""
    found = await tx.maybe(END, tx.bucket, qualification_id, state.value, reason, tx.now, by)
    if found is None:
        return False
    await mirror(tx, found)
    tx.emit(
        QualificationEnded(
            qualification_id=qualification_id, shop_id=found.shop_id, kind=found.kind, brand_id=found.brand_id,
            state=state.value, ended_at=tx.now,
        )
    )  # fmt: skip
    return True


async def mirror(tx: Tx, changed_one: Qualification) -> None:
    """Let processes of the release before see what a shop may sell of a brand, until they are replaced."""
    if changed_one.kind != BRAND:
        return
    shop_id, brand_id = changed_one.shop_id, changed_one.brand_id
    left = await tx.maybe(LATEST, tx.bucket, shop_id, brand_id, tx.now) or _Term(changed_one.mark, tx.now)
    await tx.run(MIRROR, tx.bucket, shop_id, brand_id, left.mark, left.valid_until, tx.now)
