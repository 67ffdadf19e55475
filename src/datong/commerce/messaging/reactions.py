"""What messaging does on facts and by the clock: the shop's queue follows, a new member is welcomed, old notices go."""

from collections.abc import Sequence

from datong.adapters import Adapters
from datong.commerce.messaging.notifications import (
    NoticeKind,
    NotificationDraft,
    first_name,
    forget_old_notices,
    notify_on,
)
from datong.commerce.messaging.projections import copy_chats
from datong.facts.member import MemberRegistered
from datong.facts.messaging import ChatChanged
from datong.kernel.fact import every, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx

NOTICES = (NoticeKind(key="welcome", side="member"),)


@on_all(ChatChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def follow(tx: Tx, facts: Sequence[ChatChanged]) -> None:
    """Upsert the shop's projection of each conversation; idempotent by version."""
    await copy_chats(tx, [fact.chat_id for fact in facts])


welcome = notify_on(
    MemberRegistered,
    lambda fact: [NotificationDraft(fact.member_id, "welcome", {})],
    name=first_name(MemberRegistered),
)


@every(3_600)
async def forget_notices(adapters: Adapters) -> int:
    """Delete notices that are older than they are kept; answers how many."""
    return await forget_old_notices(adapters.db)
