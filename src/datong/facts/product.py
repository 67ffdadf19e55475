"""Facts of the catalogue."""

from datetime import datetime

import msgspec

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


class ImportEnded(Fact, frozen=True):
    """Every row of a merchant's table was tried; some may have been refused."""

    import_id: int
    shop_id: int
    refused: int

    @property
    def owner_id(self) -> int:
        """The import."""
        return self.import_id


class FirstStock(msgspec.Struct, frozen=True):
    """A SKU and how many there are of it at first."""

    sku_id: int
    quantity: int


class GoodsImported(Fact, frozen=True):
    """A product came in with a merchant's table, which named the first stock of its SKUs."""

    product_id: int
    shop_id: int
    made_by: int
    stock: list[FirstStock]

    @property
    def owner_id(self) -> int:
        """The product."""
        return self.product_id
