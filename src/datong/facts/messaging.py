"""Facts of messages."""

from datong.kernel.fact import Fact


class ChatChanged(Fact, frozen=True):
    """Something was said or read in a conversation, or it was assigned; read it for the rest."""

    chat_id: int
    member_id: int
    shop_id: int

    @property
    def owner_id(self) -> int:
        """The conversation."""
        return self.chat_id
