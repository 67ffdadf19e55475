"""Messages and notices.

Every word once and in order, the queue by waiting time, nobody else's eyes, everyone concerned is told.
"""

import asyncio

import pytest

from datong.commerce import catalog, messaging
from datong.commerce.catalog.import_jobs import run_imports
from datong.commerce.messaging import MessageBody
from datong.commerce.messaging.notifications import UNREADS
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound, TooMany
from datong.wiring import find_house
from tests.cases import bought
from tests.make import Shop, Shopper, Town


async def talk(town: Town) -> tuple[Shop, Shopper, int]:
    """A shop, a shopper, and their conversation."""
    shop, shopper = await town.shop(), await town.shopper()
    async with town.db.begin(shopper.actor.bucket) as tx:
        chat = await messaging.open_chat(tx, shopper.actor, shop.id)
        assert (await messaging.open_chat(tx, shopper.actor, shop.id)).chat_id == chat.chat_id
    return shop, shopper, chat.chat_id


async def say(town: Town, actor: Actor, chat_id: int, text: str, key: str = "") -> int:
    async with town.db.begin(bucket_of(chat_id)) as tx:
        return await messaging.post_message(
            tx, actor, chat_id, MessageBody("text", {"text": text}), key or f"k{town.next()}"
        )


async def test_both_sides_talk_and_see_what_was_read(town: Town) -> None:
    shop, shopper, chat_id = await talk(town)
    assert await say(town, shopper.actor, chat_id, "Is it in stock?", "a") == 1
    assert await say(town, shopper.actor, chat_id, "Is it in stock?", "a") == 1, "the same key says it once"
    await town.deliver()
    async with town.db.read() as tx:
        (waiting,) = await messaging.list_queue(tx, shop.owner, shop.id)
        assert (waiting.last_text, waiting.last_seq - waiting.shop_seen) == ("Is it in stock?", 1)
        assert await messaging.count_waiting(tx, shop.owner, shop.id) == 1
    await say(town, shop.owner, chat_id, "Yes.")
    async with town.db.begin(bucket_of(chat_id)) as tx:
        assert await messaging.mark_seen(tx, shopper.actor, chat_id, 99)
        assert not await messaging.mark_seen(tx, shopper.actor, chat_id, 2)
    await town.deliver()
    async with town.db.read() as tx:
        assert await messaging.list_queue(tx, shop.owner, shop.id) == []
        chat, side = await messaging.get_chat(tx, shopper.actor, chat_id)
        assert (chat.last_seq, chat.buyer_seen, chat.shop_seen, side) == (2, 2, 2, "buyer")
        said = await messaging.list_messages(tx, shop.owner, chat_id)
        assert [(each.seq, each.side, each.body["text"]) for each in said] == [
            (1, "buyer", "Is it in stock?"),
            (2, "shop", "Yes."),
        ]
        assert [each.seq for each in await messaging.list_messages(tx, shop.owner, chat_id, after=1)] == [2]


async def test_many_speak_at_once_and_every_word_has_its_place(town: Town) -> None:
    shop, shopper, chat_id = await talk(town)
    words = [say(town, actor, chat_id, f"{n}") for n in range(15) for actor in (shop.owner, shopper.actor)]
    assert sorted(await asyncio.gather(*words)) == list(range(1, 31))
    await town.deliver()
    async with town.db.read() as tx:
        (found,) = (await messaging.list_shop_chats(tx, shop.owner, shop.id)).items
        assert found.last_seq == 30
    await town.check_books()


async def test_nobody_else_reads_or_speaks(town: Town) -> None:
    shop, shopper, chat_id = await talk(town)
    await say(town, shopper.actor, chat_id, "hello")
    other = await town.shop()
    packer = Actor((await town.shopper()).actor.id, "member", {shop.id: find_house().rights_of("shipper")})
    operator = Actor(7, "member", {}, frozenset({"dispute:decide"}))
    for actor in ((await town.shopper()).actor, other.owner, packer, Actor(0), operator):
        with pytest.raises(NotFound):
            await say(town, actor, chat_id, "mine")
        async with town.db.read() as tx:
            with pytest.raises(NotFound):
                await messaging.list_messages(tx, actor, chat_id)
    async with town.db.read() as tx:
        assert len(await messaging.read_transcript(tx, operator, shopper.actor.id, shop.id)) == 1
        for actor in (shop.owner, packer):
            with pytest.raises(NotAllowed):
                await messaging.read_transcript(tx, actor, shopper.actor.id, shop.id)
        with pytest.raises(NotAllowed):
            await messaging.list_queue(tx, other.owner, shop.id)


async def test_two_of_the_staff_reach_for_one_conversation(town: Town) -> None:
    shop, shopper, chat_id = await talk(town)
    await say(town, shopper.actor, chat_id, "hello")
    rights = {shop.id: find_house().rights_of("support")}
    staff = [Actor((await town.shopper()).actor.id, "member", rights) for _ in range(6)]

    async def take(actor: Actor) -> None:
        async with town.db.begin(bucket_of(chat_id)) as tx:
            await messaging.assign_chat(tx, actor, shop.id, chat_id, 0)

    answers = await asyncio.gather(*(take(each) for each in staff), return_exceptions=True)
    assert sum(each is None for each in answers) == 1
    await town.deliver()
    async with town.db.read() as tx:
        (found,) = await messaging.list_queue(tx, shop.owner, shop.id)
        assert found.assigned_to in {each.id for each in staff}
    await town.check_books()


async def test_bounds_of_what_is_said(town: Town) -> None:
    shop, shopper, chat_id = await talk(town)
    for text in ("", "   ", "x" * 1_001):
        with pytest.raises(Invalid):
            await say(town, shopper.actor, chat_id, text)
    for _ in range(40):
        await say(town, shopper.actor, chat_id, "again")
    with pytest.raises(TooMany):
        await say(town, shopper.actor, chat_id, "again")
    town.move_clock(minutes=2)
    await say(town, shopper.actor, chat_id, "better")
    async with town.db.begin(bucket_of(shop.id)) as tx:
        for _ in range(messaging.MAX_REPLIES):
            reply = await messaging.add_quick_reply(tx, shop.owner, shop.id, "We send today.")
        with pytest.raises(Invalid):
            await messaging.add_quick_reply(tx, shop.owner, shop.id, "One more")
        await messaging.drop_quick_reply(tx, shop.owner, shop.id, reply)
        assert len(await messaging.list_quick_replies(tx, shop.owner, shop.id)) == messaging.MAX_REPLIES - 1


async def kinds(town: Town, actor: Actor, shop_id: int = 0) -> list[str]:
    async with town.db.read() as tx:
        return [each.kind for each in (await messaging.list_notices(tx, actor, shop_id)).items][::-1]


async def test_whoever_a_fact_concerns_is_told_once(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    await town.deliver()
    await shopper.confirm(order_id)
    await town.deliver()
    assert await kinds(town, shopper.actor) == ["welcome", "order_paid", "order_shipped"]
    assert await kinds(town, shop.owner, shop.id) == ["shop_opened", "shop_order_paid", "shop_order_finished"]
    packer = Actor(shopper.actor.id, "member", {shop.id: find_house().rights_of("accountant")})
    assert "shop_order_paid" in await kinds(town, packer, shop.id)
    editor = Actor(shopper.actor.id, "member", {shop.id: find_house().rights_of("editor")})
    assert await kinds(town, editor, shop.id) == ["shop_opened"], "only what the role is for"
    with pytest.raises(NotAllowed):
        await kinds(town, shopper.actor, shop.id)


async def test_a_table_that_has_come_in_is_told_of(town: Town) -> None:
    shop = await town.shop()
    table = catalog.read_table(f"number,title_en,category,price\nT-1,Thing,{town.category_id},9\n".encode())
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await catalog.start_import(tx, shop.owner, shop.id, "things", table)
    while await run_imports(town.db):
        pass
    await town.deliver()
    assert await kinds(town, shop.owner, shop.id) == ["shop_opened", "shop_imported"]


async def test_notices_are_seen_and_can_be_switched_off(town: Town) -> None:
    shop, shopper, _ = await bought(town)
    async with town.db.read() as tx:
        UNREADS.forget(shopper.actor.id)
        assert (await messaging.count_unread(tx, shopper.actor)).notices == 2
        newest = (await messaging.list_notices(tx, shopper.actor)).items[0].notice_id
    async with town.db.begin(shopper.actor.bucket) as tx:
        await messaging.mark_notices_seen(tx, shopper.actor, shopper.actor.id, newest)
        assert (await messaging.count_unread(tx, shopper.actor)).notices == 0
        await messaging.set_notices(tx, shopper.actor, {"order_paid": False})
        with pytest.raises(Invalid):
            await messaging.set_notices(tx, shopper.actor, {"weather": False})
    await shopper.buy(await shop.product())
    await town.deliver()
    async with town.db.read() as tx:
        UNREADS.forget(shopper.actor.id)
        assert (await messaging.count_unread(tx, shopper.actor)).notices == 0
    assert await kinds(town, shopper.actor) == ["welcome"]
