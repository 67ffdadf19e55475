"""All tables of the house in one metadata: imported where the whole schema is needed."""

import datong.commerce.aftersale.tables
import datong.commerce.cart.tables
import datong.commerce.catalog.tables
import datong.commerce.fulfilment.tables
import datong.commerce.inventory.tables
import datong.commerce.member.tables
import datong.commerce.merchant.tables
import datong.commerce.messaging.tables
import datong.commerce.order.tables
import datong.commerce.payment.tables
import datong.commerce.pricing.tables
import datong.commerce.review.tables
import datong.commerce.rulebook.tables
import datong.commerce.storefront.tables
import datong.commerce.voucher.tables
import datong.consumer.favourite.tables
import datong.kernel.tables
import datong.platform.governance.tables
import datong.platform.search.tables
import datong.plugs.tables  # noqa: F401 - each import adds its tables
from datong.kernel.schema import metadata

__all__ = ["metadata"]
