"""Cart and checkout."""

import secrets

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import cart, member, order, voucher
from datong.commerce.pricing import Buyer, quote
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, NotFound, Refusal, TooMany
from datong.kernel.tx import Tx
from datong.surfaces.forms import keep_token, read_form, read_number
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
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
from datong.surfaces.searching import note_deed, read_found_by


async def _region(tx: Tx, actor: Actor) -> str:
    """Where freight is shown for: the member's default address, else a default region."""
    addresses = await member.list_addresses(tx, actor) if actor.is_member else []
    return addresses[0].region if addresses else DEFAULT_REGION


@get("/cart", include_in_schema=False)
async def see_cart(request: AnyRequest) -> Template:
    """The cart, grouped by shop."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        region = await _region(tx, seen.actor)
        view = await cart.get_cart(tx, seen.actor, region)
    freight = sum(shop.freight for shop in view.ticked.shops)
    lines = {line.sku_id: line for line in view.lines}
    return page(seen, "storefront/cart.html", view=view, lines=lines, freight=freight, region=region)


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
    await cart.put_in_cart(db, actor, product_id, sku_id, read_number(form, "quantity", 1))
    await note_deed(request, actor, "add_to_cart", read_found_by(form), product_id)
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
    async with db.begin(actor.bucket) as tx:
        await cart.change_line(
            tx, actor, read_id(form.get("sku_id", ""), "sku"), quantity=quantity, is_ticked=is_ticked
        )
    return redirect_to("/cart")


@post("/cart/remove", include_in_schema=False)
async def remove(request: AnyRequest) -> Redirect:
    """Take a line out."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    async with db.begin(actor.bucket) as tx:
        await cart.remove_from_cart(tx, actor, read_id(form.get("sku_id", ""), "sku"))
    return redirect_to("/cart")


class Choice(msgspec.Struct, frozen=True):
    """What a buyer chose at the checkout: which vouchers (None: the best ones), and whether to keep its coins."""

    vouchers: frozenset[int] | None = None
    keeps_coins: bool = False


NO_CHOICE = Choice()


async def _checkout(
    tx: Tx, seen: PageContext, address_id: str, choice: Choice = NO_CHOICE, problem: str = "", status: int = 200
) -> Template:
    seen.must_be_member()
    addresses = await member.list_addresses(tx, seen.actor)
    named = [each for each in addresses if str(each.address_id) == address_id]
    address = next(iter(named or addresses), None)
    lines = (await cart.ticked_lines(tx, [seen.actor]))[seen.actor.id]
    chosen = choice.vouchers
    buyer = Buyer(seen.actor.id, chosen=chosen, keeps_coins=choice.keeps_coins)
    priced = await quote(tx, lines, address.region if address else DEFAULT_REGION, buyer)
    usable = (await voucher.list_usable(tx, [seen.actor.id])).get(seen.actor.id, [])
    return page(
        seen,
        "storefront/checkout.html",
        status_code=status,
        quote=priced,
        addresses=addresses,
        address=address,
        goods=sum(shop.goods for shop in priced.shops),
        saved=sum(shop.saved for shop in priced.shops),
        freight=sum(shop.freight for shop in priced.shops),
        request_key=secrets.token_urlsafe(16),
        vouchers=usable,
        used={each.tool_id for each in priced.tools if each.is_voucher},
        chosen=None if chosen is None else sorted(chosen),
        keeps_coins=choice.keeps_coins,
        coins_spent=sum(each.amount for each in priced.tools if each.layer == "coins"),
        problem=problem,
    )


@get("/checkout", include_in_schema=False)
async def checkout(
    request: AnyRequest, address: str = "", vouchers: list[str] | None = None, coins: str = ""
) -> Template:  # fmt: skip
    """What is ticked, with the whole breakdown, for an address, with the vouchers ticked or the best ones, coins or not."""
    choice = Choice(None if vouchers is None else _chosen(" ".join(vouchers)), coins == "keep")
    async with db_of(request).read() as tx:
        return await _checkout(tx, await load_page_context(request, tx), address, choice)


def _chosen(text: str) -> frozenset[int]:
    """Vouchers out of a form; a 0 stands for none, so that an empty choice can be told from no choice."""
    return frozenset(read_id(each, "voucher") for each in text.split() if each != "0")


@post("/checkout", include_in_schema=False)
async def place(request: AnyRequest) -> Redirect | Template:
    """Place it; whatever stands against it is said on the same page, priced anew."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:order:place", actor.id)
    notes = {
        read_id(name.removeprefix("note-"), "shop"): text for name, text in form.items() if name.startswith("note-")
    }
    try:
        agreed = Money(read_number(form, "agreed"), form.get("currency", ""))
        address_id = read_id(form.get("address_id", ""), "address")
        chosen = _chosen(form["vouchers"]) if "vouchers" in form else None
        purchase_id = await order.place_purchase(
            db, actor, address_id, agreed, form.get("request_key", ""), notes, chosen=chosen,
            keeps_coins=form.get("coins") == "keep",
        )  # fmt: skip
    except TooMany as refusal:
        return await _queue(request, form, refusal.retry_after)
    except (Conflict, NotFound) as refusal:
        return await _again(request, form, refusal)
    return redirect_to(f"/purchases/{purchase_id}")


async def _again(request: AnyRequest, form: dict[str, str], refusal: Refusal) -> Template:
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        choice = Choice(keeps_coins=form.get("coins") == "keep")
        return await _checkout(tx, seen, form.get("address_id", ""), choice, refusal_text(refusal, seen.language), 409)


async def _queue(request: AnyRequest, form: dict[str, str], retry_after: int) -> Template:
    """More people order at this moment than can be served: wait here, with everything that was said, under the same key."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
    answered = page(seen, "storefront/queue.html", status_code=429, form=form, retry_after=retry_after)
    answered.headers["retry-after"] = str(retry_after)
    return answered


HANDLERS = [see_cart, add, change, remove, checkout, place]
