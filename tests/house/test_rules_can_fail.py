"""Every rule of the house is broken in a tree of a few lines, or in a statement, and must name what breaks it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from datong.kernel.schema import column, index, key
from tests.house import rules, sql_rules
from tests.house.sql_rules import Said

DOOR = '"""An order.\n\nOwns orders. Calls `member`. Tells `OrderPaid`.\n"""\n'
WHOLE = {
    "kernel/money.py": "AMOUNT = 1\n",
    "kernel/clock.py": "from datetime import datetime\nNOW = datetime.now\n",
    "facts/order.py": "class Fact: ...\nclass OrderPaid(Fact): ...\n",
    "commerce/member/__init__.py": '"""Owns members. Calls nothing. Tells nothing."""\n__all__ = ["get_member"]\n',
    "commerce/member/get_member.py": "def get_member(): ...\n",
    "commerce/member/tables.py": "",
    "commerce/order/__init__.py": f'{DOOR}__all__ = ["WrongState"]\n',
    "commerce/order/states.py": 'class WrongState(Conflict):\n    code = "order.wrong_state"\n',
    "commerce/order/pay_purchase.py": (
        "from datong.commerce.member import get_member\nfrom datong.facts.order import OrderPaid\n"
        "def pay(tx):\n    tx.emit(OrderPaid())\n"
    ),
    "commerce/order/tables.py": "",
    "consumer/favourite/__init__.py": '"""Owns favourites. Calls nothing. Tells nothing."""\n',
    "platform/search/__init__.py": '"""Owns the index. Calls nothing. Tells nothing."""\n',
    "platform/search/documents.py": "",
    "surfaces/pages.py": "from datong.commerce.order import WrongState\n",
    "wiring.py": "from datong.commerce.order import tables\n",
    "app.py": "import datong.wiring\n",
}
SENTENCES = {"order.wrong_state"}
WIRING = {"wiring", "app"}
USES = {"order": {"member"}, "review": {"order"}}


def tree(folder: Path, more: dict[str, str]) -> Path:
    """A house of a few files, with some of them written otherwise."""
    source = folder / "datong"
    for name, text in (WHOLE | more).items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return source


def climbing(source: Path) -> list[str]:
    return rules.climbing(source, {"wiring"})


def upwards(source: Path) -> list[str]:
    return rules.upwards(source, USES)


def wiring(source: Path) -> list[str]:
    return rules.wiring_imports(source, WIRING, WIRING)


def doors(source: Path) -> list[str]:
    return rules.doors(source, {}, {})


def machine_time(source: Path) -> list[str]:
    return rules.machine_time(source, {"datong.kernel.clock": "it is the clock"})


def refusals(source: Path) -> list[str]:
    return rules.refusals(source, SENTENCES)


def token_readers(source: Path) -> list[str]:
    return rules.token_readers(source, {"datong.surfaces.request_context"})


RULES: list[Callable[[Path], list[str]]] = [
    rules.too_long, climbing, upwards, wiring, rules.banned_names, rules.brands_in_code, doors, refusals, machine_time,
    token_readers,
]  # fmt: skip
FAVOURITE, REVIEW = "consumer/favourite/keeping.py", "commerce/member/joining.py"
MANY = "\n".join(f"    {number}" for number in range(61))
LONG = f'"""{"Owns a. Calls nothing. Tells nothing."}"""\n__all__ = {[f"name{number}" for number in range(41)]}\n'
BROKEN: list[tuple[Callable[[Path], list[str]], str, str, str]] = [
    (rules.too_long, FAVOURITE, "x = 1\n" * 401, "keeping.py: 401 lines"),
    (rules.too_long, FAVOURITE, f"def long():\n{MANY}\n", "long has 62 lines"),
    (rules.too_long, FAVOURITE, f"class A:\n async def long(self):\n{MANY}\n", "long has 62 lines"),
    (climbing, FAVOURITE, "import datong.commerce.order.tables\n", "climbs into datong.commerce.order.tables"),
    (climbing, FAVOURITE, "import datong.commerce.order.tables as t\n", "climbs into datong.commerce.order.tables"),
    (climbing, FAVOURITE, "from datong.commerce.order import tables\n", "climbs into datong.commerce.order.tables"),
    (climbing, FAVOURITE, "from datong.commerce.order.tables import a\n", "climbs into datong.commerce.order.tables"),
    (climbing, FAVOURITE, "def f():\n    from datong.commerce.order import pay_purchase\n",
    "datong.commerce.order.pay_purchase"),
    (climbing, "commerce/order/a.py", "from ..member import tables\n", "climbs into datong.commerce.member.tables"),
    (climbing, "commerce/order/a.py", "from ..member.tables import a\n", "climbs into datong.commerce.member.tables"),
    (climbing, "surfaces/pages.py", "from datong.platform.search import documents\n",
    "datong.platform.search.documents"),
    (climbing, "kernel/a.py", "import datong.commerce.order.states\n", "climbs into datong.commerce.order.states"),
    (upwards, FAVOURITE, "import datong.platform.search\n", "calls a stranger, datong.platform.search"),
    (upwards, FAVOURITE, "from datong.platform import search\n", "calls a stranger, datong.platform"),
    (upwards, "platform/risk/__init__.py", "from datong.platform import search\n",
    "calls a stranger, datong.platform.search"),
    (upwards, "commerce/catalog/a.py", "from datong.commerce import payment\n", "calls a stranger, datong.commerce"),
    (upwards, REVIEW, "from datong.commerce.order import WrongState\n", "calls a stranger, datong.commerce.order"),
    (upwards, "commerce/unknown/a.py", "import datong.commerce.member\n", "calls a stranger, datong.commerce.member"),
    (upwards, "commerce/order/a.py", "import datong.platform.search\n", "calls up to datong.platform.search"),
    (upwards, "facts/a.py", "import datong.commerce.order\n", "calls up to datong.commerce.order"),
    (upwards, "adapters/a.py", "import datong.surfaces.pages\n", "calls up to datong.surfaces.pages"),
    (upwards, "kernel/a.py", "from datong.facts import order\n", "calls up to datong.facts"),
    (upwards, "adapters/a.py", "import datong.facts.order\n", "calls a stranger, datong.facts.order"),
    (wiring, "surfaces/pages.py", "import datong.wiring\n", "datong.surfaces.pages imports datong.wiring"),
    (wiring, "surfaces/pages.py", "from datong import wiring\n", "datong.surfaces.pages imports datong.wiring"),
    (wiring, FAVOURITE, "from datong.wiring import x\n", "imports datong.wiring"),
    (wiring, "kernel/a.py", "from .. import app\n", "imports datong.app"),
    (rules.banned_names, "commerce/order/helpers.py", "", "commerce/order/helpers.py"),
    (rules.banned_names, "commerce/order/service.py", "", "commerce/order/service.py"),
    (rules.banned_names, "commerce/common/__init__.py", "", "commerce/common"),
    (rules.banned_names, "models/__init__.py", "", "models"),
    (rules.brands_in_code, FAVOURITE, 'if storefront == "mall": ...\n', "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, 'if "mall" == shop.storefront.code: ...\n', "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, 'x = 1 if brand.code in ("mall", "market") else 2\n', "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, "if shop.storefront_id != 2: ...\n", "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, "if shop.storefront_id == MALL_ID: ...\n", "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, 'match storefront:\n    case "mall": ...\n', "keeping:1 names a brand"),
    (rules.brands_in_code, FAVOURITE, 'fee = {"mall": 5, "market": 0}[storefront.code]\n', "keeping:1 names a brand"),
    (doors, "commerce/order/__init__.py", '"""Orders."""\n', "does not say what it owns"),
    (doors, "commerce/order/__init__.py", '"""Owns orders. Calls `member`."""\n', "does not say what it owns"),
    (doors, "commerce/order/__init__.py", DOOR.replace("`member`", "nothing"), "calls ['member'] and does not say so"),
    (doors, "commerce/order/__init__.py", DOOR.replace("`member`", "`member`, `cart`"), "says that it calls ['cart']"),
    (doors, "commerce/order/__init__.py", DOOR.replace("`OrderPaid`", "nothing"), "tells ['OrderPaid'] and says []"),
    (doors, "commerce/order/pay_purchase.py", "from datong.commerce.member import get_member\n",
    "tells [] and says ['OrderPaid']"),
    (doors, "consumer/favourite/__init__.py", LONG, "gives out 41 names"),
    (machine_time, FAVOURITE, "import time\nA = time.monotonic()\n", "keeping:2 reads the machine's clock"),
    (machine_time, FAVOURITE, "import time as t\nimport time\nA = time.time()\n",
    "keeping:3 reads the machine's clock"),
    (machine_time, FAVOURITE, "from time import monotonic\n", "keeping:1 reads the machine's clock"),
    (machine_time, FAVOURITE, "from datetime import datetime\nA = datetime.now(UTC)\n", "keeping:2 reads"),
    (machine_time, FAVOURITE, "import datetime\nA = datetime.date.today()\n", "keeping:2 reads"),
    (machine_time, FAVOURITE, "A = asyncio.get_running_loop().time()\n", "keeping:1 reads"),
    (machine_time, FAVOURITE, "A = loop.time()\n", "keeping:1 reads"),
    (machine_time, "kernel/clock.py", "", "datong.kernel.clock is allowed to read the machine's clock and does not"),
    (refusals, REVIEW, 'class A(Conflict):\n    code = "order.wrong_state"\n', "has the code of"),
    (token_readers, "surfaces/pages.py", 'a = request.headers.get("Authorization")\n', "pages:1 reads the token"),
    (token_readers, "surfaces/pages.py", "a = request.cookies.get(COOKIE)\n", "pages:1 reads the token"),
    (refusals, REVIEW, 'class A(Conflict):\n    code = "member.dumb"\n', "has no sentence: member.dumb"),
    (refusals, REVIEW, 'class A(kernel.Invalid):\n    code: str = "order.dumb"\n',
    "the code of another room: order.dumb"),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_house_in_order_breaks_no_rule(tmp_path: Path, rule: Callable[[Path], list[str]]) -> None:
    assert rule(tree(tmp_path, {})) == []


@pytest.mark.parametrize(("rule", "name", "text", "named"), BROKEN)
def test_a_broken_rule_is_named(
    tmp_path: Path, rule: Callable[[Path], list[str]], name: str, text: str, named: str
) -> None:
    found = rule(tree(tmp_path, {name: text}))
    assert any(named in each for each in found), found


def test_every_rule_is_broken_by_some_tree() -> None:
    assert {rule for rule, *_ in BROKEN} == set(RULES)


def test_what_a_door_gives_out_is_no_climbing_even_under_a_files_name(tmp_path: Path) -> None:
    source = tree(tmp_path, {"surfaces/pages.py": "from datong.commerce.member import get_member\n"})
    assert climbing(source) == []
    wide = tree(tmp_path / "other", {"consumer/favourite/__init__.py": LONG})
    assert rules.doors(wide, {"favourite": 41}, {}) == []


OWNERS = {"shop_order": "datong.commerce.order", "member": "datong.commerce.member", "town": "datong.kernel"}
SHARDED = {"shop_order", "member"}
ROOM = "datong.commerce.order"


def said(text: str, *, is_write: bool = False) -> list[Said]:
    return [Said(f"{ROOM}.paying.GET", ROOM, text, is_write)]


@pytest.mark.parametrize(
    "text",
    [
        "select 1 from member", "select 1 from shop_order o join member m on true", "update member set a = 1",
        "insert into member values ($1)", "delete from member", "select 1 from shop_order, member",
        "select 1 from shop_order o, member m where true", "select 1 from public.member", 'select 1 from "member"',
        "delete from shop_order using member where true", "truncate table member", "SELECT 1 FROM member",
        "select (select 1 from member limit 1)",
    ],
)  # fmt: skip
def test_a_table_of_another_room_is_seen(text: str) -> None:
    assert sql_rules.foreign_tables(said(text), OWNERS) == [f"{ROOM}.paying.GET names member of datong.commerce.member"]
    assert sql_rules.foreign_tables(said(text), OWNERS, {(ROOM, "member")}) == []


def test_words_that_are_no_tables_are_no_tables() -> None:
    text = "select member, 'from member' from shop_order -- from member\n where member = $1"
    assert sql_rules.foreign_tables(said(text), OWNERS) == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("update shop_order set a = $1 where order_id = $2", True),
        ("delete from shop_order where order_id = $1", True),
        ("insert into shop_order (a, bkt) values ($2, $1)", True),
        ("update shop_order set a = 1 where bkt = $1", False),
        ("insert into shop_order (bkt, a) values ($1, $2)", False),
        ("update town set a = $2", False),
    ],
)
def test_a_write_without_its_bucket_is_seen(text: str, is_wrong: bool) -> None:  # noqa: FBT001 - a table
    assert bool(sql_rules.writes_without_bucket(said(text, is_write=True), SHARDED)) is is_wrong


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("select 1 from shop_order where order_id = $1", True),
        ("select 1 from town t, shop_order o", True),
        ("select 1 from shop_order where bkt = $1", False),
        ("select 1 from shop_order where due_at < $1", False),
        ("select 1 from town", False),
    ],
)
def test_a_read_over_all_buckets_is_seen(text: str, is_wrong: bool) -> None:  # noqa: FBT001 - a table
    assert bool(sql_rules.reads_without_bucket(said(text), SHARDED)) is is_wrong


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("with a as (update shop_order set b = 1 returning b) select b from a", "a modifying CTE"),
        ("select 1 from shop_order for update skip locked", "skip locked without a bucket"),
        ("select 1 from shop_order where bkt = $1 limit 5 offset 10", "offset"),
    ],
)
def test_what_a_cluster_cannot_do_is_seen(text: str, named: str) -> None:
    assert any(named in each for each in sql_rules.beyond_a_cluster(said(text)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("create function order_a(p_id bigint) as $$ select 1 from shop_order where bkt = 1; $$",
        "does not take its bucket first"),
        ("create function other_a(p_bkt int) returns void as $$ begin end $$", "is of no room"),
        ("create function order_a(p_bkt int) as $$ select 1 from member where bkt = p_bkt; $$", "touches member of"),
        ("create or replace function order_a(p_bkt int) as $$ delete from shop_order; $$", "without a bucket"),
        ("create function order_a(p_bkt int) as $$ with a as (delete from shop_order where bkt = 1) select 1 $$",
        "a modifying CTE"),
    ],
)  # fmt: skip
def test_what_a_function_of_the_database_may_not_do_is_seen(text: str, named: str) -> None:
    wrong, count = sql_rules.functions(text, {"order_a": ROOM}, OWNERS, SHARDED)
    assert count == 1
    assert any(named in each for each in wrong), wrong


def test_keys_links_and_steps_are_seen(tmp_path: Path) -> None:
    metadata = sa.MetaData()
    parts = (column("order_id"), column("bkt", sa.Integer))
    sa.Table("a", metadata, *parts, key("order_id"), info={"shard_class": "sharded"})
    parts = (column("order_id"), column("bkt", sa.Integer))
    sa.Table(
        "b",
        metadata,
        *parts,
        key("bkt", "order_id"),
        index("b_one", "order_id", unique=True),
        info={"shard_class": "sharded"},
    )
    unique = sa.UniqueConstraint("order_id")
    sa.Table(
        "c",
        metadata,
        column("order_id"),
        column("bkt", sa.Integer),
        key("bkt", "order_id"),
        unique,
        info={"shard_class": "sharded"},
    )
    assert sql_rules.unkeyed(metadata) == ["a: primary key", "b: b_one", "c: a unique constraint without a bucket"]
    sa.Table("d", metadata, sa.Column("x", sa.ForeignKey("a.order_id")), info={"shard_class": "local"})
    found = sql_rules.linked(metadata, ["CREATE TRIGGER x", "a int references b"])
    assert found == ["d: a foreign key", "create trigger in a step", "references  in a step"]
    (tmp_path / "0001_a.py").write_text('revision = "0001"\ndown_revision = None\n')
    (tmp_path / "0002_b.py").write_text('revision = "0002"\ndown_revision = "0001"\n')
    assert sql_rules.out_of_step(tmp_path) == []
    (tmp_path / "0003_c.py").write_text('revision = "0004"\ndown_revision = "0001"\n')
    assert sql_rules.out_of_step(tmp_path) == ["0003_c.py is not 0003", "0003_c.py does not follow 0002"]
