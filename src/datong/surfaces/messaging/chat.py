"""What the buyer's and the shop's pages of a conversation share.

The words in it, the saying, pictures, and the live bell.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, WebSocket, get, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.response import Template

from datong.adapters.image_files import NotAPicture, as_web_picture
from datong.adapters.object_store import put_first
from datong.commerce import catalog, merchant, messaging, order
from datong.commerce.messaging import Chat, Message, MessageBody
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.messaging.chat_bell import bell_of
from datong.surfaces.page_rendering import about_storefront, load_page_context, page
from datong.surfaces.request_context import (
    AnyRequest,
    actor_of,
    actor_of_request,
    adapters_of,
    db_of,
    read_id,
    settings_of,
    token_of,
)

MAX_UPLOAD = 12_000_000
MAX_PICTURE = 10_000_000
LOOK_AGAIN_SECONDS = 20
"""However the bell fares, an open conversation is looked at again after so long."""


def read_said(form: dict[str, str]) -> MessageBody | None:
    """What a form says in words; None where it says nothing."""
    text = (form.get("quick") or form.get("text", "")).strip()
    return MessageBody("text", {"text": text}) if text else None


async def post_from_form(
    request: AnyRequest, actor: Actor, chat_id: int, form: dict[str, str], files: Sequence[bytes]
) -> None:
    """Say what a form holds: pictures, then cards, then words; the same form again says nothing twice."""
    db, key = db_of(request), form.get("request_key") or secrets.token_urlsafe(16)
    async with db.read() as tx:
        chat, _ = await messaging.get_chat(tx, actor, chat_id)
        cards = await _read_cards(tx, actor, chat, form)
    for place, body in enumerate(files[:9]):
        await _say_picture(request, actor, chat_id, body, f"{key[:80]}-{place}")
    if words := read_said(form):
        cards.append(words)
    for place, said in enumerate(cards):
        await db.run(messaging.post_message, actor, chat_id, said, f"{key[:80]}.{place}")
    await bell_of(db).ring(chat_id)


async def _say_picture(request: AnyRequest, actor: Actor, chat_id: int, body: bytes, key: str) -> None:
    if len(body) > MAX_PICTURE:
        raise Invalid("picture", f"at most {MAX_PICTURE} bytes")
    try:
        shown = await as_web_picture(body)
    except NotAPicture:
        raise Invalid("picture", "a picture (JPEG, PNG, WebP)") from None
    name = secrets.token_hex(16)
    kept = messaging.picture_key(chat_id, name)
    async with put_first(adapters_of(request).objects, {kept: shown}):
        await db_of(request).run(messaging.post_message, actor, chat_id, MessageBody("picture", {"name": name}), key)


async def _read_cards(tx: Tx, actor: Actor, chat: Chat, form: dict[str, str]) -> list[MessageBody]:
    """A product of the shop, or an order of this buyer in this shop, as it is at this moment."""
    cards: list[MessageBody] = []
    if form.get("product_id"):
        product = (await catalog.get_product(tx, read_id(form["product_id"], "product"))).product
        if product.shop_id != chat.shop_id:
            raise NotFound("product", product.product_id)
        picture = product.pictures[0] if product.pictures else ""
        shown = {"titles": product.titles, "picture": picture, "price": product.price_min}
        cards.append(MessageBody("product", {"product_id": str(product.product_id)} | shown))
    if form.get("order_id"):
        view = await order.get_order(tx, actor, read_id(form["order_id"], "order"))
        if view.order.shop_id != chat.shop_id or view.order.member_id != chat.member_id:
            raise NotFound("order", view.order.order_id)
        first = view.lines[0]
        shown = {"titles": first.titles, "picture": first.picture, "price": view.order.payable}
        cards.append(MessageBody("order", {"order_id": str(view.order.order_id), "state": view.order.state} | shown))
    return cards


async def see(request: AnyRequest, actor: Actor, chat: Chat, side: str, messages: Sequence[Message]) -> None:
    """The actor has these before its eyes."""
    seen, chat_id = chat.buyer_seen if side == "buyer" else chat.shop_seen, chat.chat_id
    if not messages or messages[-1].seq <= seen:
        return
    db = db_of(request)
    is_news = await db.run(messaging.mark_seen, actor, chat_id, messages[-1].seq)
    if is_news:
        await bell_of(db).ring(chat_id)


@get("/talk/{chat_id:str}/since", include_in_schema=False)
async def since(request: AnyRequest, chat_id: str, after: int = 0) -> Template:
    """What was said after a message, as a part of the page, and how far the other side has read."""
    each = read_id(chat_id, "chat")
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
        chat, side = await messaging.get_chat(tx, seen.actor, each)
        shop = await merchant.get_recent_shop(tx, chat.shop_id)
        seen = await about_storefront(tx, seen, shop.storefront_id)
        messages = await messaging.list_messages(tx, seen.actor, each, after=max(0, after))
    await see(request, seen.actor, chat, side, messages)
    return page(seen, "messaging/talk_part.html", chat=chat, side=side, messages=messages, **links_of(chat, side))


def links_of(chat: Chat, side: str) -> dict[str, Any]:
    """Where the cards of a conversation lead, for each side."""
    orders = "/orders" if side == "buyer" else f"/workbench/{chat.shop_id}/orders"
    return {"orders": orders, "other_seen": chat.shop_seen if side == "buyer" else chat.buyer_seen}


@get("/talk/{chat_id:str}/pictures/{name:str}", include_in_schema=False)
async def picture(request: AnyRequest, chat_id: str, name: str) -> Response[bytes]:
    """A picture of a conversation, for its two sides and for who decides between them."""
    each = read_id(chat_id, "chat")
    async with db_of(request).read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        if not actor.may("operator:dispute:decide"):
            await messaging.get_chat(tx, actor, each)
    is_name = len(name) == 32 and name.isalnum() and name.isascii()  # noqa: PLR2004 - 32 characters, as picture names are made
    body = await adapters_of(request).objects.get(messaging.picture_key(each, name)) if is_name else None
    if body is None:
        raise NotFound("picture", name[:40])
    return Response(body, media_type="image/webp", headers={"cache-control": "private, max-age=86400"})


@websocket("/talk/{chat_id:str}/live")
async def live(socket: WebSocket[Any, Any, Any], chat_id: str) -> None:
    """Rings when there is something new; what it is, the page asks for. Closed for whoever has no part in it."""
    db = db_of(socket)
    origin = urlsplit(socket.headers.get("origin", "")).netloc
    if origin and origin != socket.headers.get("host", ""):
        await socket.close(code=4403)
        return
    try:
        each = read_id(chat_id, "chat")
        await _look(socket, each)
    except Refusal:
        await socket.close(code=4404)
        return
    await socket.accept()
    gone = asyncio.create_task(_until_gone(socket))
    try:
        async with bell_of(db).hear(each) as rung:
            last = (-1, -1, -1)
            while not gone.done():
                rung.clear()
                chat = await _look(socket, each)
                now = (chat.last_seq, chat.buyer_seen, chat.shop_seen)
                if now != last:
                    await socket.send_json(
                        {"seq": chat.last_seq, "buyer_seen": chat.buyer_seen, "shop_seen": chat.shop_seen}
                    )
                    last = now
                waiting = asyncio.create_task(rung.wait())
                await asyncio.wait({waiting, gone}, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
    except Refusal:
        await socket.close(code=4404)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        gone.cancel()


async def _look(socket: WebSocket[Any, Any, Any], chat_id: int) -> Chat:
    """The conversation, if whoever is at the socket still has a part in it."""
    async with db_of(socket).read() as tx:
        secret = settings_of(socket).secret
        actor = await actor_of(tx, token_of(socket), secret, is_fresh=True)
        return (await messaging.get_chat(tx, actor, chat_id))[0]


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    """Whatever the other end says is not listened to; until it is gone."""
    try:
        while True:
            await socket.receive_data(mode="text")
    except WebSocketDisconnect:
        return


HANDLERS = [since, picture, live]
