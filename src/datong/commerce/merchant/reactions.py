"""What merchants do on facts."""

from datong.commerce.merchant.staff import copy_member_shop_role
from datong.facts.merchant import StaffChanged
from datong.kernel.fact import on
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on(StaffChanged, writes=lambda fact: [bucket_of(fact.member_id)])
async def copy_duty_to_member(tx: Tx, fact: StaffChanged) -> None:
    """The member's own copy of its role follows the shop's record."""
    await copy_member_shop_role(tx, fact.shop_id, fact.member_id)
