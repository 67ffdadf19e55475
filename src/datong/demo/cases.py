"""The town's open cases: what a shop finds in its due list, and a dispute with both files on the platform's desk."""

import io
from collections.abc import Callable, Coroutine
from typing import Any

from PIL import Image, ImageDraw

from datong.adapters import Adapters
from datong.commerce import aftersale, order
from datong.commerce.aftersale import RefundRequest
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.wiring import find_house

Play = Callable[[Adapters, Actor, Actor, int], Coroutine[Any, Any, None]]


def _picture(colour: str, words: str) -> bytes:
    """A plain picture with a box in it, as evidence."""
    image = Image.new("RGB", (480, 480), "#ece7e1")
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((90, 120, 390, 380), 18, fill=colour, outline="#3c3632", width=4)
    drawing.line((150, 120, 230, 250, 200, 300, 280, 380), fill="#3c3632", width=5)
    drawing.text((24, 440), words, fill="#3c3632")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


async def _ask(adapters: Adapters, buyer: Actor, order_id: int, ask: RefundRequest) -> int:
    async with adapters.db.begin(bucket_of(order_id)) as tx:
        line = (await order.lines_of(tx, order_id))[0].line_id
        return await aftersale.open_refund(tx, buyer, order_id, line, ask, "town-case")


async def wish(adapters: Adapters, buyer: Actor, _: Actor, order_id: int) -> None:
    """Not sent yet, and not wanted any more: granted at once if it is little, else for the shop to answer."""
    await _ask(adapters, buyer, order_id, RefundRequest("REFUND", "not_wanted", note="Ordered the wrong one. 拍错了。"))


async def send_it_back(adapters: Adapters, buyer: Actor, _: Actor, order_id: int) -> None:
    """A return waits for the shop's word."""
    case_id = await _ask(
        adapters,
        buyer,
        order_id,
        RefundRequest("REFUND_AND_RETURN", "quality", is_received=True, note="A seam came loose. 开线了。"),
    )
    await aftersale.add_evidence(
        adapters.db, adapters.objects, buyer, case_id, _picture("#c96f53", "the seam"), "The seam 开线处"
    )


async def dispute(adapters: Adapters, buyer: Actor, seller: Actor, order_id: int) -> None:
    """Both sides have handed in what they have; the platform decides."""
    ask = RefundRequest("REFUND_AND_RETURN", "damaged", is_received=True, note="Broken on arrival. 收到就坏了。")
    case_id = await _ask(adapters, buyer, order_id, ask)
    db, bucket = adapters.db, bucket_of(case_id)
    async with db.begin(bucket) as tx:
        case = (await aftersale.get_case(tx, seller, case_id)).case
        if not case.is_open:
            return
        refused = await aftersale.refuse_refund(
            tx, seller, case_id, case.version, "It was whole when it left us. 发货时完好。"
        )
        await aftersale.call_platform(tx, buyer, case_id, refused.version)
    files = (
        (buyer, "#b0413e", "as it came", "As it came 收到时"),
        (seller, "#5b8c5a", "as it left", "As it left 发货时"),
    )
    for actor, colour, words, text in files:
        await aftersale.add_evidence(db, adapters.objects, actor, case_id, _picture(colour, words), text)
        async with db.begin(bucket) as tx:
            await aftersale.complete_evidence(tx, actor, case_id)


PLAYS: dict[str, tuple[bool, Play]] = {
    "wished": (False, wish),
    "to return": (True, send_it_back),
    "disputed": (True, dispute),
}
"""By fate: whether the order is sent before, and what is played."""


def staff_of(shop_id: int) -> Actor:
    """Whoever answers for a shop."""
    return Actor(1, "member", {shop_id: find_house().rights_of("owner")})
