"""Actors and what they may do.

A right reads `scope:resource:action`. Scope `member` belongs to the member itself, scope `shop` to the
shop's staff by role, scope `operator` to the operators of a centre. The first line of a use case is
`actor.must(right, owner_id)`; whoever is nobody there is refused.
"""

from collections.abc import Mapping

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotAllowed


class SignInNeeded(NotAllowed):
    """A guest asked for something that belongs to a member."""

    code = "kernel.sign_in_needed"


class TokenInvalid(SignInNeeded):
    """The token sent is nobody's: never given out, ended or over."""

    code = "kernel.token_invalid"

    def __init__(self) -> None:
        super().__init__("member:session:use")


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `id` is a member's or a guest's id; 0 is the platform itself."""

    id: int
    kind: str = "guest"
    """guest, member or system."""
    shop_rights: Mapping[int, frozenset[str]] = {}
    """By shop id, the `resource:action` pairs the actor's role there gives."""
    operator_rights: frozenset[str] = frozenset()

    @property
    def bucket(self) -> int:
        """The bucket of all that this actor owns."""
        return bucket_of(self.id)

    @property
    def is_member(self) -> bool:
        """Whether someone is logged in."""
        return self.kind == "member"

    def may(self, right: str, owner_id: int = 0) -> bool:
        """Whether the actor has this right over what `owner_id` owns."""
        if self.kind == "system":
            return True
        scope, _, action = right.partition(":")
        if scope == "member":
            return self.kind == "member" and self.id == owner_id
        if scope == "shop":
            return action in self.shop_rights.get(owner_id, frozenset())
        return scope == "operator" and action in self.operator_rights

    def must(self, right: str, owner_id: int = 0) -> None:
        """Go on only with the right; refuses `SignInNeeded` to guests, `NotAllowed` to others."""
        if self.may(right, owner_id):
            return
        if self.kind == "guest":
            raise SignInNeeded(right)
        raise NotAllowed(right)


SYSTEM = Actor(0, "system")
"""The platform itself: timers, call-backs whose signature was checked, the operator's command line."""
