"""The letterbox: what has happened, as frozen structs of ids, money and times, in the past tense.

Everyone may import these; nobody's rules live here. `ALL` names every fact for delivery.
"""

from datong.facts.aftersale import DisputeDecided, RefundChanged, RefundEnded, RefundOpened, ShopAdjusted
from datong.facts.fulfilment import ParcelDelivered
from datong.facts.member import MemberRegistered
from datong.facts.merchant import ShopOpened, StaffChanged
from datong.facts.messaging import ChatChanged
from datong.facts.order import (
    AdjustmentFact,
    DepositEnded,
    DepositPlaced,
    OrderChanged,
    OrderClosed,
    OrderFinished,
    OrderLineFact,
    OrderPaid,
    OrderRef,
    OrderRefunded,
    OrderShipped,
    PurchasePlaced,
    RefundedLine,
)
from datong.facts.payment import PayoutPaid
from datong.facts.product import FirstStock, GoodsImported, ImportEnded, ProductPublished
from datong.facts.review import ReviewChanged, ShopScored
from datong.facts.voucher import VoucherClaimed
from datong.kernel.fact import Fact

ALL: dict[str, type[Fact]] = {
    fact.__name__: fact
    for fact in (
        ChatChanged,
        DepositEnded,
        DepositPlaced,
        DisputeDecided,
        GoodsImported,
        ImportEnded,
        MemberRegistered,
        OrderChanged,
        OrderClosed,
        OrderFinished,
        OrderPaid,
        OrderRefunded,
        OrderShipped,
        ParcelDelivered,
        PayoutPaid,
        ProductPublished,
        PurchasePlaced,
        RefundChanged,
        RefundEnded,
        RefundOpened,
        ReviewChanged,
        ShopAdjusted,
        ShopOpened,
        ShopScored,
        StaffChanged,
        VoucherClaimed,
    )
}

__all__ = [
    "ALL",
    "AdjustmentFact",
    "ChatChanged",
    "DepositEnded",
    "DepositPlaced",
    "DisputeDecided",
    "FirstStock",
    "GoodsImported",
    "ImportEnded",
    "MemberRegistered",
    "OrderChanged",
    "OrderClosed",
    "OrderFinished",
    "OrderLineFact",
    "OrderPaid",
    "OrderRef",
    "OrderRefunded",
    "OrderShipped",
    "ParcelDelivered",
    "PayoutPaid",
    "ProductPublished",
    "PurchasePlaced",
    "RefundChanged",
    "RefundEnded",
    "RefundOpened",
    "RefundedLine",
    "ReviewChanged",
    "ShopAdjusted",
    "ShopOpened",
    "ShopScored",
    "StaffChanged",
    "VoucherClaimed",
]
