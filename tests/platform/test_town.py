"""Chinese queries on what the demo town sells find what they should: as people type, not as titles are written."""

from datong.commerce import catalog
from datong.demo.products import PRODUCTS
from datong.kernel.ids import bucket_of
from datong.platform.search import Chosen, find_products, read_query
from tests.make import Town

MEANT = {
    "Linen summer dress": ["连衣裙", "夏天 连衣裙", "亚麻裙子", "lianyiqun"], "Cotton crew T-shirt": ["T恤", "圆领T恤", "纯棉t恤"],
    "Denim jeans": ["牛仔裤", "niuzaiku", "直筒 牛仔裤"], "Wool winter coat": ["大衣", "羊毛大衣", "羊毛 外套"],
    "Silk scarf": ["围巾", "丝巾", "真丝围巾"], "Cotton socks, five pairs": ["袜子", "棉袜"], "Straw sun hat": ["帽子", "遮阳帽"],
    "Running shoes": ["跑鞋", "跑步鞋"], "Canvas backpack": ["双肩包", "书包", "背包"], "Cabin suitcase": ["行李箱", "拉杆箱"],
    "Velvet lipstick": ["口红", "唇膏", "kouhong"], "Moisturising cream": ["面霜", "保湿霜"], "Handmade soap": ["香皂", "肥皂"],
    "Smartphone Aurora 5": ["手机", "智能手机", "极光5", "shouji"], "Thin laptop 14": ["笔记本电脑", "轻薄笔记本", "电脑"],
    "Studio headphones": ["耳机", "erji", "黑色耳机"], "Mechanical keyboard": ["键盘", "机械键盘"], "Smart watch": ["智能手表"],
    "55-inch television": ["电视", "电视机", "55寸电视", "55英寸"], "Rice cooker": ["电饭煲", "电饭锅"],
    "Kettle": ["水壶", "热水壶", "电热水壶"],
    "Espresso machine": ["咖啡机", "kafeiji"], "LED bulb": ["灯泡", "led灯"], "Two-seat sofa": ["沙发", "双人沙发", "shafa"],
    "Oak chair": ["椅子", "餐椅", "橡木椅"], "Double bed": ["双人床", "床"], "Feeding bottle": ["奶瓶"], "Building blocks": ["积木"],
    "Red strawberries, 1 kg": ["草莓", "caomei"], "Cherries, 500 g": ["车厘子", "樱桃"], "Norway salmon, 400 g": ["三文鱼"],
    "Farm eggs, thirty": ["鸡蛋", "土鸡蛋"], "Fresh milk, 1 L": ["牛奶", "鲜奶"], "Rice, 5 kg": ["大米", "五常大米", "大米5公斤", "5kg大米"],
    "Green tea, 250 g": ["绿茶", "茶叶"], "Umbrella": ["雨伞", "伞"], "Camping tent": ["帐篷", "露营帐篷"], "Yoga mat": ["瑜伽垫"],
    "Mountain bicycle": ["自行车", "单车", "山地车"], "Silver ring": ["戒指", "银戒指"], "Pearl necklace": ["项链", "珍珠项链"],
    "Dashboard camera": ["行车记录仪", "xingchejiluyi"], "Car vacuum": ["车载吸尘器", "吸尘器"], "Dog food, 5 kg": ["狗粮", "犬粮"],
    "Rose bouquet": ["玫瑰", "玫瑰花"], "Jigsaw, 1000 pieces": ["拼图", "1000片拼图"], "Fountain pen": ["钢笔"],
    "Ukulele": ["尤克里里"],
    "Thermometer": ["体温计", "温度计"], "Face masks, fifty": ["口罩", "医用口罩"], "Honey, 500 g": ["蜂蜜", "fengmi"],
    "Cinema ticket": ["电影票", "电影"], "Gift card": ["礼品卡"],
}  # fmt: skip
FIRST = 3


async def publish_all(town: Town) -> None:
    """One product of everything the demo town sells, in a shop of this town."""
    shop = await town.shop()
    drafts = []
    for code, kinds in PRODUCTS.items():
        for place, kind in enumerate(kinds):
            en, zh, _, yuan, _ = kind.split("|")
            sku = catalog.SkuDraft(int(yuan) * 100)
            drafts.append(catalog.ProductDraft(f"{code}-{place}", town.category_id, {"en": en, "zh": zh}, [sku]))
    async with town.db.read() as tx:
        to = await catalog.get_publishing(tx, shop.id, [town.category_id])
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await catalog.publish_batch(tx, shop.owner, to, {}, drafts)
    await town.feed()


async def test_what_is_typed_in_chinese_finds_what_is_meant(town: Town) -> None:
    await publish_all(town)
    wrong: list[tuple[str, str, list[str]]] = []
    for title, texts in MEANT.items():
        for text in texts:
            found = await find_products(town.db, town.adapters.engine, read_query(text), Chosen(), limit=FIRST)
            async with town.db.read() as tx:
                cards = await catalog.get_cards(tx, [each.listing.product_id for each in found.ranked])
            if title not in [card.titles["en"] for card in cards]:
                wrong.append((text, title, [card.titles["en"] for card in cards]))
    assert wrong == []
