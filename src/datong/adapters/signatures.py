"""Signatures of call-backs: an HMAC over the time and the body, refused when it is too old."""

import hashlib
import hmac
import time

TOLERANCE_SECONDS = 300
MOST_DIGITS = 12
"""Of a stamp in seconds; Python refuses to read thousands of them."""


def sign(secret: str, body: bytes, at: int | None = None) -> str:
    """`t=<unix seconds>,v1=<hex>`, the form that Stripe uses too."""
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether the signature is ours and young enough."""
    parts = [part.partition("=")[::2] for part in signature.split(",")]
    stamps = [value for name, value in parts if name == "t"]
    if (
        not secret
        or not signature.isascii()
        or len(stamps) != 1
        or not stamps[0].isdigit()
        or len(stamps[0]) > MOST_DIGITS
    ):
        return False
    if abs(time.time() - int(stamps[0])) > TOLERANCE_SECONDS:
        return False
    wanted = sign(secret, body, int(stamps[0])).rpartition("=")[2]
    return any(name == "v1" and hmac.compare_digest(value, wanted) for name, value in parts)
