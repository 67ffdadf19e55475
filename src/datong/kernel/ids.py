"""Ids that say where their row lives.

63 bits: 38 of 10 ms ticks since 2024, 8 node, 5 counter, 12 bucket. The bucket is the owner's, so any id
routes to its owner's shard. The counter runs for each bucket by itself: one node makes 3,200 ids a second
for one owner, and any number in all. Ids of one bucket and node only grow.
"""

import time
import zlib

BUCKETS = 4096
NODES = 256
MAX_ID = 2**63 - 1
EPOCH = 1_704_067_200
"""2024-01-01T00:00:00Z in Unix seconds."""

_COUNTER_BITS = 5
_MAX_AHEAD = 100 << _COUNTER_BITS
"""Ids may run one second ahead of the clock (a bulk import for one owner) before the maker waits."""


def bucket_of(owner_id: int) -> int:
    """The bucket in which everything of this owner lives."""
    return owner_id & (BUCKETS - 1)


def bucket_for(text: str) -> int:
    """The bucket of something found by its text (a log-in name): stable on every machine."""
    return zlib.crc32(text.encode()) & (BUCKETS - 1)


def item_bucket(product_id: int) -> int:
    """The bucket of a product's SKUs and stock: spread, so that one shop's hot goods do not share a shard."""
    return (product_id >> 12) * 2_654_435_761 >> 7 & (BUCKETS - 1)


def is_id(value: int) -> bool:
    """Whether a number from outside can be an id at all."""
    return 0 < value <= MAX_ID


class Ids:
    """The maker of ids of one process. `node` must be held by no other living process."""

    def __init__(self, node: int) -> None:
        if not 0 <= node < NODES:
            msg = f"a node is 0 to {NODES - 1}, not {node}"
            raise ValueError(msg)
        self.node = node
        self._last: dict[int, int] = {}

    def new(self, bucket: int) -> int:
        """A new id in a bucket, greater than every one made here for it before."""
        ticks = int((time.time() - EPOCH) * 100) << _COUNTER_BITS
        place = self._last.get(bucket, -1) + 1
        if place < ticks:
            place = ticks
        elif place - ticks > _MAX_AHEAD:
            time.sleep(0.01)  # a bulk load has outrun the clock; uniqueness after a restart needs the bound
        self._last[bucket] = place
        tick, counter = place >> _COUNTER_BITS, place & ((1 << _COUNTER_BITS) - 1)
        return (((tick << 8 | self.node) << _COUNTER_BITS | counter) << 12) | bucket
