"""Writing reviews: the buyer of a finished order says how it was, once for each line, and scores the shop once."""

from collections.abc import Sequence

import msgspec

from datong.adapters.image_files import NotAPicture, as_web_picture
from datong.adapters.object_store import Objects, put_first
from datong.commerce.member import get_profile
from datong.commerce.order import OrderLine, lines_of, own_order
from datong.commerce.review.events import tell_changed
from datong.commerce.review.publish_reviews import next_due, reveal_if_good
from datong.commerce.review.queries import LOCK_RATING, OF_ORDER, OrderRating
from datong.commerce.review.text_policy import asks_for_a_look, masked, plain
from datong.commerce.review.time_limits import PICTURE_BYTES, PICTURES, TAGS, WATCHED
from datong.commerce.rulebook import Rules, Scope, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.request import remember
from datong.kernel.sql import changed_value, command
from datong.kernel.tx import Db, Tx

PUT = changed_value(
    int,
    """
    insert into review (bkt, review_id, order_id, line_id, member_id, shop_id, product_id, version, result, text, tags,
        pictures, labels, titles, author, is_anonymous, is_default, written_at, shown_at, is_held, look_at, look_reason)
    values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    on conflict do nothing returning version
    """,
)
RATE = command(
    """
    update order_rating set version = version + 1, buyer_rated_at = coalesce(buyer_rated_at, $3),
        description = case when description = 0 then $4 else description end,
        service = case when service = 0 then $5 else service end,
        logistics = case when logistics = 0 then $6 else logistics end, due_at = $7
    where bkt = $1 and order_id = $2
    """
)


class ReviewBarred(Conflict):
    """This line cannot be reviewed: all of it was given back, or it was reviewed already."""

    code = "review.barred"


class ReviewOver(Conflict):
    """The time in which this can be said is over, or has not begun."""

    code = "review.over"


class LineReview(msgspec.Struct, frozen=True):
    """What a buyer says of one line; words are needed unless it is good."""

    line_id: int
    result: str
    text: str = ""
    tags: Sequence[str] = ()
    pictures: Sequence[bytes] = ()


class Scores(msgspec.Struct, frozen=True):
    """How the shop did, 1 to 5 each."""

    description: int
    service: int
    logistics: int


def picture_key(review_id: int, part: str, number: int) -> str:
    """Where a picture of a review (`part` review) or its follow-up is kept."""
    return f"reviews/{review_id}/{part}-{number}.webp"


async def convert_pictures(pictures: Sequence[bytes], rules: Rules, scope: Scope, db: Db) -> list[bytes]:
    """Pictures as they may be shown to everyone. Refuses `Invalid` for too many, too large, or no pictures."""
    most, size = rules.value(PICTURES, db.now(), scope), rules.value(PICTURE_BYTES, db.now(), scope)
    if len(pictures) > most or any(not 0 < len(each) <= size for each in pictures):
        raise Invalid("pictures", f"at most {most}, each at most {size} bytes")
    try:
        return [await as_web_picture(each) for each in pictures]
    except NotAPicture:
        raise Invalid("pictures", "JPEG, PNG or WebP") from None


def pictures_by_key(review_id: int, part: str, pictures: Sequence[bytes]) -> dict[str, bytes]:
    """Converted pictures under the keys that the review about to be written will name."""
    return {picture_key(review_id, part, number): body for number, body in enumerate(pictures)}


async def write_reviews(
    db: Db,
    objects: Objects,
    actor: Actor,
    order_id: int,
    reviews: Sequence[LineReview],
    scores: Scores,
    request_key: str,
    *,
    is_anonymous: bool = False,
) -> list[int]:
    """Review lines of an own finished order and score its shop; answers the reviews' ids, the same for the same key.

    Scores count once an order, the first time. Refuses `ReviewOver` outside the window, `ReviewBarred`, `Invalid`.
    """
    async with db.read() as tx:
        order = await own_order(tx, actor, order_id, "read")
        actor.must("member:review:write", order.member_id)
        rules, name = await get_rules(tx), (await get_profile(tx, actor)).display_name
        ids = {each.line_id: tx.new_id(bucket_of(order_id)) for each in reviews}
    scope = Scope(order.storefront_id)
    checked = [_check(each, rules, scope, db) for each in reviews]
    if not checked or len(ids) < len(checked) or not all(1 <= each <= 5 for each in _numbers(scores)):  # noqa: PLR2004 - stars
        raise Invalid("scores", "one review a line, scores 1 to 5")
    files = [await convert_pictures(each.pictures, rules, scope, db) for each in checked]
    author = "" if is_anonymous else masked(name)
    digest = [[each.line_id, each.result, each.text, each.tags, len(each.pictures)] for each in checked]
    pictures: dict[str, bytes] = {}
    for each, made in zip(checked, files, strict=True):
        pictures |= pictures_by_key(ids[each.line_id], "review", made)
    async with put_first(objects, pictures) as keeping, db.begin(bucket_of(order_id)) as tx:
        body = [digest, _numbers(scores), is_anonymous]
        if await remember(tx, order_id, request_key, body, next(iter(ids.values()))) is not None:
            keeping.is_wanted = False
            kept = {each.line_id: each.review_id for each in await tx.all(OF_ORDER, tx.bucket, order_id)}
            return [kept[each.line_id] for each in checked]
        rating = await tx.maybe(LOCK_RATING, tx.bucket, order_id)
        if rating is None or tx.now >= rating.closes_at:
            raise ReviewOver
        await _put_all(
            tx,
            rating,
            [(each, ids[each.line_id], len(made)) for each, made in zip(checked, files, strict=True)],
            author,
            rules,
        )
        due = next_due(rating, tx.now, has_buyer=True, has_seller=rating.seller_rated_at is not None, rules=rules)
        await tx.run(RATE, tx.bucket, order_id, tx.now, *_numbers(scores), due)
        await reveal_if_good(tx, order_id)
    return list(ids.values())


async def _put_all(
    tx: Tx, rating: OrderRating, reviews: Sequence[tuple[LineReview, int, int]], author: str, rules: Rules
) -> None:  # fmt: skip
    """Write what was said of each line (with its id and number of pictures); what asks for a look is held."""
    lines = {line.line_id: line for line in await lines_of(tx, rating.order_id)}
    watched = rules.value(WATCHED, tx.now, Scope(rating.storefront_id))
    for said, review_id, pictures in reviews:
        line = lines.get(said.line_id)
        if line is None:
            raise NotFound("order_line", said.line_id)
        is_held = asks_for_a_look(said.text, watched)
        await _put(tx, rating, line, said, review_id, pictures, author, is_held=is_held)


def _numbers(scores: Scores) -> tuple[int, int, int]:
    return scores.description, scores.service, scores.logistics


def _check(said: LineReview, rules: Rules, scope: Scope, db: Db) -> LineReview:
    if said.result not in {"good", "neutral", "bad"}:
        raise Invalid("result", "good, neutral, bad")
    offered: list[str] = rules.value(TAGS, db.now(), scope)
    if not set(said.tags) <= set(offered):
        raise Invalid("tags", "those offered")
    text = plain(said.text, is_needed=said.result != "good")
    return msgspec.structs.replace(said, text=text, tags=sorted(set(said.tags)))


async def _put(
    tx: Tx, rating: OrderRating, line: OrderLine, said: LineReview, review_id: int, pictures: int, author: str, *,
    is_held: bool
) -> None:  # fmt: skip
    if line.payable > 0 and line.left == 0:
        raise ReviewBarred
    is_new = await tx.maybe(
        PUT, tx.bucket, review_id, rating.order_id, line.line_id, rating.member_id, rating.shop_id, line.product_id,
        said.result, said.text, list(said.tags), pictures, line.labels, line.titles, author, not author, False, tx.now,
        None, is_held, tx.now if is_held else None, "watched" if is_held else "",
    )  # fmt: skip
    if is_new is None:
        raise ReviewBarred
    tell_changed(tx, rating, review_id, is_new=True)
