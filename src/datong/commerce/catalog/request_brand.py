"""A shop asks for a brand by its name, known or new."""

from collections.abc import Sequence

import msgspec

from datong.adapters.object_store import Objects
from datong.commerce.catalog.brands import brand_ref, ensure_brands
from datong.commerce.qualification import BRAND, QualificationDraft, request_qualification
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Db

MAX_NAME = 60


async def request_brand(
    db: Db, objects: Objects, actor: Actor, shop_id: int, name: str, draft: QualificationDraft, files: Sequence[bytes],
    key: str,
) -> int:  # fmt: skip
    """Ask for the authorisation of a brand, once for each key; answers the qualification's id.

    A name that nobody has used becomes a brand, which nobody may sell yet. Refuses what `request_qualification` does.
    """
    actor.must("shop:qualification:edit", shop_id)
    if not 1 <= len(name.strip()) <= MAX_NAME or not name.strip().isprintable():
        raise Invalid("brand", f"1 to {MAX_NAME} characters")
    brand = (await ensure_brands(db, [name]))[brand_ref(name)]
    draft = msgspec.structs.replace(draft, kind=BRAND, brand_id=brand.brand_id)
    return await request_qualification(db, objects, actor, shop_id, draft, files, key)
