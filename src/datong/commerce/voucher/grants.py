"""What other programmes may give through this room: a coupon of a template, and coins.

How many vouchers of a template there are is counted in its owner's bucket, so a granted coupon is a fact: its reaction
claims there, and the claim's own fact brings the voucher to its holder. The template's total is the giver's budget.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from datong.commerce.member import Grant, GrantTerms, note_refused_grant
from datong.commerce.voucher.claim_voucher import GET, claim_in
from datong.commerce.voucher.coins import earn_coins
from datong.facts.voucher import CouponGranted, CouponNotGranted
from datong.kernel.ids import bucket_of, is_id
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx

MAX_COINS = 10_000_000
COUPON, COINS = "coupon", "coins"


class CouponTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which coupon: a template's id, in decimal."""

    template_id: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$")]


class CoinTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many coins."""

    amount: int


def _read(terms: GrantTerms, kind: type[Any]) -> Any:  # noqa: ANN401 - the kind that was asked for
    try:
        return msgspec.convert(dict(terms), kind)
    except msgspec.ValidationError as error:
        raise Invalid("terms", str(error)) from None


async def give_coupon(tx: Tx, owner_id: int, key: str, terms: GrantTerms) -> None:
    """Grant a coupon of a template. Refuses `Invalid`, and `NotFound` for a template that does not exist.

    Whether one is left is known when it is claimed; if none is, the grant is noted as refused.
    """
    template_id = int(_read(terms, CouponTerms).template_id)
    if not is_id(template_id) or await tx.maybe(GET, bucket_of(template_id), template_id) is None:
        raise NotFound("voucher_template", template_id)
    tx.emit(CouponGranted(member_id=owner_id, key=key, template_id=template_id, voucher_id=tx.new_id()))


async def claim_granted(tx: Tx, fact: CouponGranted) -> None:
    """Claim the granted coupon in its template's bucket; what stands against it is told back."""
    try:
        await claim_in(tx, fact.template_id, fact.member_id, fact.voucher_id)
    except Refusal as refusal:
        tx.emit(
            CouponNotGranted(
                claim_id=tx.new_id(), member_id=fact.member_id, key=fact.key, template_id=fact.template_id,
                reason=refusal.code,
            )
        )  # fmt: skip


async def note_not_granted(tx: Tx, fact: CouponNotGranted) -> None:
    """The grant is noted as refused with its owner."""
    await note_refused_grant(tx, COUPON, fact.member_id, fact.key, fact.reason)


async def give_coins(tx: Tx, owner_id: int, key: str, terms: GrantTerms) -> None:
    """Give coins. Refuses `Invalid` for what is no number from 1 to `MAX_COINS`."""
    amount = _read(terms, CoinTerms).amount
    if amount > MAX_COINS:
        raise Invalid("amount", f"at most {MAX_COINS}")
    await earn_coins(tx, owner_id, amount, f"grant:{key}", 0)


GRANTS: Sequence[Grant] = (Grant(key=COUPON, give=give_coupon), Grant(key=COINS, give=give_coins))
