"""Moderation of reviews in the console."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import review
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


@post("/console/reviews/{review_id:str}/{action:str}", include_in_schema=False)
async def moderate(request: AnyRequest, review_id: str, action: str) -> Redirect:
    """Let a review stand, or remove it and say why."""
    form = await read_form(request)
    db, each = db_of(request), read_id(review_id, "review")
    if action not in {"stand", "remove"}:
        raise NotFound("action", action[:40])
    actor = await sender(request, is_fresh=True)
    await db.run(review.moderate, actor, each, is_removed=action == "remove", reason=form.get("reason", ""))
    return redirect_to("/console/reviews")


HANDLERS = [moderation, moderate]
