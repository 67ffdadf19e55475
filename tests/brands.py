"""Makers for tests of qualifications: brands and permits that shops ask for, and those who decide."""

from collections.abc import Sequence
from datetime import date

from datong.commerce import catalog, messaging, qualification
from datong.commerce.qualification import Qualification, QualificationDraft
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from tests.commerce.test_workbench import picture
from tests.make import Shop, Town

FROM, UNTIL = date(2020, 1, 1), date(2090, 12, 31)


def desk_officer(number: int = 1) -> Actor:
    """An operator who decides about qualifications."""
    rights = frozenset({"qualification:read", "qualification:decide"})
    return Actor((1 << 45) * number + 77, "member", {}, rights)


async def ask_brand(  # noqa: PLR0913 - each is a field of what is handed in
    shop: Shop, name: str = "Auric", level: str = "own", mark: str = "R", until: date = UNTIL, key: str = "",
    papers: Sequence[bytes] = (b"",), number: str = "TM-123", since: date = FROM,
) -> int:  # fmt: skip
    """Ask for a brand with a picture; answers the qualification's id."""
    draft = QualificationDraft("brand", number, since, until, level=level, mark=mark)
    town = shop.town
    files = [each or picture() for each in papers]
    key = key or f"ask-{town.next()}"
    return await catalog.request_brand(town.db, town.adapters.objects, shop.owner, shop.id, name, draft, files, key)


async def ask_permit(shop: Shop, kind: str = "food", until: date = UNTIL, key: str = "") -> int:
    """Hand in a permit with a picture; answers the qualification's id."""
    town = shop.town
    return await qualification.request_qualification(
        town.db, town.adapters.objects, shop.owner, shop.id, QualificationDraft(kind, "JY-9", FROM, until),
        [picture()], key or f"ask-{town.next()}",
    )  # fmt: skip


async def approve(town: Town, qualification_id: int, officer: Actor | None = None) -> int:
    """Put one in force."""
    await qualification.approve_qualification(town.db, officer or desk_officer(), qualification_id)
    return qualification_id


async def revoke(town: Town, qualification_id: int, officer: Actor | None = None) -> None:
    """End one that is in force."""
    await town.db.run(qualification.revoke_qualification, officer or desk_officer(), qualification_id, "counterfeits")


async def brand_of(shop: Shop, name: str = "Auric", until: date = UNTIL, level: str = "own") -> int:
    """A brand that the shop may sell from now on."""
    return await approve(shop.town, await ask_brand(shop, name, until=until, level=level))


async def read(town: Town, qualification_id: int) -> Qualification:
    """One as it is."""
    async with town.db.read() as tx:
        found = await qualification.find_qualification(tx, qualification_id)
    assert found is not None
    return found


async def is_on_sale(town: Town, product_id: int) -> bool:
    """Whether a product is on sale."""
    async with town.db.read() as tx:
        return (await catalog.get_product(tx, product_id)).product.is_on_sale


async def noticed(shop: Shop) -> list[str]:
    """The kinds of what the shop was notified of about its qualifications, the oldest first."""
    await shop.town.deliver()
    async with shop.town.db.read() as tx:
        found = (await messaging.list_notices(tx, shop.owner, shop.id, limit=100)).items
    return [each.kind.removeprefix("shop_qualification_") for each in found[::-1] if "qualification" in each.kind]


async def withdraw(shop: Shop, qualification_id: int) -> None:
    """The shop takes one back."""
    async with shop.town.db.begin(bucket_of(qualification_id)) as tx:
        await qualification.withdraw_qualification(tx, shop.owner, shop.id, qualification_id)
