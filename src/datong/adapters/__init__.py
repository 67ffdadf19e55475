"""Plugs: the world outside, each kind behind a Protocol with a real maker and a sandbox one.

Nothing here knows a rule of commerce. `Adapters` is what jobs that reach outside are handed.
"""

from collections.abc import Mapping

import msgspec

from datong.adapters.courier import Courier
from datong.adapters.engine import Engine
from datong.adapters.object_store import Objects
from datong.adapters.payment import Gateway
from datong.adapters.verification import Verifier
from datong.kernel.tx import Db


class Adapters(msgspec.Struct, frozen=True):
    """The database and every plug of this process, by code."""

    db: Db
    gateways: Mapping[str, Gateway]
    couriers: Mapping[str, Courier]
    objects: Objects
    engine: Engine
    base_url: str
    verifiers: Mapping[str, Verifier] = {}


__all__ = ["Adapters", "Courier", "Engine", "Gateway", "Objects", "Verifier"]
