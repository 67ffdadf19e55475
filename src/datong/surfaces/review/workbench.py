"""Reviews in the workbench: what buyers wrote, replies, and rating a buyer."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import review
from datong.kernel.refusal import NotAllowed, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_form
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.review.labels import TIERS, review_words
from datong.surfaces.workbench_frame import enter, work_page


async def _reviews(
    request: AnyRequest, tx: Tx, shop_id: str, tab: str, cursor: str = "", problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    found = await review.list_shop_reviews(
        tx, seen.actor, shop.shop_id, cursor, 20, is_unanswered=tab == "unanswered"
    )  # fmt: skip
    return await work_page(
        tx, entered, "review/reviews", status, reviews=found.items, next_cursor=found.next_cursor, tab=tab,
        problem=problem, standing=await review.get_standing(tx, shop.shop_id), tiers=worded(TIERS, seen.language),
        **review_words(seen.language),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/reviews", include_in_schema=False)
async def reviews(request: AnyRequest, shop_id: str, tab: str = "", cursor: str = "") -> Template:
    """What buyers say of the shop's goods."""
    async with db_of(request).read() as tx:
        return await _reviews(request, tx, shop_id, tab, cursor)


@post("/workbench/{shop_id:str}/reviews/{review_id:str}/{action:str}", include_in_schema=False)
async def answer(request: AnyRequest, shop_id: str, review_id: str, action: str) -> Redirect | Template:
    """Reply to a review, or ask the platform to look at it."""
    form = await read_form(request)
    db, each, shop = db_of(request), read_id(review_id, "review"), read_id(shop_id, "shop")
    actions = {"reply": review.reply, "report": review.report_review}
    if action not in actions:
        raise NotFound("action", action[:40])
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
        if not seen.actor.may("shop:review:reply", shop):
            raise NotAllowed("shop:review:reply")
    try:
        await db.run(actions[action], seen.actor, each, form.get("text", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _reviews(request, tx, shop_id, "", "", refusal_text(refusal, seen.language), 409)
    await review.copy_review_now(db, each, shop)
    return redirect_to(f"/workbench/{shop_id}/reviews")


@post("/workbench/{shop_id:str}/orders/{order_id:str}/rate-buyer", include_in_schema=False)
async def rate_buyer(request: AnyRequest, shop_id: str, order_id: str) -> Redirect:
    """Say how the buyer was."""
    form = await read_form(request)
    db, each = db_of(request), read_id(order_id, "order")
    actor = await sender(request, is_fresh=True)
    await db.run(review.rate_buyer, actor, each, form.get("result", ""), form.get("text", ""))
    return redirect_to(f"/workbench/{shop_id}/orders/{each}")


HANDLERS = [reviews, answer, rate_buyer]
