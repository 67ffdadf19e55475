"""Facts of the catalogue."""

from datetime import datetime

from datong.kernel.fact import Fact


class ProductPublished(Fact, frozen=True):
    """A product was published, edited, put on sale or taken off it; read it for the rest."""

    product_id: int
    shop_id: int
    version: int
    is_on_sale: bool
    changed_at: datetime

    @property
    def owner_id(self) -> int:
        """The product."""
        return self.product_id
