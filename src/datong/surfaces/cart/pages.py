"""The cart: what is in it, adding, changing, removing."""

from collections.abc import Mapping

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import cart, member
from datong.facts.order import LineSource
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.forms import keep_token, read_form, read_number
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.page_slots import load_slots
from datong.surfaces.request_context import (
    DEFAULT_REGION,
    AnyRequest,
    actor_of_request,
    db_of,
    make_guest,
    new_guest_bucket,
    read_id,
    sender,
    settings_of,
)
from datong.surfaces.search.search_form import note_action, read_found_by


async def _region(tx: Tx, actor: Actor) -> str:
    """Where freight is shown for: the member's default address, else a default region."""
    addresses = await member.list_addresses(tx, actor) if actor.is_member else []
    return addresses[0].region if addresses else DEFAULT_REGION


def read_source(form: Mapping[str, str]) -> LineSource:
    """Where a line came from, as a form says it; nowhere if it does not."""
    return LineSource(form.get("source_kind", ""), form.get("source_ref", ""), form.get("source_token", ""))


@get("/cart", include_in_schema=False)
async def see_cart(request: AnyRequest) -> Template:
    """The cart, grouped by shop."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        region = await _region(tx, seen.actor)
        view = await cart.get_cart(tx, seen.actor, region)
    freight = sum(shop.freight for shop in view.ticked.shops)
    lines = {(line.sku_id, line.source): line for line in view.lines}
    slots = await load_slots(seen, "cart.notes", sku_ids=[line.sku_id for line in view.lines])
    seen = msgspec.structs.replace(seen, currency=view.ticked.currency)
    return page(seen, "cart/cart.html", view=view, lines=lines, freight=freight, region=region, slots=slots)


@post("/cart/add", include_in_schema=False)
async def add(request: AnyRequest) -> Redirect:
    """Put something in the cart; a guest gets one of its own."""
    form = await read_form(request)
    db = db_of(request)
    token = ""
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        if actor.id == 0:
            actor = Actor(tx.new_id(new_guest_bucket()))
            token = make_guest(actor.id, settings_of(request).secret)
    product_id, sku_id = read_id(form.get("product_id", ""), "product"), read_id(form.get("sku_id", ""), "sku")
    await cart.put_in_cart(db, actor, product_id, sku_id, read_number(form, "quantity", 1), read_source(form))
    await note_action(request, actor, "add_to_cart", read_found_by(form), product_id)
    response = redirect_to("/checkout" if form.get("then") == "checkout" else "/cart")
    if token:
        keep_token(request, response, token)
    return response


@post("/cart/change", include_in_schema=False)
async def change(request: AnyRequest) -> Redirect:
    """Another quantity, or a tick."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    quantity = read_number(form, "quantity") if "quantity" in form else None
    is_ticked = "is_ticked" in form if "tick" in form else None
    await db.run(
        cart.change_line, actor, read_id(form.get("sku_id", ""), "sku"), quantity=quantity, is_ticked=is_ticked,
        source=read_source(form),
    )  # fmt: skip
    return redirect_to("/cart")


@post("/cart/remove", include_in_schema=False)
async def remove(request: AnyRequest) -> Redirect:
    """Take a line out."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    await db.run(cart.remove_from_cart, actor, read_id(form.get("sku_id", ""), "sku"), read_source(form))
    return redirect_to("/cart")


HANDLERS = [see_cart, add, change, remove]
