"""Handing over otherwise than in a parcel: the shop's forms on an order."""

from litestar import post
from litestar.response import Redirect, Template

from datong.commerce import order
from datong.kernel.actor import Actor
from datong.kernel.tx import Db
from datong.surfaces.order.labels import WRONG_CODES
from datong.surfaces.order.workbench import Form, act_on_order, lines_of_form
from datong.surfaces.request_context import AnyRequest

DETAILS = ("place", "content", "text")
"""What the forms of the house's own methods say; a room of another method brings a page of its own."""


@post("/workbench/{shop_id:str}/orders/{order_id:str}/handover", include_in_schema=False)
async def hand_over(request: AnyRequest, shop_id: str, order_id: str) -> Redirect | Template:
    """Hand over what is left of a method: ready to be collected, performed, or sent as text."""
    return await act_on_order(request, shop_id, order_id, _hand_over)


async def _hand_over(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    details = {name: form[name] for name in DETAILS if name in form}
    await db.run(
        order.hand_over, actor, order_id, form.get("method", ""), details, form.get("request_key", ""),
        lines_of_form(form),
    )  # fmt: skip


@post("/workbench/{shop_id:str}/orders/{order_id:str}/collect", include_in_schema=False)
async def collect(request: AnyRequest, shop_id: str, order_id: str) -> Redirect | Template:
    """Hand goods out against the code that the buyer shows."""
    return await act_on_order(request, shop_id, order_id, _collect)


async def _collect(db: Db, actor: Actor, order_id: int, form: Form) -> str | None:
    return WRONG_CODES.get(await db.run(order.collect_order, actor, order_id, form.get("code", "")))


HANDLERS = [hand_over, collect]
