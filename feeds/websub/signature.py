"""Check the signature of a delivery (WebSub §7.1)."""

from __future__ import annotations

import hmac

METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def is_signed(header: str, secret: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature`, "method=hexadecimal", is the HMAC of `body` under `secret`."""
    method, _, signature = header.strip().partition("=")
    method = method.strip().lower()
    if method not in METHODS:
        return False
    digest = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(digest.encode(), signature.strip().lower().encode())
