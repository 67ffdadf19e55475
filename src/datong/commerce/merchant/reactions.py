"""What merchants do on facts and by the clock."""

from datong.adapters import Adapters
from datong.commerce.merchant.expiry import run_due_applications
from datong.commerce.merchant.staff import copy_member_shop_role
from datong.facts.merchant import StaffChanged
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on(StaffChanged, writes=lambda fact: [bucket_of(fact.member_id)])
async def copy_duty_to_member(tx: Tx, fact: StaffChanged) -> None:
    """The member's own copy of its role follows the shop's record."""
    await copy_member_shop_role(tx, fact.shop_id, fact.member_id)


@every(60)
async def due_applications(adapters: Adapters) -> int:
    """Applications whose dues or whose decision did not come in time are over."""
    return await run_due_applications(adapters.db)
