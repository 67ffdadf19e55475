"""The town's talk: a shopper asks two shops, one answers; what is kept and said often; how a shop's page looks."""

from datong.commerce import catalog, merchant, messaging
from datong.commerce.merchant import ShopPageDraft
from datong.commerce.messaging import MessageBody
from datong.consumer import favourite
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db
from datong.wiring import find_house

WORDS: tuple[tuple[str, str], ...] = (
    ("buyer", "在吗？这件的尺码偏大还是偏小？"),
    ("shop", "您好，标准尺码，按平时穿的拍就好。"),
    ("buyer", "好的，今天能发货吗？"),
)
REPLIES = ("您好，今天下单今天发货。", "Hello! We send within 48 hours.", "七天无理由退换，请放心购买。")
ABOUT = {"en": "Everyday clothes, cut in our own lane.", "zh": "日常衣物，自家小巷裁制。"}
NOTICE = {"en": "New season: coupons are on this page.", "zh": "新季上新，领券更优惠。"}


async def let_the_town_talk(db: Db, people: dict[str, int], shops: list[int]) -> None:
    """Every step knows what is there."""
    shop_id = shops[0]
    buyer = Actor(people["lilei@demo"], "member")
    owner = Actor(people["willow@demo"], "member", {shop_id: find_house().rights_of("owner")})
    async with db.read() as tx:
        cards = (await catalog.list_shop_cards(tx, shop_id, "", 4)).items
    async with db.begin(buyer.bucket) as tx:
        chat = await messaging.open_chat(tx, buyer, shop_id)
        first = {"product_id": str(cards[0].product_id), "titles": cards[0].titles, "picture": cards[0].picture or ""}
        await messaging.post_message(
            tx, buyer, chat.chat_id, MessageBody("product", first | {"price": cards[0].price_min}), "town"
        )
        for number, (side, text) in enumerate(WORDS):
            actor = buyer if side == "buyer" else owner
            await messaging.post_message(tx, actor, chat.chat_id, MessageBody("text", {"text": text}), f"town-{number}")
        await favourite.add_favourite(tx, buyer, "shop", shop_id)
        for card in cards[:2]:
            await favourite.add_favourite(tx, buyer, "product", card.product_id, card.price_min + 1_000)
    async with db.begin(bucket_of(shop_id)) as tx:
        if not await messaging.list_quick_replies(tx, owner, shop_id):
            for text in REPLIES:
                await messaging.add_quick_reply(tx, owner, shop_id, text)
        if await merchant.find_page(tx, shop_id) is None:
            featured = [card.product_id for card in cards]
            await merchant.edit_shop_page(tx, owner, shop_id, 0, ShopPageDraft(ABOUT, NOTICE, "", featured))
