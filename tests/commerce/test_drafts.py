"""Drafts of products, vouchers and shops: each rule refuses by its own field; values are what their attribute is."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import catalog, merchant, voucher
from datong.commerce.catalog import ProductDraft, SkuDraft, methods_of
from datong.commerce.catalog.csv_import import MAX_CELL, TableWrong
from datong.commerce.catalog.taxonomy import AttributeValue, Binding, Category
from datong.commerce.catalog.validation import (
    MAX_PICTURES,
    MAX_PROP_TEXT,
    MAX_SKUS,
    AttributeMissing,
    Checked,
    DescriptionTooShort,
    SkuTwice,
    TextBounds,
    check_product,
)
from datong.commerce.merchant.states import WrongShopState
from datong.commerce.voucher import Gift, Share, TemplateDraft, Terms, Tier, check_terms
from datong.commerce.voucher.templates import MAX_DAYS, MAX_EACH, MAX_TITLE, MAX_TOTAL
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Invalid, NotAllowed
from datong.wiring import find_house
from tests.commerce.test_people import application
from tests.make import OPERATOR, Town

METHODS = methods_of(find_house())
LEAF = Category(1, 0, 0, "lamps", {"en": "Lamps"}, True)
PLAIN = ProductDraft("P-1", 1, {"en": "A lamp"}, [SkuDraft(100)])
KINDS = ("text", "number", "flag", "choice")
BOUND = [Binding(1, number, False, False, False, kind, {"en": kind}, kind, "") for number, kind in enumerate(KINDS, 1)]
VALUES = {4: [AttributeValue(41, 4, "42", {"en": "Forty two", "zh": "四十二"})]}


def check(draft: ProductDraft, category: Category = LEAF, bound: list[Binding] = BOUND) -> Checked:
    return check_product(draft, category, bound, VALUES, TextBounds(60, 400, 5), METHODS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outer_id": ""}, "outer_id"), ({"outer_id": "x" * 101}, "outer_id"), ({"outer_id": "a\nb"}, "outer_id"),
        ({"titles": {}}, "titles"), ({"titles": {"en": "  "}}, "titles"), ({"points": {"en": "x" * 151}}, "points"),
        ({"description": {"en": "x" * 25_001}}, "description"), ({"weight_grams": -1}, "weight_grams"),
        ({"volume_cm3": 10**9 + 1}, "weight_grams"), ({"pictures": ["x"] * (MAX_PICTURES + 1)}, "pictures"),
        ({"specs": {"x" * 61: "x"}}, "specs"), ({"specs": {"x": "x" * (MAX_PROP_TEXT + 1)}}, "specs"),
        ({"skus": [SkuDraft(1, {"a": "1"}), SkuDraft(1, {"b": "1"})]}, "skus"),
        ({"skus": [SkuDraft(1, {"a": "x" * 61})]}, "skus"), ({"skus": [SkuDraft(1, {"a": ""})]}, "skus"),
        ({"props": {"gone": "x"}}, "props"), ({"props": {"number": "nan"}}, "props"),
        ({"props": {"number": "1e5"}}, "props"),
        ({"props": {"number": True}}, "props"), ({"props": {"number": 10**15}}, "props"),
        ({"props": {"flag": "maybe"}}, "props"),
        ({"props": {"flag": 1}}, "props"), ({"props": {"text": "x" * (MAX_PROP_TEXT + 1)}}, "props"),
        ({"props": {"text": " "}}, "props"),
        ({"props": {"choice": "43"}}, "props"),
    ],
)  # fmt: skip
def test_a_product_is_refused_by_the_field_that_is_wrong(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        check(msgspec.structs.replace(PLAIN, **changes))
    assert invalid.value.field == field


@pytest.mark.parametrize(("text", "is_taken"), [
    ("", True), (" ", True), ("four", False), ("fiver", True), ("<p>four</p>", False), ("&amp;&amp;&lt;b", False),
    ("五个字的话", True), ("四个字吧", False), ("<img src=x>", False),
])  # fmt: skip
def test_a_description_that_is_given_says_something(text: str, *, is_taken: bool) -> None:
    draft = msgspec.structs.replace(PLAIN, description={"en": "A lamp for a desk", "zh": text})
    if is_taken:
        assert check(draft)
        return
    with pytest.raises(DescriptionTooShort) as refused:
        check(draft)
    assert refused.value.least == 5


@pytest.mark.parametrize(("one", "other"), [("Black", "black"), ("Black", " Black"), ("A B", "A  B"), ("M", "\uff2d")])
def test_values_that_look_alike_are_one_sku(one: str, other: str) -> None:
    with pytest.raises(SkuTwice):
        check(msgspec.structs.replace(PLAIN, skus=[SkuDraft(1, {"colour": one}), SkuDraft(2, {"colour": other})]))


def test_a_product_goes_into_a_leaf_with_what_its_category_asks_for() -> None:
    with pytest.raises(Invalid) as invalid:
        check(PLAIN, msgspec.structs.replace(LEAF, is_leaf=False))
    assert invalid.value.field == "category_id"
    needed = [msgspec.structs.replace(BOUND[0], is_required=True)]
    with pytest.raises(AttributeMissing):
        check(PLAIN, bound=needed)
    assert check(msgspec.structs.replace(PLAIN, skus=[SkuDraft(1, {"text": "a"})]), bound=needed).props == {}


def test_what_a_table_says_is_read_as_its_attribute_is() -> None:
    """Codes keep their noughts, numbers are numbers, a choice may look like one, and so on for each kind."""
    table = "number,title_en,category,price,attr:text,attr:number,attr:flag,attr:choice\n"
    for cells, expected in (
        ("007,12,yes,42", {"1": "007", "2": 12, "3": True, "4": {"value_id": 41}}),
        ("true,-1.50,否,Forty two", {"1": "true", "2": -1.5, "3": False, "4": {"value_id": 41}}),
        ("1e3,0,FALSE,四十二", {"1": "1e3", "2": 0, "3": False, "4": {"value_id": 41}}),
    ):
        (row,) = catalog.read_table(f"{table}A,Lamp,1,9,{cells}\n".encode())
        assert row.draft
        assert check(row.draft).props == expected
    direct = msgspec.structs.replace(PLAIN, props={"number": 1.5, "flag": False, "text": 7})
    assert check(direct).props == {"2": 1.5, "3": False, "1": "7"}


HEAD = "number,title_en,category,price\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\xff\xfe", "not UTF-8"), (b"number,title_en\x00", "not text"), (b"number\n", "missing columns"),
        ((HEAD[:-1] + ",colour\n").encode(), "unknown columns: colour"),
        (HEAD.encode() + b"a," + b"x" * 200_000, "line 1: field larger"),
    ],
)  # fmt: skip
def test_what_is_no_table_says_why(body: bytes, text: str) -> None:
    with pytest.raises(TableWrong, match=text):
        catalog.read_table(body)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("A,Lamp,1,9,extra\n", "more cells"), (f"A,{'x' * (MAX_CELL + 1)},1,9\n", "a cell of more than"),
        ("A,Lamp,1,9\n" * (MAX_SKUS + 1), "lines of one product"), ("A,Lamp,x,9\n", "category: a whole number"),
        ("A,Lamp,1,9.999\n", "price: like 12.50"), ("A,Lamp,1,free\n", "price: like 12.50"), ("A,Lamp,1,\n", "price"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_says_why_and_leaves_the_others(lines: str, reason: str) -> None:
    wrong, good = catalog.read_table(f"{HEAD}{lines}B,Lamp,1,9.5\n".encode())
    assert reason in wrong.reason
    assert wrong.draft is None
    assert good.draft
    assert (good.draft.skus[0].price, good.reason) == (950, "")


@pytest.mark.parametrize(
    ("changes", "owner_id", "field"),
    [
        ({"tiers": []}, 0, "tiers"), ({"tiers": [Tier("minus", n) for n in range(1, 12)]}, 0, "tiers"),
        ({"funders": [Share("shop", 9_999)]}, 0, "funders"), ({"funders": [Share("bank", 10_000)]}, 0, "funders"),
        ({"funders": [Share("shop", 10_001), Share("platform", -1)]}, 0, "funders"),
        ({"funders": [Share("platform", 10_000)]}, 5, "funders"), ({"layer": "cross"}, 5, "layer"),
        ({"is_official": True}, 5, "layer"), ({"ceiling": -1}, 0, "ceiling"), ({"floor": -1}, 0, "ceiling"),
        ({"tiers": [Tier("minus", 1, -1)]}, 0, "amount"), ({"tiers": [Tier("minus", 1, 0, -1)]}, 0, "amount"),
        ({"tiers": [Tier("minus", 1, MAX_AMOUNT + 1)]}, 0, "amount"), ({"tiers": [Tier("percent", 0)]}, 0, "value"),
        ({"tiers": [Tier("percent", 10_001)]}, 0, "value"), ({"tiers": [Tier("minus", 0)]}, 0, "value"),
        ({"tiers": [Tier("minus", MAX_AMOUNT + 1)]}, 0, "value"), ({"tiers": [Tier("price", 1)]}, 0, "kind"),
        ({"layer": "item", "tiers": [Tier("minus", 1, 5)]}, 0, "kind"),
        ({"tiers": [Tier("gift", pieces=2)]}, 0, "gift"),
        ({"tiers": [Tier("gift", gift=Gift(1, 2, 0))]}, 0, "gift"),
        ({"tiers": [Tier("gift", gift=Gift(1, 2, 100))]}, 0, "gift"),
        ({"tiers": [Tier("minus", 101, 100)]}, 0, "value"), ({"is_repeated": True}, 0, "tiers"),
        ({"tiers": [Tier("minus", 1, 5), Tier("minus", 2, 5)]}, 0, "tiers"),
        ({"tiers": [Tier("minus", 1, 6), Tier("minus", 2, 7), Tier("minus", 3, 5)]}, 0, "tiers"),
    ],
)  # fmt: skip
def test_terms_are_refused_by_the_field_that_is_wrong(changes: dict[str, Any], owner_id: int, field: str) -> None:
    terms = msgspec.structs.replace(Terms("shop", [Tier("minus", 100)]), **changes)
    with pytest.raises(Invalid) as invalid:
        check_terms(terms, owner_id=owner_id)
    assert invalid.value.field == field


def test_terms_at_their_bounds_are_taken() -> None:
    for terms in (
        Terms("shop", [Tier("percent", 10_000)]), Terms("shop", [Tier("minus", MAX_AMOUNT)]),
        Terms("shop", [Tier("minus", 100, 100)]), Terms("shop", [Tier("gift", gift=Gift(1, 2, 99))]),
        Terms("shop", [Tier("minus", n, n) for n in range(1, 11)]), Terms("item", [Tier("price", 1)]),
        Terms("shop", [Tier("minus", 1, pieces=1)], is_repeated=True),
    ):  # fmt: skip
        assert check_terms(terms, owner_id=5) is terms


async def test_vouchers_are_refused_by_the_field_that_is_wrong(town: Town) -> None:
    shop, now, day = await town.shop(), town.db.now(), timedelta(days=1)
    good = TemplateDraft(
        "coupon", {"en": "Less"}, Terms("shop_voucher", [Tier("minus", 100)]), 10, 1, now, now + day, use_days=1
    )
    two = [Tier("minus", 1, 1), Tier("minus", 2, 2)]
    for owner_id, field, changes in (
        (shop.id, "layer", {"terms": Terms("shop", [Tier("minus", 1)])}), (shop.id, "layer", {"kind": "envelope"}),
        (0, "layer", {}), (shop.id, "tiers", {"terms": Terms("shop_voucher", two)}),
        (shop.id, "tiers", {"terms": Terms("shop_voucher", [Tier("gift", gift=Gift(1, 2))])}),
        (0, "funders", {"terms": Terms("voucher", [Tier("minus", 1)])}), (shop.id, "titles", {"titles": {"en": ""}}),
        (shop.id, "titles", {"titles": {"en": "x" * (MAX_TITLE + 1)}}), (shop.id, "total", {"total": 0}),
        (shop.id, "total", {"total": MAX_TOTAL + 1}), (shop.id, "total", {"per_member": 0}),
        (shop.id, "total", {"per_member": MAX_EACH + 1}), (shop.id, "claim_until", {"claim_until": now}),
        (shop.id, "use_days", {"use_days": 0}), (shop.id, "use_days", {"use_until": now + day}),
        (shop.id, "use_days", {"use_days": MAX_DAYS + 1}), (shop.id, "use_until", {"use_days": 0, "use_until": now}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            async with town.db.begin(bucket_of(owner_id)) as tx:
                actor = shop.owner if owner_id else OPERATOR
                await voucher.issue_template(tx, actor, owner_id, msgspec.structs.replace(good, **changes))
        assert invalid.value.field == field, changes
    envelope = msgspec.structs.replace(good, kind="envelope", terms=Terms("envelope", [Tier("minus", 1)]))
    for field, change in (
        ("per_member", {"per_member": 3}), ("use_until", {"use_days": 61}),
        ("use_until", {"use_days": 0, "use_until": now + 62 * day}),
        ("use_until", {"use_days": 0, "use_from": now + 17 * day, "use_until": now + 18 * day}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            async with town.db.begin(bucket_of(shop.id)) as tx:
                await voucher.issue_template(tx, shop.owner, shop.id, msgspec.structs.replace(envelope, **change))
        assert invalid.value.field == field, change


async def test_an_application_is_refused_by_the_field_that_is_wrong(town: Town) -> None:
    founder = Actor(await member_of(town), "member")
    for field, change in (
        ("kind", {"kind": "club"}), ("subject_kind", {"subject_kind": "ship"}), ("mark", {"mark": "X"}),
        ("slug", {"slug": "ab"}), ("slug", {"slug": "With Space"}), ("ships_from", {"ships_from": "99"}),
        ("names", {"legal_name": " "}), ("names", {"identity": "x" * 201}), ("names", {"names": {}}),
        ("names", {"names": {"fr": "Lampes"}}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            await merchant.apply_for_shop(town.db, founder, application(town, **change))
        assert invalid.value.field == field, change


async def member_of(town: Town) -> int:
    return (await town.shopper()).actor.id


async def test_an_application_is_decided_once_and_a_shop_is_restricted_and_let_back(town: Town) -> None:
    founder = Actor(await member_of(town), "member")
    shop_id = await merchant.apply_for_shop(town.db, founder, application(town))
    with pytest.raises(NotAllowed):
        await town.db.run(merchant.decide_application, founder, shop_id, is_approved=True)
    with pytest.raises(Invalid) as invalid:
        await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=False, reason=" ")
    assert invalid.value.field == "reason"
    await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=False, reason="papers missing")
    for is_approved in (True, False):
        with pytest.raises(WrongShopState) as wrong:
            await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=is_approved, reason="again")
        assert wrong.value.details() == {"state": "REJECTED"}
    shop = await town.shop()
    for is_restricted, state in ((True, "RESTRICTED"), (False, "OPEN")):
        await town.db.run(merchant.restrict_shop, SYSTEM, shop.id, is_restricted=is_restricted, reason="complaints")
        async with town.db.read() as tx:
            assert (await merchant.get_shop(tx, shop.id)).state == state
    await town.check_books()
