"""The demo town: two brands, 17 verticals, 30 shops, some 400 products, shoppers, and orders in every state."""

import asyncio
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

from datong.commerce import catalog, inventory, member, merchant, pricing, qualification
from datong.demo.history import PAST_DAYS, live_a_month
from datong.demo.messages import let_the_town_talk
from datong.demo.orders import place_town_orders
from datong.demo.product_pictures import address_of, draw
from datong.demo.products import OPTIONS, PRODUCTS, SERIES, SHOPS
from datong.demo.promotions import start_town_promotions
from datong.importers.progress import Progress
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.clock import Clock
from datong.kernel.connect import open_db
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, value
from datong.kernel.tx import Db
from datong.runtime.bootstrap import MALL, open_brands, open_shop
from datong.runtime.building import Building
from datong.runtime.postgres import die_with_parent
from datong.runtime.supervisor import say
from datong.runtime.verticals import VERTICALS, save_default_verticals
from datong.settings import Settings
from datong.surfaces.demo_logins import DEMO_LOGINS, DEMO_PASSWORD
from datong.wiring import find_house, make_deliverer

MARK = command("insert into town_mark (mark, made_at) values ('town', $1) on conflict do nothing")
DURABLY = command("set local synchronous_commit = on")
"""The mark is on disk before anybody uses the town, and with it all that was committed before."""
IS_BUILT = value(int, "select 1 from town_mark where mark = 'town'")


async def build_town(settings: Settings, db: Db) -> int:
    """Build it, once; begun and not finished, it is gone on with: every step knows what is there."""
    started = time.monotonic()
    async with db.read() as tx:
        if await tx.maybe(IS_BUILT):
            say("the demo town is built already")
            return 0
    building = Building(settings)
    drawing = asyncio.create_task(asyncio.to_thread(_draw_all, settings.media_dir / "town"))
    clock = Clock(-timedelta(days=PAST_DAYS))
    past = await open_db(settings.database_url, house=find_house(), clock=clock)
    try:
        people, shops = await _build_in_the_past(past, building)
        say("a month of trade goes by")
        building.write("month")
        await live_a_month(settings, past, clock, db.now(), people, shops, lambda share: building.write("month", share))
    finally:
        await past.close()
    building.write("orders")
    await place_town_orders(settings, db, people, shops)
    await let_the_town_talk(db, people, shops)
    await make_deliverer(db.house).deliver_all(db)
    await drawing
    async with db.begin() as tx:
        await tx.run(DURABLY)
        await tx.run(MARK, tx.now)
    building.write("done")
    say(f"the demo town is built in {time.monotonic() - started:.1f} s")
    return 0


async def _build_in_the_past(past: Db, building: Building) -> tuple[dict[str, int], list[int]]:
    """The brands, people, shops and goods as they were a month ago; answers people by log-in, and shops."""
    building.write("people")
    await open_brands(past)
    people = await _settle_people(past)
    await _save_categories(past)
    building.write("shops")
    shops = await _open_shops(past, people)
    building.write("products")
    await _fill_shops(past, shops)
    await make_deliverer(past.house).deliver_all(past)
    await _give_duties(past, people, shops)
    await start_town_promotions(past, shops)
    return people, shops


def _draw_all(target: Path) -> None:
    jobs = [
        (target, f"{code}-{place}-{number}", kind.split("|")[2], f"{code}{place}{series[0]}")
        for code, kinds in PRODUCTS.items()
        for place, kind in enumerate(kinds)
        for number, series in enumerate(SERIES)
    ]
    with ProcessPoolExecutor(2, initializer=die_with_parent, initargs=(signal.SIGTERM,)) as pool:
        list(pool.map(_draw_one, jobs, chunksize=20))


def _draw_one(job: tuple[Path, str, str, str]) -> None:
    draw(*job)


async def _settle_people(db: Db) -> dict[str, int]:
    """The demo log-ins, and a founder for every other shop; by log-in name."""
    people: dict[str, int] = {}
    logins = [(each.login, each.name) for each in DEMO_LOGINS]
    logins += [(f"shop{number}@demo", f"Founder {number}") for number in range(len(SHOPS))]
    for login, name in logins:
        try:
            people[login] = await member.register(db, login, DEMO_PASSWORD, name)
        except member.LoginTaken:
            async with db.read() as tx:
                found = await member.find_member_by_login(tx, login)
            people[login] = found or 0
    operator = people["operator@demo"]
    async with db.begin(bucket_of(operator)) as tx:
        await member.appoint_operator(tx, SYSTEM, operator, ["consumer", "industry", "platform"])
    return people


async def _save_categories(db: Db) -> None:
    async with db.begin() as tx:
        await save_default_verticals(tx)
        drafts: list[catalog.CategoryDraft] = []
        for _, code, en, zh, _ in VERTICALS:
            drafts.append(catalog.CategoryDraft(f"town/{code}", "", {"en": en, "zh": zh}, code))
            for place, kind in enumerate(PRODUCTS[code]):
                names = {"en": kind.split("|")[0].split(",")[0], "zh": kind.split("|")[1].split(" ")[0]}
                drafts.append(catalog.CategoryDraft(f"town/{code}/{place}", f"town/{code}", names))
        await catalog.save_categories(tx, SYSTEM, drafts)
        material = catalog.AttributeDraft("series", {"en": "Series", "zh": "系列"})
        options = [catalog.AttributeDraft(ref, names) for (ref, names), _ in OPTIONS.values()]
        kept = await catalog.save_attributes(tx, SYSTEM, [*{each.ref: each for each in [material, *options]}.values()])
        book = await catalog.get_category_book(tx)
        bindings: list[tuple[int, int, bool, bool, bool, int]] = []
        for code, kinds in PRODUCTS.items():
            for place, kind in enumerate(kinds):
                category_id = book.by_ref[f"town/{code}/{place}"].category_id
                (ref, _), choices = OPTIONS[kind.split("|")[4]]
                bindings.append((category_id, kept["series"].attribute_id, True, True, False, 0))
                if choices:
                    bindings.append((category_id, kept[ref].attribute_id, True, False, True, 1))
        await catalog.save_bindings(tx, SYSTEM, bindings)


def founder_of(number: int) -> str:
    """Who founded the town's shop of this number."""
    return {0: "willow@demo", 21: "auric@demo"}.get(number, f"shop{number}@demo")


async def _open_shops(db: Db, people: dict[str, int]) -> list[int]:
    """Thirty shops, each through its whole entry."""
    progress = Progress("shops", len(SHOPS))
    shops: list[int] = []
    async with db.read() as tx:
        book = await catalog.get_category_book(tx)
    for number, (brand, en, zh, region, verticals) in enumerate(SHOPS):
        slug = f"town-{number:02d}"
        async with db.read() as tx:
            found = await merchant.find_shop_by_slug(tx, slug)
        if found is None:
            founder = Actor(people[founder_of(number)], "member")
            kind = "flagship" if brand == MALL else ("personal", "individual", "enterprise")[number % 3]
            application = merchant.ShopApplication(
                storefront=brand, kind=kind, names={"en": en, "zh": zh}, slug=slug, legal_name=en,
                identity=f"TOWN-{number}", ships_from=region,
                category_id=book.by_ref[f"town/{verticals[0]}"].category_id,
                about={"en": f"{en}: we answer within the hour.", "zh": f"{zh}：一小时内回复。"},
            )  # fmt: skip
            shops.append(await open_shop(db, founder, application))
        else:
            shops.append(found.shop_id)
        progress.add()
    progress.end()
    return shops


async def _fill_shops(db: Db, shops: list[int]) -> None:
    """Every kind in three series, shared out over the shops of its vertical, with freight and stock."""
    sellers: dict[str, list[int]] = {}
    for number, (_, _, _, _, verticals) in enumerate(SHOPS):
        for code in verticals:
            sellers.setdefault(code, []).append(number)
    drafts: dict[int, list[catalog.ProductDraft]] = {}
    freight = [await _freight(db, shop_id) for shop_id in shops]
    async with db.read() as tx:
        book = await catalog.get_category_book(tx)
    for code, kinds in PRODUCTS.items():
        for place, kind in enumerate(kinds):
            category_id = book.by_ref[f"town/{code}/{place}"].category_id
            for number in range(len(SERIES)):
                seller = sellers[code][(place + number) % len(sellers[code])]
                template = 0 if code == "services" else freight[seller]
                drafts.setdefault(seller, []).append(
                    _draft(code, place, number, kind, category_id, template, SHOPS[seller])
                )
    progress = Progress("products", sum(len(each) for each in drafts.values()))
    for seller, batch in drafts.items():
        await _publish(db, shops[seller], batch, SHOPS[seller][1].removesuffix(" Flagship"))
        progress.add(len(batch))
    progress.end()


def _draft(
    code: str, place: int, number: int, kind: str, category_id: int, template: int,
    shop: tuple[str, str, str, str, tuple[str, ...]],
) -> catalog.ProductDraft:  # fmt: skip
    en, zh, _, yuan, option = kind.split("|")
    series_en, series_zh, percent = SERIES[number]
    (ref, _), choices = OPTIONS[option]
    base = max(100, int(yuan) * percent // 10 * 10 - 10)
    skus = [
        catalog.SkuDraft(base + base // 4 * step // 100 * 100 * (option in "gp"), {ref: choice})
        for step, choice in enumerate(choices)
    ] or [catalog.SkuDraft(base)]
    return catalog.ProductDraft(
        outer_id=f"{code}-{place}-{number}",
        category_id=category_id,
        titles={"en": f"{en}, {series_en.lower()}", "zh": f"{zh} {series_zh}"},
        skus=skus,
        brand=shop[1].removesuffix(" Flagship"),
        points={"en": f"Chosen by {shop[1]}", "zh": f"{shop[2]}精选"},
        description={
            "en": f"<p>{en} of the {series_en} series. Packed with care and sent within 48 hours.</p>",
            "zh": f"<p>{zh}，{series_zh}。精心包装，48小时内发货。</p>",
        },
        pictures=[address_of(f"{code}-{place}-{number}")],
        props={"series": series_en},
        weight_grams=500,
        freight_template_id=template,
    )


async def _freight(db: Db, shop_id: int) -> int:
    """Six yuan for the first kilogram, two for each more; free from 99 yuan, but not to the far west."""
    far = ["54", "65"]
    template = pricing.FreightTemplate(
        "weight",
        [pricing.FreightArea(1000, 600, 1000, 200), pricing.FreightArea(1000, 1500, 1000, 800, far)],
        [pricing.FreeRule(min_amount=9900, excluded_regions=far)],
    )
    async with db.begin(bucket_of(shop_id)) as tx:
        kept = await pricing.list_freight_templates(tx, SYSTEM, shop_id)
        return (
            kept[0].template_id
            if kept
            else await pricing.save_freight_template(tx, SYSTEM, shop_id, "Standard 标准", template)
        )


async def _publish(db: Db, shop_id: int, batch: list[catalog.ProductDraft], brand: str) -> None:
    made = await catalog.ensure_brands(db, [brand])
    async with db.begin(bucket_of(shop_id)) as tx:
        for each in made.values():
            await qualification.authorise_brand(tx, SYSTEM, shop_id, each.brand_id, "R")
        to = await catalog.get_publishing(tx, shop_id, sorted({draft.category_id for draft in batch}))
        published = await catalog.publish_batch(tx, SYSTEM, to, made, batch)
    for draft, row in zip(batch, published, strict=True):
        if row.refusal is not None:
            raise row.refusal
        sku_ids = list(row.sku_ids.values())
        if sku_ids:
            stock = 3 if draft.outer_id.endswith("-5-2") else 240
            async with db.begin(bucket_of(sku_ids[0])) as tx:
                await inventory.put_stock(tx, SYSTEM, shop_id, [(sku, row.product_id, stock) for sku in sku_ids])


async def _give_duties(db: Db, people: dict[str, int], shops: list[int]) -> None:
    owner = Actor(people["willow@demo"], "member", {shops[0]: find_house().rights_of("owner")})
    await merchant.set_staff(db, owner, shops[0], people["packer@demo"], "shipper")
