"""Moderation of reviews in the console."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import review
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.forms import read_form
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.review.labels import review_words


@get("/console/reviews", include_in_schema=False)
async def moderation(request: AnyRequest) -> Template:
    """Reviews that someone should look at, oldest first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx)
        found = await review.list_moderation(tx, seen.actor, 100)
    return console_page(seen, "review/reviews", reviews=found, **review_words(seen.language))


@post("/console/reviews/{review_id:str}/{deed:str}", include_in_schema=False)
async def moderate(request: AnyRequest, review_id: str, deed: str) -> Redirect:
    """Let a review stand, or remove it and say why."""
    form = await read_form(request)
    db, each = db_of(request), read_id(review_id, "review")
    if deed not in {"stand", "remove"}:
        raise NotFound("deed", deed[:40])
    actor = await sender(request, is_fresh=True)
    async with db.begin(bucket_of(each)) as tx:
        await review.moderate(tx, actor, each, is_removed=deed == "remove", reason=form.get("reason", ""))
    return redirect_to("/console/reviews")


HANDLERS = [moderation, moderate]
