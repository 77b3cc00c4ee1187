# SPDX-License-Identifier: Apache-2.0
"""Tokens that need no other library (HS256), and a policy that they count under."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import doorward

ISSUER = "https://login.example.com/"
AUDIENCE = "https://api.example.com"
NOW = 1_750_000_000
SECRET = b"0123456789abcdef0123456789abcdef"

# Keys that no token is signed with.
P256 = {
    "kty": "EC", "crv": "P-256", "kid": "ec", "x": "KSexBRK64-3c_kZ4KBKLrSkDJpkZ9whgacjE32xzKDg",
    "y": "x3h5ZOqsAOWSH7FJimD0YGdms9loUAFVjRqXTnNBUT4",
}
# Those of RFC 8032, 7.1, tests 1 and 2.
ED25519 = [
    {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x} for kid, x in (
        ("a", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), ("b", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"))
]

POLICY = """
doorward: 1
issuers:
  - issuer: https://login.example.com/
    audiences: [https://api.example.com]
    algorithms: [HS256]
    leeway: 0s
    keys: {jwks_file: jwks.json}
    roles_from: [groups]
roles: {viewer: , editor: {inherits: [viewer]}}
rules:
  - {id: health, allow: [everyone], endpoints: [GET /health]}
  - {id: read, allow: [viewer], endpoints: ["GET /orders/{id}"]}
  - {id: write, allow: [editor], endpoints: ["PUT /orders/{id}"], scopes: [orders.write]}
  - {id: frozen, deny: [everyone], endpoints: [/orders/frozen]}
  - {id: trial, deny: [everyone], endpoints: [GET /orders/trial], mode: report}
forward:
  headers: {X-User-ID: subject}
"""


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def sign(payload: bytes, **header: Any) -> str:
    head = json.dumps({"alg": "HS256", "kid": "k1", **header}).encode()
    signed = f"{base64url(head)}.{base64url(payload)}"
    return f"{signed}.{base64url(hmac.digest(SECRET, signed.encode(), hashlib.sha256))}"


def token(**claims: Any) -> str:
    """A token that is good for an hour from NOW, but for what `claims` say."""
    return sign(json.dumps({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": NOW - 60, "exp": NOW + 3600, "groups": ["viewer"], **claims,
    }).encode())


def jwks() -> dict[str, Any]:
    return {"keys": [{"kty": "oct", "kid": "k1", "alg": "HS256", "k": base64url(SECRET)}]}


def bearer(token: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {token}")]


def make_authorizer(policy: str = POLICY, **options: Any) -> doorward.Authorizer:
    authorizer = doorward.Authorizer(doorward.Policy.loads(policy), **options)
    assert authorizer.set_keys(ISSUER, jwks(), origin="local") == ()
    return authorizer


def make_verifier(**options: Any) -> doorward.Verifier:
    return doorward.Verifier(doorward.KeySet(jwks(), origin="local"), algorithms=["HS256"], **options)
