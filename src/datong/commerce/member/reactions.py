"""What members' sweeps do."""

from datong.adapters import Adapters
from datong.commerce.member.passkeys import forget_challenges
from datong.commerce.member.sign_in import close_expired_sessions
from datong.commerce.member.tags import forget_ended_tags
from datong.kernel.fact import every


@every(600)
async def forget_expired_sessions(adapters: Adapters) -> int:
    """Sessions that have run out are deleted."""
    return await close_expired_sessions(adapters.db)


@every(600)
async def forget_unanswered_challenges(adapters: Adapters) -> int:
    """Challenges that no passkey answered are deleted."""
    return await forget_challenges(adapters.db)


@every(600)
async def forget_tags(adapters: Adapters) -> int:
    """Tags that have ended are deleted."""
    return await forget_ended_tags(adapters.db)
