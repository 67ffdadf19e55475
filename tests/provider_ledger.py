"""A provider of payments on the other end of the line: its ledger, keys that it forgets, and answers of all kinds."""

import asyncio
import random
from typing import Any
from urllib.parse import parse_qsl

import httpx

PLAGUES = ("", "401", "409", "429", "500", "500 after", "hang", "late", "lost", "not json")


class ProviderLedger:
    """Transfers and refunds as the provider keeps them, asked in Stripe's own words; any answer may go wrong."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.is_healthy = False
        self.moved: list[dict[str, Any]] = []
        self._keys: dict[str, dict[str, Any]] = {}
        self._working: set[str] = set()

    def forget_keys(self) -> None:
        """A day has passed."""
        self._keys.clear()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        plague = "" if self.is_healthy else self.chance.choice(PLAGUES)
        await asyncio.sleep(0)
        if plague in {"401", "409", "429", "500"}:
            return httpx.Response(int(plague), json={"error": {"type": "idempotency_error"}})
        if request.method == "GET":
            return httpx.Response(200, json=self._found(request))
        key = request.headers["idempotency-key"]
        if key in self._working:
            return httpx.Response(409, json={"error": {"type": "idempotency_error"}})
        self._working.add(key)
        try:
            made = await self._act(request, key, is_slow=plague == "late")
        finally:
            self._working.discard(key)
        if plague == "500 after":
            return httpx.Response(500)
        if plague in {"hang", "lost"}:
            raise httpx.ReadTimeout("no answer", request=request)
        if plague == "not json":
            return httpx.Response(200, content=b"<html>")
        return httpx.Response(200, json=made)

    async def _act(self, request: httpx.Request, key: str, *, is_slow: bool) -> dict[str, Any]:
        for _ in range(50 if is_slow else 1):
            await asyncio.sleep(0)
        if key not in self._keys:
            fields = dict(parse_qsl(request.content.decode()))
            made = {
                "id": f"tr_{len(self.moved)}", "amount": int(fields["amount"]), "key": key,
                "transfer_group": fields.get("transfer_group", ""), "payment_intent": fields.get("payment_intent", ""),
                "metadata": {"refund_id": fields.get("metadata[refund_id]", "")},
            }  # fmt: skip
            self.moved.append(made)
            self._keys[key] = made
        return self._keys[key]

    def _found(self, request: httpx.Request) -> dict[str, Any]:
        if "/sessions/" in request.url.path:
            return {"id": "cs", "payment_intent": f"pi_{request.url.path.rpartition('/')[2]}"}
        asked = {
            name: text for name, text in request.url.params.items() if name in {"transfer_group", "payment_intent"}
        }
        return {"data": [each for each in self.moved if all(each[name] == text for name, text in asked.items())]}

    def sent(self) -> dict[str, int]:
        """Every key with its amount; a key's second movement is told as one of its own."""
        found: dict[str, int] = {}
        for each in self.moved:
            key = str(each["key"])
            while key in found:
                key += " again"
            found[key] = int(each["amount"])
        return found
