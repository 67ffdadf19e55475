"""The methods of the house: parcels by express, surface post or from overseas, pick-up by code, digital, service, none.

Source: domain.md §3 (clocks by kind of delivery).
"""

from msgspec import structs

from datong.commerce.catalog import FulfilmentMethod, HandOver, LineState, MovedBy
from datong.commerce.fulfilment.digital_goods import ask_for_items
from datong.commerce.fulfilment.handovers import MAX_TEXT, put_handover, read_text
from datong.commerce.fulfilment.parcels import ParcelLine, open_parcel
from datong.commerce.rulebook import Parameter
from datong.kernel.tx import Tx

PARCEL_DAYS = Parameter(
    "order.auto_confirm_days",
    int,
    10,
    "domain.md §3 [18]: express 10 d after shipping",
    bounds=(1, 90),
    scopes=("storefront",),
)
SURFACE_DAYS = Parameter(
    "fulfilment.surface_days", int, 30, "domain.md §3 [18]: surface post 30 d", bounds=(1, 180), scopes=("storefront",)
)
OVERSEAS_DAYS = Parameter(
    "fulfilment.overseas_days",
    int,
    20,
    "domain.md §3 [18]: overseas direct 20 d",
    bounds=(1, 180),
    scopes=("storefront",),
)
PICKUP_DAYS = Parameter(
    "fulfilment.pickup_days",
    int,
    7,
    "DESIGN: what is not collected in time is paid back",
    bounds=(1, 90),
    scopes=("storefront",),
)
COLLECTED_DAYS = Parameter(
    "fulfilment.collected_days",
    int,
    3,
    "DESIGN: after it was handed out against the code",
    bounds=(0, 90),
    scopes=("storefront",),
)
DIGITAL_DAYS = Parameter(
    "fulfilment.digital_days", int, 1, "domain.md §3 [18]: auto-delivery 1 d", bounds=(0, 90), scopes=("storefront",)
)
SERVICE_DAYS = Parameter(
    "fulfilment.service_days", int, 3, "domain.md §3 [18]: virtual 3 d", bounds=(0, 90), scopes=("storefront",)
)
NONE_DAYS = Parameter(
    "fulfilment.none_days", int, 0, "domain.md §3 [18]: top-up at once", bounds=(0, 90), scopes=("storefront",)
)

_W, _H, _R, _B = LineState.WAITING, LineState.HANDED_OVER, LineState.RECEIVED, LineState.GIVEN_BACK
_BY_REFUND = {_B: frozenset({MovedBy.REFUND})}
_UNSENT = {_B: frozenset({MovedBy.REFUND, MovedBy.CLOCK})}
MAX_PLACE = 200


async def _send(tx: Tx, what: HandOver) -> None:
    lines = [ParcelLine(line.line_id, line.quantity) for line in what.lines]
    courier, number = what.details.get("courier", ""), what.details.get("tracking_no", "")
    await open_parcel(tx, what.handover_id, what.purchase_id, what.order_id, what.shop_id, courier, number, lines)


async def _make_ready(tx: Tx, what: HandOver) -> None:
    await put_handover(tx, "pickup", what, {"place": read_text(what, "place", MAX_PLACE)}, has_code=True)


async def _deliver_text(tx: Tx, what: HandOver) -> None:
    await put_handover(tx, "digital", what, {"contents": [read_text(what, "content", MAX_TEXT)]}, is_received=True)


async def _perform(tx: Tx, what: HandOver) -> None:
    await put_handover(tx, "service", what, {"text": read_text(what, "text", MAX_PLACE)})


async def _nothing(tx: Tx, what: HandOver) -> None:
    await put_handover(tx, "none", what, {}, is_received=True)


async def _nothing_at_once(tx: Tx, what: HandOver) -> bool:
    await _nothing(tx, what)
    return True


PARCEL = FulfilmentMethod(
    key="parcel",
    moves={
        _W: {_H: frozenset({MovedBy.SELLER}), **_UNSENT},
        _H: {_R: frozenset({MovedBy.COURIER, MovedBy.BUYER, MovedBy.CLOCK}), **_BY_REFUND},
        _R: _BY_REFUND,
        _B: {},
    },
    confirm_days=PARCEL_DAYS,
    hand_over=_send,
    is_carried=True,
    is_returnable=True,
)
SURFACE = structs.replace(PARCEL, key="surface", confirm_days=SURFACE_DAYS, sent_as="parcel")
OVERSEAS = structs.replace(PARCEL, key="overseas", confirm_days=OVERSEAS_DAYS, sent_as="parcel")
PICKUP = FulfilmentMethod(
    key="pickup",
    moves={
        _W: {_H: frozenset({MovedBy.SELLER}), **_UNSENT},
        _H: {_R: frozenset({MovedBy.SELLER, MovedBy.BUYER}), _B: frozenset({MovedBy.CLOCK, MovedBy.REFUND})},
        _R: _BY_REFUND,
        _B: {},
    },
    confirm_days=PICKUP_DAYS,
    received_days=COLLECTED_DAYS,
    hand_over=_make_ready,
    is_returnable=True,
)
DIGITAL = FulfilmentMethod(
    key="digital",
    moves={_W: {_R: frozenset({MovedBy.PAYMENT, MovedBy.SELLER}), **_UNSENT}, _R: _BY_REFUND, _B: {}},
    confirm_days=DIGITAL_DAYS,
    hand_over=_deliver_text,
    on_paid=ask_for_items,
)
SERVICE = FulfilmentMethod(
    key="service",
    moves={
        _W: {_H: frozenset({MovedBy.SELLER}), **_UNSENT},
        _H: {_R: frozenset({MovedBy.BUYER, MovedBy.CLOCK}), **_BY_REFUND},
        _R: _BY_REFUND,
        _B: {},
    },
    confirm_days=SERVICE_DAYS,
    hand_over=_perform,
)
NONE = FulfilmentMethod(
    key="none",
    moves={_W: {_R: frozenset({MovedBy.PAYMENT}), **_UNSENT}, _R: _BY_REFUND, _B: {}},
    confirm_days=NONE_DAYS,
    hand_over=_nothing,
    on_paid=_nothing_at_once,
)
METHODS = (PARCEL, SURFACE, OVERSEAS, PICKUP, DIGITAL, SERVICE, NONE)
PARAMETERS = (
    PARCEL_DAYS,
    SURFACE_DAYS,
    OVERSEAS_DAYS,
    PICKUP_DAYS,
    COLLECTED_DAYS,
    DIGITAL_DAYS,
    SERVICE_DAYS,
    NONE_DAYS,
)
