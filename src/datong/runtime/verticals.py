"""The verticals that every installation starts with. Source: domain.md §2."""

from datong.commerce.catalog import Vertical, save_verticals
from datong.kernel.actor import SYSTEM
from datong.kernel.tx import Tx

VERTICALS: tuple[tuple[int, str, str, str, str], ...] = (
    (1, "apparel", "Apparel", "服饰", "1f457"),
    (2, "shoes-bags", "Shoes & bags", "鞋靴箱包", "1f45f"),
    (3, "beauty", "Beauty & personal care", "美妆个护", "1f484"),
    (4, "electronics", "Consumer electronics", "数码电子", "1f4f1"),
    (5, "appliances", "Home appliances", "家用电器", "1f4fa"),
    (6, "home", "Home & furniture", "家居家装", "1f6cb-fe0f"),
    (7, "mother-baby", "Mother & baby", "母婴用品", "1f37c"),
    (8, "fresh", "Food & fresh", "食品生鲜", "1f353"),
    (9, "household", "Household & FMCG", "日用百货", "1f9f9"),
    (10, "sports", "Sports & outdoor", "运动户外", "26bd"),
    (11, "jewellery", "Jewellery & watches", "珠宝钟表", "1f48d"),
    (12, "auto", "Auto", "汽车用品", "1f697"),
    (13, "pets-flowers", "Pets & flowers", "宠物花卉", "1f436"),
    (14, "toys", "Toys & collectibles", "玩具潮玩", "1f9f8"),
    (15, "books", "Books & media", "图书文娱", "1f4da"),
    (16, "health", "Health & medicine", "医药健康", "1fa7a"),
    (17, "services", "Virtual & services", "虚拟服务", "1f3ab"),
)
"""Number, code, name in English and in Chinese, and the code point of an emblem."""


async def save_default_verticals(tx: Tx) -> None:
    """Write the seventeen verticals; those that exist keep their number and get these names."""
    drafts = [Vertical(number, code, {"en": en, "zh": zh}, emblem) for number, code, en, zh, emblem in VERTICALS]
    await save_verticals(tx, SYSTEM, drafts)
