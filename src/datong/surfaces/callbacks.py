"""Where the world calls back: signatures are checked by the plug before anything is read."""

import msgspec
from litestar import post

from datong.adapters.payment import BadSignature
from datong.commerce import fulfilment, payment
from datong.kernel.refusal import NotAllowed, NotFound
from datong.surfaces.request_context import AnyRequest, adapters_of


class SignatureRefused(NotAllowed):
    """The call-back is not from whom it says."""

    code = "surface.bad_signature"


class Taken(msgspec.Struct, frozen=True):
    """Whether it was news."""

    is_news: bool


@post("/callbacks/payment/{gateway:str}", status_code=200, include_in_schema=False)
async def payment_callback(request: AnyRequest, gateway: str) -> Taken:
    """A gateway's word; answered 200 once it is on record, so that the gateway may stop."""
    adapters = adapters_of(request)
    if gateway not in adapters.gateways:
        raise NotFound("gateway", gateway[:40])
    try:
        event = adapters.gateways[gateway].read_event(_headers(request), await request.body())
    except BadSignature:
        raise SignatureRefused from None
    return Taken(await payment.take_payment(adapters.db, event))


@post("/callbacks/courier/{courier:str}", status_code=200, include_in_schema=False)
async def courier_callback(request: AnyRequest, courier: str) -> Taken:
    """A courier's news."""
    adapters = adapters_of(request)
    if courier not in adapters.couriers:
        raise NotFound("courier", courier[:40])
    try:
        news = adapters.couriers[courier].read_news(_headers(request), await request.body())
    except BadSignature:
        raise SignatureRefused from None
    taken = 0
    for each in news:
        taken += await fulfilment.record_news(adapters.db, courier, each)
    return Taken(taken > 0)


def _headers(request: AnyRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


HANDLERS = [payment_callback, courier_callback]
