"""Paying a purchase, and the sandbox gateway's own pay page."""

from typing import get_args

from litestar import get, post
from litestar.response import Redirect, Template

from datong.adapters.payment.sandbox import Manner, SandboxGateway
from datong.commerce import order
from datong.kernel.refusal import Invalid, NotFound
from datong.surfaces.forms import read_form
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import STATES
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id, sender


@get("/purchases/{purchase_id:str}", include_in_schema=False)
async def purchase(request: AnyRequest, purchase_id: str) -> Template:
    """What is still to be paid of a purchase, or that it is paid."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        view = await order.get_purchase(tx, seen.actor, read_id(purchase_id, "purchase"))
        now = tx.now
    waiting = [each.due_at for each in view.orders if each.state == "WAIT_BUYER_PAY" and each.due_at]
    return page(
        seen,
        "payment/purchase.html",
        view=view,
        due_at=min(waiting) if waiting else None,
        is_paid=any(each.paid_at for each in view.orders),
        states=worded(STATES, seen.language),
        gateways=sorted(adapters_of(request).gateways),
        now=now,
    )


@post("/purchases/{purchase_id:str}/pay", include_in_schema=False)
async def pay(request: AnyRequest, purchase_id: str) -> Redirect:
    """To the gateway's pay page."""
    form = await read_form(request)
    adapters = adapters_of(request)
    actor = await sender(request)
    url = await order.pay_purchase(
        adapters.db,
        adapters.gateways,
        actor,
        read_id(purchase_id, "purchase"),
        form.get("gateway", ""),
        adapters.base_url,
    )
    return redirect_to(url)


def _sandbox(request: AnyRequest) -> SandboxGateway:
    found = adapters_of(request).gateways.get("sandbox")
    if not isinstance(found, SandboxGateway):
        raise NotFound("gateway", "sandbox")
    return found


@get("/sandbox/pay/{ref:str}", include_in_schema=False)
async def sandbox_page(request: AnyRequest, ref: str) -> Template:
    """What a buyer sees at the sandbox."""
    charge = await _sandbox(request).get_charge(ref)
    if charge is None:
        raise NotFound("charge", ref[:40])
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
    return page(seen, "payment/sandbox_pay.html", charge=charge)


@post("/sandbox/pay/{ref:str}", include_in_schema=False)
async def sandbox_settle(request: AnyRequest, ref: str) -> Redirect:
    """The buyer pays, or does not; the call-back follows by itself."""
    manner = (await read_form(request)).get("manner", "")
    for known in get_args(Manner):
        if manner == known:
            charge = await _sandbox(request).settle(ref, known)
            if charge is None:
                raise NotFound("charge", ref[:40])
            return redirect_to(charge.return_url)
    raise Invalid("manner", ", ".join(get_args(Manner)))


HANDLERS = [purchase, pay, sandbox_page, sandbox_settle]
