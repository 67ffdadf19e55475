"""A device that makes passkeys and answers with them, as a browser would hand its answers on (WebAuthn level 2)."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes

ORIGIN = "http://test"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def encode(data: bytes) -> str:
    """URL-safe base 64 without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Device:
    """One key pair at one origin; `count` is its counter of signatures."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.credential_id = secrets.token_bytes(16)
        self.handle = b""
        self.count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _authenticator_data(self, flags: int, more: bytes = b"") -> bytes:
        party = hashlib.sha256((urlsplit(self.origin).hostname or "").encode()).digest()
        return party + bytes([flags]) + struct.pack(">I", self.count) + more

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def make(self, options: str, challenge: str = "") -> str:
        """The answer to a request to make a passkey; `challenge` replaces the one that was asked."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        public = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        about = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(key)
        data = self._authenticator_data(PRESENT | VERIFIED | HAS_KEY, about)
        response = {
            "clientDataJSON": encode(self._client_data("webauthn.create", challenge or asked["challenge"])),
            "attestationObject": encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return json.dumps(self._answer(response))

    def prove(self, options: str) -> dict[str, Any]:
        """The answer to the question who is there, to be changed by a test before it is sent."""
        self.count += 1
        client = self._client_data("webauthn.get", json.loads(options)["challenge"])
        data = self._authenticator_data(PRESENT | VERIFIED)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature),
            "userHandle": encode(self.handle),
        }  # fmt: skip
        return self._answer(response)
