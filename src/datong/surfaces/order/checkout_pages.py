"""Checkout: the whole breakdown, and placing the purchase."""

import secrets

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import cart, member, order, voucher
from datong.commerce.pricing import Buyer, quote
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, NotFound, Refusal, TooMany
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.fulfilment.labels import METHODS
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.page_slots import load_slots
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import (
    DEFAULT_REGION,
    AnyRequest,
    db_of,
    read_id,
    sender,
)


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
    seen = msgspec.structs.replace(seen, currency=priced.currency)
    usable = (await voucher.list_usable(tx, [seen.actor.id])).get(seen.actor.id, [])
    return page(
        seen,
        "order/checkout.html",
        status_code=status,
        slots=await load_slots(seen, "checkout.notes", shop_ids=[shop.shop_id for shop in priced.shops]),
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
        methods=worded(METHODS, seen.language),
        needs_address=not priced.shops or order.needs_address(tx.house, priced),
    )


@get("/checkout", include_in_schema=False)
async def checkout(
    request: AnyRequest, address: str = "", vouchers: list[str] | None = None, coins: str = ""
) -> Template:  # fmt: skip
    """What is ticked, with the whole breakdown, for an address, with the vouchers ticked or the best, coins or not."""
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
        said = form.get("address_id", "")
        address_id = 0 if said == "0" else read_id(said, "address")
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
    """More people order at this moment than can be served.

    Wait here, with everything that was said, under the same key.
    """
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
    answered = page(seen, "order/queue.html", status_code=429, form=form, retry_after=retry_after)
    answered.headers["retry-after"] = str(retry_after)
    return answered


HANDLERS = [checkout, place]
