"""What the platform decides about search: rows of the rulebook, so every change has a time, an author and a reason.

Source of the factors: domain.md §18 (DESIGN): a gate of relevance × (.35 conversion + .2 clicks + .15 sales + .2
experience + .1 freshness) × penalties. A brand is none of them: the mechanism is one.
"""

import msgspec

from datong.commerce.rulebook import Parameter


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a score is put together. Each merit is 0 to 1, and one half where nothing is known."""

    conversion: float = 0.35
    clicks: float = 0.2
    sales: float = 0.15
    experience: float = 0.2
    freshness: float = 0.1
    price_band: float = 0.1
    gate_power: float = 2.0
    """How steeply less relevant goods fall: the share of the best one's relevance, to this power."""
    floor: float = 0.5
    """What goods without any merit keep."""
    same_shop: float = 0.97
    """What each further product of one shop keeps, after the first two."""
    same_product: float = 0.8
    """What each further offer of one product keeps, after the first."""


WEIGHTS = Parameter("search.weights", Weights, Weights(), "domain.md §18 DESIGN")
NEW_SHOP_DAYS = Parameter(
    "search.new_shop_days", int, 90, "domain.md §18 DESIGN: shops younger than 90 days", bounds=(0, 3_650)
)
NEW_SHOP_SHARE = Parameter(
    "search.new_shop_share",
    float,
    0.1,
    "domain.md §18 DESIGN: at least this share of a page, where relevant",
    bounds=(0.0, 1.0),
)
PENALTY_DAYS = Parameter(
    "search.penalty_days", int, 30, "domain.md §18 [18b]: cheating is ranked down for 30 days", bounds=(0, 3_650)
)
PENALTY_FACTOR = Parameter(
    "search.penalty_factor", float, 0.1, "DESIGN: what a penalised score keeps", bounds=(0.0, 1.0)
)
KEEP_DAYS = Parameter(
    "search.keep_days", int, 180, "DESIGN: how long queries and events are kept for learning", bounds=(1, 3_650)
)
TRAIL_DAYS = Parameter(
    "search.trail_days", int, 7, "DESIGN: an order within so many days belongs to the click before it", bounds=(0, 365)
)
SYNONYMS = Parameter(
    "search.synonyms", list[list[str]],
    [
        ["laptop", "notebook", "notebook computer"], ["tv", "television"],
        ["headphones", "earphones", "headset", "earbuds"],
        ["memory stick", "usb flash drive", "flash drive"], ["phone", "mobile phone", "smartphone", "cell phone"],
        ["desktop", "pc", "desktop computer"], ["cord", "cable"], ["smart watch", "smartwatch"],
        ["cd drive", "optical disc drive", "optical drive"], ["dvd player", "dvd/blu-ray player"],
        ["hard drive", "hdd", "hard disk"], ["flashlight", "torch"], ["desk", "table"],
        ["coffee maker", "coffee machine", "espresso machine"], ["power bank", "powerbank", "portable charger"],
        ["monitor", "display"], ["mouse", "mice"], ["beamer", "projector"], ["fridge", "refrigerator"],
        ["sneakers", "trainers", "running shoes"], ["sofa", "couch"], ["trousers", "pants"], ["pram", "stroller"],
        ["nappies", "diapers"], ["jumper", "sweater", "pullover"], ["wi-fi", "wifi", "wireless"],
        ["vacuum cleaner", "hoover"],
        ["笔记本", "笔记本电脑", "手提电脑"], ["手机", "智能手机", "移动电话"], ["电视", "电视机"], ["电脑", "计算机", "笔记本"],
        ["耳机", "耳麦", "耳塞"], ["冰箱", "电冰箱"], ["洗发水", "洗发露", "香波"], ["自行车", "单车"], ["土豆", "马铃薯"],
        ["番茄", "西红柿"], ["充电宝", "移动电源"], ["u盘", "优盘", "闪存盘"], ["双肩包", "背包", "书包"], ["连衣裙", "裙子"],
        ["跑鞋", "跑步鞋"], ["空调", "空调机"], ["热水壶", "电水壶", "烧水壶"], ["婴儿车", "童车", "推车"], ["咖啡机", "意式咖啡机"],
        ["钢笔", "水笔"], ["洗面奶", "洁面乳"], ["口红", "唇膏"], ["手表", "腕表"],
        ["电饭煲", "电饭锅"], ["行李箱", "旅行箱", "拉杆箱"], ["围巾", "丝巾"], ["被子", "棉被"], ["卫生纸", "纸巾", "抽纸"],
        ["烤面包机", "多士炉", "吐司机"], ["樱桃", "车厘子"], ["牛油果", "鳄梨"], ["鲑鱼", "三文鱼"], ["床", "双人床"],
        ["灯", "灯泡"], ["礼物", "礼品"], ["茶叶", "绿茶", "红茶"], ["狗粮", "犬粮"], ["肥皂", "香皂"], ["椅子", "餐椅"], ["镜子", "落地镜"],
        ["雨伞", "晴雨伞"], ["体温计", "温度计"], ["闹钟", "时钟"],
    ],
    "DESIGN: words that mean the same goods; looked for when the words themselves find few",
)  # fmt: skip
ACCESSORIES = Parameter(
    "search.accessory_words", list[str],
    ["case", "cover", "bag", "sleeve", "stand", "mount", "mounting", "holder", "cable", "cord", "adapter", "charger",
    "battery", "lock", "filter", "dock", "docking", "quickdock", "cartridge", "spare", "part", "drum", "kit",
    "accessory", "accessories", "protector", "arm", "tray", "skin", "pad", "mat", "strap", "pouch", "backpack",
    "briefcase", "toner", "ink", "lamp", "remote", "bracket", "cradle", "card", "module", "hub", "port", "ports",
    "replicator", "switch", "splitter", "extension", "cleaning", "cleaner", "wipes", "rest", "tip", "transmitter",
    "receiver", "caddy", "cartridges", "batteries", "cases", "bags", "stands", "mounts", "cables", "adapters",
    "chargers", "film", "roller", "car", "carrying", "screen", "keyboard", "memory", "warranty", "service", "license",
    "software", "upgrade", "壳", "套", "膜", "支架", "数据线", "充电器", "保护套", "保护壳", "贴膜", "配件", "转接头", "收纳包", "表带", "滤芯", "替换"],
    "DESIGN: who asks for a thing wants the thing first, and what is for it after that",
)  # fmt: skip
