"""Pictures of goods.

Decoded, stripped, written anew in three widths, and named by what is in them, so none is kept twice.
"""

import hashlib

from datong.adapters.image_files import NotAPicture, as_web_picture
from datong.adapters.object_store import Objects
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound

WIDTHS = (240, 480, 960)
MAX_BYTES = 10_000_000
ROOT = "/pictures"


async def store_image(objects: Objects, actor: Actor, shop_id: int, body: bytes) -> str:
    """Keep one picture of a shop (JPEG, PNG, WebP, up to 10 MB); answers its address without the width.

    Refuses `Invalid`. Pages add `-240.webp` and so on; whoever has the address may see it.
    """
    actor.must("shop:product:edit", shop_id)
    if not 0 < len(body) <= MAX_BYTES:
        raise Invalid("picture", f"1 to {MAX_BYTES} bytes")
    name = hashlib.sha256(body).hexdigest()[:32]
    try:
        for width in WIDTHS:
            await objects.put(f"goods/{shop_id}/{name}-{width}.webp", await as_web_picture(body, width))
    except NotAPicture:
        raise Invalid("picture", "a picture (JPEG, PNG, WebP)") from None
    return f"{ROOT}/{shop_id}/{name}"


async def read_image(objects: Objects, shop_id: int, name: str) -> bytes:
    """A picture's bytes (WebP) by its name with the width. Refuses `NotFound`."""
    stem, _, width = name.removesuffix(".webp").rpartition("-")
    is_ours = len(stem) == 32 and stem.isalnum() and stem.isascii() and width in {str(each) for each in WIDTHS}  # noqa: PLR2004 - 32 characters, as names of images are made
    body = await objects.get(f"goods/{shop_id}/{stem}-{width}.webp") if is_ours else None
    if body is None:
        raise NotFound("picture", name[:60])
    return body
