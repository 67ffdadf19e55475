"""The demo town's log-ins, printed at start and shown on the log-in page."""

import msgspec

DEMO_PASSWORD = "datong-demo"  # noqa: S105 - everyone may know it


class DemoLogin(msgspec.Struct, frozen=True):
    """Someone to be in the demo town."""

    login: str
    name: str
    roles: dict[str, str]


DEMO_LOGINS: tuple[DemoLogin, ...] = (
    DemoLogin("lilei@demo", "Li Lei 李雷", {"en": "shopper", "zh": "买家"}),
    DemoLogin("hanmeimei@demo", "Han Meimei 韩梅梅", {"en": "shopper", "zh": "买家"}),
    DemoLogin(
        "willow@demo",
        "Willow 小柳",
        {"en": "owner of Willow Lane Clothing (open market)", "zh": "柳巷衣铺店主（集市）"},
    ),
    DemoLogin(
        "auric@demo", "Auric 极光", {"en": "owner of Auric Flagship (brand mall)", "zh": "极光数码旗舰店店主（名品）"}
    ),
    DemoLogin("packer@demo", "Packer 小包", {"en": "shipper at Willow Lane Clothing", "zh": "柳巷衣铺发货员"}),
    DemoLogin("operator@demo", "Operator 小二", {"en": "operator of all three centres", "zh": "三中心运营"}),
)
