"""Applying for a shop: one identity, one shop; what is asked differs by storefront, as data."""

import re
import secrets

import msgspec

from datong.commerce.member import REGIONS
from datong.commerce.merchant.dues import KINDS, ONE_SHOP_EACH
from datong.commerce.merchant.identity_check import identity_hash
from datong.commerce.merchant.staff import copy_member_shop_role, give_first_owner
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import NotTrading, get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.ids import BUCKETS, bucket_for, bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command, value
from datong.kernel.tx import Db, Tx
from datong.kernel.unique_names import claim_name

MAX_TEXT = 60
SLUGS = "shop"
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,48}[a-z0-9])")


class OneShopEach(Conflict):
    """This identity has a shop already."""

    code = "merchant.one_shop_each"


class SlugTaken(Conflict):
    """Another shop has this address."""

    code = "merchant.slug_taken"


class ShopApplication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an applicant says. `mark` is R (registered) or TM (applied for); only brand shops have one."""

    storefront: str
    kind: str
    names: dict[str, str]
    slug: str
    legal_name: str
    identity: str
    ships_from: str
    category_id: int
    subject_kind: str = "company"
    mark: str = "R"
    about: dict[str, str] = {}


IS_MERCHANT = value(int, "select 1 from merchant where bkt = $1 and merchant_id = $2")
HAS_SLUG = value(
    int,
    """
    select 1 from shop where bkt = $1 and shop_id = $2
        and not (opened_at is null and state in ('REJECTED', 'CLOSED'))
    """,
)
"""Whether a shop keeps its address; one whose application came to nothing does not."""
PUT_MERCHANT = command(
    """
    insert into merchant (bkt, merchant_id, kind, legal_name, identity_hash, founded_by, registered_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
    """
)
FOUNDED_BY = value(int, "select founded_by from merchant where bkt = $1 and merchant_id = $2 for update")
SHOPS_OF = value(
    int,
    """
    select shop_id from shop
    where bkt = $1 and merchant_id = $2 and state not in ('REJECTED', 'CLOSED') limit 10
    """,
)
PUT_SHOP = command(
    """
    insert into shop (bkt, shop_id, merchant_id, storefront_id, kind, mark, names, slug, about, ships_from,
                      category_id, state, deposit_due, fee_due, rules_version, applied_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'SUBMITTED', 0, 0, $12, $13)
    """
)


async def apply_for_shop(db: Db, actor: Actor, application: ShopApplication) -> int:
    """Apply; answers the shop's id. Refuses `OneShopEach`, `SlugTaken`, `NotTrading`, `Invalid`, `NotFound`.

    The identity (a company's or a person's number) is kept as a hash alone.
    """
    actor.must("member:shop:apply", actor.id)
    async with db.read() as tx:
        brand = (await get_storefronts(tx)).get_by_code(application.storefront)
        if not brand.is_trading:
            raise NotTrading(brand.code) if brand.is_shown else NotFound("storefront", brand.code)
        rules = await get_rules(tx)
        scope = Scope(storefront_id=brand.storefront_id)
        kinds = rules.value(KINDS, tx.now, scope)
        is_single = rules.value(ONE_SHOP_EACH, tx.now, scope)
    _check(application, kinds, brand.languages)
    digest = identity_hash(application.subject_kind, application.identity)
    merchant_id = await _claim_subject(db, digest.hex())
    async with db.begin(bucket_for(application.slug)) as tx:
        shop_id = tx.new_id(bucket_of(merchant_id))
        if await claim_name(tx, SLUGS, application.slug, shop_id, _is_shop) != shop_id:
            raise SlugTaken
    async with db.begin(bucket_of(merchant_id)) as tx:
        await tx.run(
            PUT_MERCHANT, tx.bucket, merchant_id, application.subject_kind, application.legal_name, digest,
            actor.id, tx.now,
        )  # fmt: skip
        if await tx.one(FOUNDED_BY, bucket_of(merchant_id), merchant_id) != actor.id:
            raise OneShopEach
        if is_single and await tx.all(SHOPS_OF, bucket_of(merchant_id), merchant_id):
            raise OneShopEach
        await _put_shop(tx, application, shop_id, merchant_id, brand.storefront_id, rules.version)
        await give_first_owner(tx, shop_id, actor.id)
    async with db.begin(actor.bucket) as tx:
        await copy_member_shop_role(tx, shop_id, actor.id)
    return shop_id


async def _put_shop(
    tx: Tx, application: ShopApplication, shop_id: int, merchant_id: int, storefront_id: int, version: int
) -> None:
    await tx.run(
        PUT_SHOP, tx.bucket, shop_id, merchant_id, storefront_id, application.kind, application.mark,
        application.names, application.slug, application.about, application.ships_from,
        application.category_id, version, tx.now,
    )  # fmt: skip


async def _claim_subject(db: Db, identity: str) -> int:
    """The merchant of an identity, the same at every try."""
    async with db.begin(bucket_for(identity)) as tx:
        return await claim_name(tx, "subject", identity, tx.new_id(secrets.randbelow(BUCKETS)), _is_merchant)


async def _is_merchant(tx: Tx, merchant_id: int) -> bool:
    return await tx.maybe(IS_MERCHANT, bucket_of(merchant_id), merchant_id) is not None


async def _is_shop(tx: Tx, shop_id: int) -> bool:
    return await tx.maybe(HAS_SLUG, bucket_of(shop_id), shop_id) is not None


def _check(application: ShopApplication, kinds: list[str], languages: list[str]) -> None:
    if application.kind not in kinds:
        raise Invalid("kind", ", ".join(kinds))
    if application.subject_kind not in {"person", "company"}:
        raise Invalid("subject_kind", "person or company")
    if application.mark not in {"R", "TM"}:
        raise Invalid("mark", "R or TM")
    if not _SLUG.fullmatch(application.slug):
        raise Invalid("slug", "3 to 50 small letters, digits and dashes")
    if application.ships_from not in REGIONS:
        raise Invalid("ships_from", "one of the listed regions")
    for text in (application.legal_name, application.identity, *application.names.values()):
        if not 1 <= len(text.strip()) <= MAX_TEXT or not text.isprintable():
            raise Invalid("names", f"1 to {MAX_TEXT} characters")
    if not application.names or not set(application.names) <= set(languages):
        raise Invalid("names", "in " + ", ".join(languages))
