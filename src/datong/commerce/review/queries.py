"""Reading reviews: what everyone sees of a product, what the buyer wrote, what the shop is asked to answer."""

from datetime import date, datetime

import msgspec

from datong.commerce.order import own_order
from datong.commerce.review.credit_levels import STEPS, Level, level_of
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx


class Review(msgspec.Struct, frozen=True):
    """A review as it is kept."""

    review_id: int
    order_id: int
    line_id: int
    member_id: int
    shop_id: int
    product_id: int
    version: int
    result: str
    text: str
    tags: list[str]
    pictures: int
    labels: dict[str, str]
    titles: dict[str, str]
    author: str
    is_anonymous: bool
    is_default: bool
    written_at: datetime
    shown_at: datetime | None
    changed_at: datetime | None
    is_held: bool
    removed_at: datetime | None
    remove_reason: str
    look_at: datetime | None
    look_reason: str
    follow_up: str
    follow_up_pictures: int
    followed_up_at: datetime | None
    reply: str
    replied_at: datetime | None

    @property
    def is_shown(self) -> bool:
        """Whether everyone sees it, and it counts."""
        return self.shown_at is not None and not self.is_held and self.removed_at is None


class OrderRating(msgspec.Struct, frozen=True):
    """What the two sides of an order said of each other, and until when they may."""

    order_id: int
    member_id: int
    shop_id: int
    storefront_id: int
    version: int
    is_mutual: bool
    finished_at: datetime
    closes_at: datetime
    buyer_rated_at: datetime | None
    description: int
    service: int
    logistics: int
    seller_rated_at: datetime | None
    seller_result: str
    seller_text: str
    is_seller_default: bool
    seller_shown_at: datetime | None
    due_at: datetime | None


class ReviewBody(msgspec.Struct, frozen=True):
    """What everyone sees of a review."""

    author: str
    text: str
    tags: list[str] = []
    pictures: int = 0
    labels: dict[str, str] = {}
    is_default: bool = False
    follow_up: str = ""
    follow_up_pictures: int = 0
    follow_up_days: int = 0
    reply: str = ""


class ProductReview(msgspec.Struct, frozen=True):
    """A review in a product's or shop's list."""

    review_id: int
    product_id: int
    order_id: int
    result: str
    body: dict[str, object]
    written_at: datetime

    @property
    def shown(self) -> ReviewBody:
        """What everyone sees of it."""
        return msgspec.convert(self.body, ReviewBody)


class ProductRating(msgspec.Struct, frozen=True):
    """How many shown reviews a product has of each result, and with pictures."""

    good: int = 0
    neutral: int = 0
    bad: int = 0
    with_pictures: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.good + self.neutral + self.bad

    @property
    def good_percent(self) -> int:
        """How many of a hundred are good, rounded down; 0 without any."""
        return self.good * 100 // self.total if self.total else 0


class Credit(msgspec.Struct, frozen=True):
    """Good ratings less bad ones, within the monthly limits, and how many of each there are."""

    total: int = 0
    good: int = 0
    neutral: int = 0
    bad: int = 0


class Dsr(msgspec.Struct, frozen=True):
    """Sums of six months of scores up to and with a day."""

    as_of: date
    since: date
    ratings: int
    description: int
    service: int
    logistics: int

    def mean(self, name: str) -> int:
        """The mean of one dimension in hundredths, rounded half up; 0 without any."""
        total = int(getattr(self, name))
        return (200 * total + self.ratings) // (2 * self.ratings) if self.ratings else 0

    @property
    def score(self) -> int:
        """The mean of all three, in hundredths."""
        total = self.description + self.service + self.logistics
        return (200 * total + 3 * self.ratings) // (6 * self.ratings) if self.ratings else 0


class Summary(msgspec.Struct, frozen=True):
    """A product's counts with its shop's credit and sums."""

    good: int
    neutral: int
    bad: int
    with_pictures: int
    credit: int
    as_of: date | None
    since: date | None
    ratings: int
    description: int
    service: int
    logistics: int


class Standing(msgspec.Struct, frozen=True):
    """A shop's credit with its level, and its DSR."""

    credit: Credit
    level: Level
    dsr: Dsr | None


COLUMNS = """review_id, order_id, line_id, member_id, shop_id, product_id, version, result, text, tags, pictures,
    labels, titles, author, is_anonymous, is_default, written_at, shown_at, changed_at, is_held, removed_at,
    remove_reason, look_at, look_reason, follow_up, follow_up_pictures, followed_up_at, reply, replied_at"""
RATING_COLUMNS = """order_id, member_id, shop_id, storefront_id, version, is_mutual, finished_at, closes_at,
    buyer_rated_at, description, service, logistics, seller_rated_at, seller_result, seller_text, is_seller_default,
    seller_shown_at, due_at"""
GET = rows(Review, f"select {COLUMNS} from review where bkt = $1 and review_id = $2")
LOCK = rows(Review, f"select {COLUMNS} from review where bkt = $1 and review_id = $2 for update")
MANY = rows(
    Review,
    f"""
    select {COLUMNS} from unnest($1::integer[], $2::bigint[]) as wanted (in_bucket, wanted_id)
    join review on bkt = in_bucket and review_id = wanted_id order by review_id limit 2000
    """,
)
OF_ORDER = rows(Review, f"select {COLUMNS} from review where bkt = $1 and order_id = $2 order by review_id limit 200")
RATING = rows(OrderRating, f"select {RATING_COLUMNS} from order_rating where bkt = $1 and order_id = $2")
LOCK_RATING = rows(
    OrderRating, f"select {RATING_COLUMNS} from order_rating where bkt = $1 and order_id = $2 for update"
)
TO_REVIEW = rows(
    OrderRating,
    f"""
    select {RATING_COLUMNS} from order_rating
    where bkt = $1 and member_id = $2 and order_id < $3 and buyer_rated_at is null and closes_at > $4
    order by order_id desc limit $5
    """,
)
_LISTED = "review_id, product_id, order_id, result, body, written_at"
OF_PRODUCT = rows(
    ProductReview,
    f"""
    select {_LISTED} from product_review
    where bkt = $1 and product_id = $2 and is_shown and review_id < $3
      and ($4 = '' or result = $4) and (not $5 or has_pictures) order by review_id desc limit $6
    """,
)
OF_SHOP = rows(
    ProductReview,
    f"""
    select {_LISTED} from product_review
    where bkt = $1 and shop_id = $2 and is_shown and review_id < $3 and (not $4 or (not has_reply and not is_default))
    order by review_id desc limit $5
    """,
)
PRODUCT_RATING = rows(
    ProductRating, "select good, neutral, bad, with_pictures from product_rating where bkt = $1 and product_id = $2"
)
CREDIT = rows(Credit, "select total, good, neutral, bad from credit where bkt = $1 and owner_id = $2")
DSR = rows(
    Dsr,
    "select as_of, since, ratings, description, service, logistics from shop_dsr where bkt = $1 and shop_id = $2",
)
QUEUE = rows(Review, f"select {COLUMNS} from review where look_at is not null order by look_at limit $1")
SUMMARY = rows(
    Summary,
    """
    select coalesce(r.good, 0) as good, coalesce(r.neutral, 0) as neutral, coalesce(r.bad, 0) as bad,
           coalesce(r.with_pictures, 0) as with_pictures, coalesce(c.total, 0) as credit, d.as_of, d.since,
           coalesce(d.ratings, 0) as ratings, coalesce(d.description, 0) as description,
           coalesce(d.service, 0) as service, coalesce(d.logistics, 0) as logistics
    from (select $1::integer as bkt) b
    left join product_rating r on r.bkt = b.bkt and r.product_id = $2
    left join credit c on c.bkt = b.bkt and c.owner_id = $3
    left join shop_dsr d on d.bkt = b.bkt and d.shop_id = $3
    """,
)
RESULTS = ("good", "neutral", "bad")
TO_ANSWER = value(
    int,
    """
    select count(*) from (
        select 1 from product_review where bkt = $1 and shop_id = $2 and is_shown and not has_reply and result <> 'good'
        limit 1000) as waiting
    """,
)


async def list_product_reviews(
    tx: Tx, product_id: int, cursor: str = "", limit: int = 10, *, result: str = "", has_pictures: bool = False
) -> Page[ProductReview]:
    """What everyone sees of a product, newest first; of one result, or only with pictures."""
    if result and result not in RESULTS:
        raise Invalid("result", ", ".join(RESULTS))
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(
        OF_PRODUCT, bucket_of(product_id), product_id, before, result, has_pictures, clamp_limit(limit) + 1
    )
    return make_page(found, limit, lambda each: [each.review_id])


async def get_product_rating(tx: Tx, product_id: int) -> ProductRating:
    """How a product was rated."""
    return await tx.maybe(PRODUCT_RATING, bucket_of(product_id), product_id) or ProductRating()


async def get_summary(tx: Tx, product_id: int, shop_id: int) -> tuple[ProductRating, Standing]:
    """How a product was rated, and its shop's credit, level and DSR: what a product's page says, in one look."""
    found = await tx.one(SUMMARY, bucket_of(shop_id), product_id, shop_id)
    steps = (await get_rules(tx)).value(STEPS, tx.now)
    dsr = None
    if found.as_of is not None and found.since is not None:
        dsr = Dsr(found.as_of, found.since, found.ratings, found.description, found.service, found.logistics)
    credit = Credit(found.credit)
    rating = ProductRating(found.good, found.neutral, found.bad, found.with_pictures)
    return rating, Standing(credit, level_of(credit.total, steps), dsr)


async def get_standing(tx: Tx, shop_id: int) -> Standing:
    """A shop's credit, level and DSR, for everyone."""
    found = await tx.maybe(CREDIT, bucket_of(shop_id), shop_id) or Credit()
    level = level_of(found.total, (await get_rules(tx)).value(STEPS, tx.now))
    return Standing(found, level, await tx.maybe(DSR, bucket_of(shop_id), shop_id))


async def get_member_credit(tx: Tx, actor: Actor, member_id: int) -> Credit:
    """A buyer's credit, for the buyer itself and for shops."""
    if not actor.shop_rights and not actor.may("operator:refund:read"):
        actor.must("member:review:read", member_id)
    return await tx.maybe(CREDIT, bucket_of(member_id), member_id) or Credit()


async def find_order_rating(tx: Tx, actor: Actor, order_id: int) -> OrderRating | None:
    """Until when an order may be rated, and what its shop said that may be seen.

    None before success and to strangers.
    """
    rating = await tx.maybe(RATING, bucket_of(order_id), order_id)
    if rating is None:
        return None
    if actor.may("shop:order:read", rating.shop_id):
        return rating
    if not actor.may("member:order:read", rating.member_id):
        return None
    return rating if rating.seller_shown_at else msgspec.structs.replace(rating, seller_result="", seller_text="")


async def get_order_reviews(tx: Tx, actor: Actor, order_id: int) -> tuple[OrderRating | None, list[Review]]:
    """What was said of an order, for its buyer and its shop. Until it is shown, each side sees only its own."""
    order = await own_order(tx, actor, order_id, "read")
    rating = await tx.maybe(RATING, bucket_of(order_id), order_id)
    found = await tx.all(OF_ORDER, bucket_of(order_id), order_id)
    if actor.may("member:order:read", order.member_id):
        if rating is not None and rating.seller_shown_at is None:
            rating = msgspec.structs.replace(rating, seller_result="", seller_text="")
        return rating, found
    if rating is not None and rating.is_mutual and not all(each.shown_at for each in found):
        rating = msgspec.structs.replace(rating, description=0, service=0, logistics=0)
    return rating, [each for each in found if each.is_shown]


async def get_own_review(tx: Tx, actor: Actor, review_id: int) -> Review:
    """A review for whoever wrote it; for everyone else it does not exist."""
    found = await tx.maybe(GET, bucket_of(review_id), review_id)
    if found is None or not actor.may("member:review:read", found.member_id):
        raise NotFound("review", review_id)
    return found


async def list_to_review(tx: Tx, actor: Actor, cursor: str = "", limit: int = 20) -> Page[OrderRating]:
    """The buyer's finished orders that may still be reviewed, newest first."""
    actor.must("member:review:write", actor.id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(TO_REVIEW, actor.bucket, actor.id, before, tx.now, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: [each.order_id])


async def list_shop_reviews(
    tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 20, *, is_unanswered: bool = False
) -> Page[ProductReview]:
    """The shown reviews of a shop, newest first; only those it has not replied to, if asked."""
    actor.must("shop:review:reply", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(OF_SHOP, bucket_of(shop_id), shop_id, before, is_unanswered, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: [each.review_id])


async def count_unanswered(tx: Tx, actor: Actor, shop_id: int) -> int:
    """How many shown reviews that are not good have no reply yet (counted up to 1,000)."""
    actor.must("shop:review:reply", shop_id)
    return await tx.one(TO_ANSWER, bucket_of(shop_id), shop_id)


async def list_moderation(tx: Tx, actor: Actor, limit: int = 50) -> list[Review]:
    """The reviews that someone should look at, oldest first."""
    actor.must("operator:review:moderate")
    return await tx.all(QUEUE, clamp_limit(limit))


async def find_shown(tx: Tx, review_id: int) -> Review | None:
    """A review if everyone may see it, else None."""
    found = await tx.maybe(GET, bucket_of(review_id), review_id)
    return found if found is not None and found.is_shown else None
