"""Papers of an entry: what proves who sells and by what right, seen by the shop's own people and by operators alone."""

from datetime import datetime

import msgspec

from datong.adapters.image_files import media_type_of
from datong.adapters.object_store import Objects, put_first
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx

PAPERS: tuple[str, ...] = ("license", "identity", "trademark", "authorisation", "other")
"""Source: domain.md §1 [12]: business licence, identity, trademark registration (R or TM), chain of authorisation."""
MAX_BYTES = 5_000_000
MAX_PAPERS = 200


class Paper(msgspec.Struct, frozen=True):
    """One paper, without its bytes."""

    document_id: int
    shop_id: int
    kind: str
    media_type: str
    size: int
    added_at: datetime


_COLUMNS = "document_id, shop_id, kind, media_type, size, added_at"
PUT = command(
    """
    insert into shop_document (bkt, document_id, shop_id, kind, file_key, media_type, size, added_by, added_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """
)
LIST = rows(
    Paper, f"select {_COLUMNS} from shop_document where bkt = $1 and shop_id = $2 order by document_id limit 200"
)
FIND = rows(Paper, f"select {_COLUMNS} from shop_document where bkt = $1 and shop_id = $2 and document_id = $3")
COUNT = value(int, "select count(*) from shop_document where bkt = $1 and shop_id = $2")


def _must_see(actor: Actor, shop_id: int) -> None:
    if not actor.may("operator:shop:read"):
        actor.must("shop:shop:edit", shop_id)


async def add_paper(db: Db, objects: Objects, actor: Actor, shop_id: int, kind: str, body: bytes) -> int:
    """Hand in one paper (JPEG, PNG, WebP or PDF, up to 5 MB); answers its id. Refuses `Invalid`."""
    actor.must("shop:shop:edit", shop_id)
    if kind not in PAPERS:
        raise Invalid("kind", ", ".join(PAPERS))
    if not 0 < len(body) <= MAX_BYTES:
        raise Invalid("file", f"1 to {MAX_BYTES} bytes")
    media_type = await media_type_of(body)
    if media_type is None or media_type == "video/mp4":
        raise Invalid("file", "a picture (JPEG, PNG, WebP) or a PDF")
    bucket = bucket_of(shop_id)
    async with db.read() as tx:
        if await tx.one(COUNT, bucket, shop_id) >= MAX_PAPERS:
            raise Invalid("file", f"at most {MAX_PAPERS} papers")
        document_id = tx.new_id(bucket)
    key = _key(shop_id, document_id)
    async with put_first(objects, {key: body}), db.begin(bucket) as tx:
        await tx.run(PUT, bucket, document_id, shop_id, kind, key, media_type, len(body), actor.id, tx.now)
    return document_id


async def list_papers(tx: Tx, actor: Actor, shop_id: int) -> list[Paper]:
    """A shop's papers, the oldest first."""
    _must_see(actor, shop_id)
    return await tx.all(LIST, bucket_of(shop_id), shop_id)


async def read_paper(tx: Tx, objects: Objects, actor: Actor, shop_id: int, document_id: int) -> tuple[str, bytes]:
    """A paper's media type and bytes. Refuses `NotFound`."""
    _must_see(actor, shop_id)
    found = await tx.maybe(FIND, bucket_of(shop_id), shop_id, document_id)
    body = await objects.get(_key(shop_id, document_id)) if found else None
    if found is None or body is None:
        raise NotFound("shop_document", document_id)
    return found.media_type, body


def _key(shop_id: int, document_id: int) -> str:
    return f"papers/{shop_id}/{document_id}"
