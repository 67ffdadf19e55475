"""Opening a charge: what is to be paid of a thing is asked of its room, recorded, and then asked of the gateway."""

from collections.abc import Mapping

from datong.adapters.payment import Gateway
from datong.commerce.payment.charges import find_live_charge, list_parts, request_charge, send_charge
from datong.commerce.payment.payables import payable_of
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.tx import Db


async def open_charge(
    db: Db, gateways: Mapping[str, Gateway], actor: Actor, kind: str, subject_id: int, gateway: str, base_url: str
) -> str:
    """Open the charge of a thing, or find the one open at this gateway with these shares; answers where its owner pays.

    Refuses `PayableUnknown`, `Invalid` for an unknown gateway, `NotFound` for a stranger, and whatever the thing's room
    has against a payment now. Raises `GatewayDown` when the gateway does not answer; then it may be sent again.
    """
    payable = payable_of(db.house, kind)
    if gateway not in gateways:
        raise Invalid("gateway", ", ".join(sorted(gateways)))
    subject = (kind, subject_id)
    async with db.begin(bucket_of(subject_id)) as tx:
        view = await payable.describe(tx, subject_id)
        if not actor.may("member:order:pay", view.owner_id):
            raise NotFound(kind, subject_id)
        if view.refusal is not None:
            raise view.refusal
        parts = sorted(view.parts, key=lambda part: part.order_id)
        charge = await find_live_charge(tx, subject)
        if not charge or charge.gateway != gateway or await list_parts(tx, charge.charge_id) != parts:
            charge = await request_charge(tx, view.owner_id, subject, gateway, view.currency, parts)
    return await send_charge(
        db, gateways, charge, title=view.title, return_url=f"{base_url}{view.return_path}", base_url=base_url
    )
