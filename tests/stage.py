"""A town in which there is one of everything, and someone of every role.

For tests that walk through all pages and calls.
"""

from datetime import date

from datong.commerce import aftersale, catalog, fulfilment, member, merchant, messaging, order, qualification
from datong.commerce.voucher import Tier
from datong.consumer import favourite
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.cases import ask, give_address, lines
from tests.commerce.test_workbench import picture
from tests.make import Shop, Shopper, Town
from tests.said import write

STAFF = ("manager", "shipper", "support", "editor", "accountant")
CENTRES = ("consumer", "industry", "platform")
ROLES = ("guest", "shopper", "stranger", "owner", *STAFF, "other_owner", *CENTRES)


class Stage:
    """The town, its people by role (0: a guest), and the number or name of one thing of each kind."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: dict[str, int] = {"guest": 0}
        self.things: dict[str, str] = {"code": "market", "vertical": "electronics", "category": str(town.category_id)}
        self.tokens: dict[str, str] = {"guest": ""}

    async def log_in_all(self) -> None:
        """A session for everyone."""
        for role, member_id in self.people.items():
            self.tokens[role] = await member.open_session(self.town.db, member_id) if member_id else ""


async def set_the_stage(town: Town) -> Stage:
    """Everything and everyone."""
    stage = Stage(town)
    shop, shopper = await town.shop(), await town.shopper()
    other, stranger = await town.shop(), await town.shopper()
    await give_address(shop)
    stage.people |= {
        "shopper": shopper.actor.id, "stranger": stranger.actor.id, "owner": shop.owner.id,
        "other_owner": other.owner.id,
    }  # fmt: skip
    stage.things |= {"shop": str(shop.id), "slug": "shop-1", "address": str(shopper.address_id)}
    await _appoint(stage, shop)
    await _trade(stage, shop, shopper)
    await _promote(stage, shop, shopper)
    await _furnish(stage, shop, shopper)
    await town.feed()
    await stage.log_in_all()
    return stage


async def _appoint(stage: Stage, shop: Shop) -> None:
    town = stage.town
    for role in STAFF:
        stage.people[role] = await member.register(town.db, f"{role}@example.org", "correct horse", role)
        await merchant.set_staff(town.db, shop.owner, shop.id, stage.people[role], role)
    for centre in CENTRES:
        stage.people[centre] = await member.register(town.db, f"{centre}@example.org", "correct horse", centre)
        async with town.db.begin(bucket_of(stage.people[centre])) as tx:
            await member.appoint_operator(tx, SYSTEM, stage.people[centre], [centre])


async def _trade(stage: Stage, shop: Shop, shopper: Shopper) -> None:
    """Orders in their states, a refund case, a dispute, a review."""
    town, things = stage.town, stage.things
    freight = await shop.freight()
    goods = await shop.product(12_900, 500, skus=2, freight=freight, title="A brass lamp", zh="黄铜台灯")
    things |= {"product": str(goods.product_id), "sku": str(goods.sku_id)}
    finished = await shopper.buy(goods, 2)
    await shop.ship(finished)
    await shopper.confirm(finished)
    await town.deliver()
    things |= {"order": str(finished), "line": str((await lines(town, finished))[0].line_id)}
    things["review"] = str(await write(shopper, finished, text="Warm and solid."))
    paid = await shopper.buy(goods)
    things["paid"] = str(paid)
    things["case"] = str(await ask(shopper, await shopper.buy(goods), "REFUND", "not_wanted"))
    case_id = int(things["case"])
    things["evidence"] = str(
        await aftersale.add_evidence(town.db, town.adapters.objects, shopper.actor, case_id, picture(), "a seam")
    )
    await _hand_over(stage, shop, shopper)
    await shopper.fill(goods)
    purchase = await shopper.place()
    things |= {"purchase": str(purchase), "unpaid": str((await shopper.orders(purchase))[0].order_id)}
    things["ref"] = await shopper.open_charge(purchase)
    await shopper.fill(goods, 1, 1)
    await town.deliver()


async def _hand_over(stage: Stage, shop: Shop, shopper: Shopper) -> None:
    """Goods that do not travel: an order ready to be collected, and contents that were delivered."""
    town, things = stage.town, stage.things
    collected = await shop.product(4_500, method="pickup", title="A potted fern", zh="盆栽蕨")
    ready = await shopper.buy(collected)
    await town.db.run(order.hand_over, shop.owner, ready, "pickup", {"place": "Counter 3"}, "ready")
    digital = await shop.product(1_900, method="digital", title="A pattern to print", zh="图样")
    contents = ["https://patterns.example/lamp"]
    await town.db.run(
        fulfilment.add_digital_items, shop.owner, shop.id, digital.product_id, digital.sku_id, contents, "contents",
        is_reusable=True,
    )  # fmt: skip
    things |= {
        "ready": str(ready), "digital": str(digital.product_id), "digital_sku": str(digital.sku_id),
        "delivered": str(await shopper.buy(digital)),
    }  # fmt: skip
    await town.deliver()


async def _promote(stage: Stage, shop: Shop, shopper: Shopper) -> None:
    town, things = stage.town, stage.things
    things["promotion"] = str(await shop.promote("item", Tier("percent", 500)))
    things["template"] = str(await shop.coupon(500, 5_000))
    things["campaign"] = str(
        await town.promote("cross", Tier("minus", 3_000, 30_000), is_repeated=True, budget=1_000_000)
    )
    ahead = await shop.product(30_000, title="A clock", zh="座钟")
    things["presale"] = str(await shop.presale(ahead, 3_000))
    things["deposit"] = str(await shopper.put_down(int(things["presale"]), ahead))
    await shopper.claim(int(things["template"]))


async def _furnish(stage: Stage, shop: Shop, shopper: Shopper) -> None:
    """A conversation, favourites, an import, papers, a page of the shop, a shop that waits."""
    town, things = stage.town, stage.things
    async with town.db.begin(shopper.actor.bucket) as tx:
        chat = await messaging.open_chat(tx, shopper.actor, shop.id)
        await messaging.post_message(
            tx, shopper.actor, chat.chat_id, messaging.MessageBody("text", {"text": "Is it in stock?"}), "one"
        )
        await favourite.add_favourite(tx, shopper.actor, "product", int(things["product"]), 13_900)
        await favourite.add_favourite(tx, shopper.actor, "shop", shop.id)
    await favourite.record_view(town.db, shopper.actor, int(things["product"]))
    things["chat"] = str(chat.chat_id)
    async with town.db.begin(bucket_of(shop.id)) as tx:
        table = catalog.read_table(f"number,title_en,category,price\nT-1,Thing,{town.category_id},9\n".encode())
        things["import"] = str(await catalog.start_import(tx, shop.owner, shop.id, "things", table))
        await merchant.edit_shop_page(
            tx, shop.owner, shop.id, 0, merchant.ShopPageDraft({"en": "Lamps"}, {"en": "Open daily"})
        )
        await messaging.add_quick_reply(tx, shop.owner, shop.id, "It leaves today.")
        await order.set_memo(tx, shop.owner, shop.id, int(things["paid"]), 1, "wrap it")
    paper = await merchant.add_paper(town.db, town.adapters.objects, shop.owner, shop.id, "license", picture())
    permit = qualification.QualificationDraft("food", "F-1", date(2020, 1, 1), date(2090, 1, 1), paper_ids=[paper])
    things["qualification"] = str(
        await qualification.request_qualification(
            town.db, town.adapters.objects, shop.owner, shop.id, permit, [], "permit"
        )
    )
    address = await catalog.store_image(town.adapters.objects, shop.owner, shop.id, picture())
    things |= {"paper": str(paper), "picture": address.rpartition("/")[2] + "-240.webp"}
    founder = await town.shopper()
    application = merchant.ShopApplication(
        storefront="market", kind="enterprise", names={"en": "Waiting", "zh": "等待"}, slug="waiting", legal_name="W",
        identity="W-1", ships_from="31", category_id=town.category_id,
    )  # fmt: skip
    things["waiting"] = str(await merchant.apply_for_shop(town.db, founder.actor, application))
    await town.deliver()
