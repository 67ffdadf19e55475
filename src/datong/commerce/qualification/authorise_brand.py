"""What the platform authorises by itself: loaders and bootstrap, without papers."""

from datetime import datetime

from datong.commerce.qualification.queries import find_qualification
from datong.commerce.qualification.states import MARKS
from datong.commerce.qualification.transitions import mirror
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, value
from datong.kernel.tx import Tx

LOCK = value(
    int,
    """
    select qualification_id from qualification
    where bkt = $1 and shop_id = $2 and kind = 'brand' and brand_id = $3 and state = 'APPROVED' and level = ''
    order by qualification_id limit 1 for update
    """,
)
EXTEND = command(
    "update qualification set mark = $3, valid_until = $4, due_at = $4 where bkt = $1 and qualification_id = $2"
)
PUT = command(
    """
    insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from,
        valid_until, paper_ids, state, applied_by, applied_at, decided_by, decided_at, due_at)
    values ($1, $2, $3, 'brand', $4, '', $5, '', $6, $7, '[]', 'APPROVED', $8, $6, $8, $6, $7)
    """
)


async def authorise_brand(
    tx: Tx, actor: Actor, shop_id: int, brand_id: int, mark: str, expires_at: datetime | None = None
) -> None:
    """Let a shop sell a brand until it expires, without papers or level; again: with this mark and this end."""
    actor.must("operator:qualification:decide")
    if mark not in MARKS:
        raise Invalid("mark", " or ".join(MARKS))
    bucket = bucket_of(shop_id)
    known = await tx.maybe(LOCK, bucket, shop_id, brand_id)
    if known is None:
        known = tx.new_id(bucket)
        await tx.run(PUT, bucket, known, shop_id, brand_id, mark, tx.now, expires_at, actor.id)
    else:
        await tx.run(EXTEND, bucket, known, mark, expires_at)
    found = await find_qualification(tx, known)
    if found is not None:
        await mirror(tx, found)
