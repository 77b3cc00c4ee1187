# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks have in common: the workload of 1,000 rules, and tokens of 1 KB."""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess

RULES = 1000
NOW = 1750000000
ISSUER = "https://login.example.com/"
AUDIENCE = "https://api.example.com"
HOST = "api.example.com"

# The policy of benchmarks/authorize_benchmark.cc before its rules.
POLICY_HEAD = {
    "issuers": [{
        "issuer": ISSUER, "audiences": [AUDIENCE], "algorithms": ["HS256"], "keys": {"discovery": True},
    }],
    "forward": {"headers": {"X-User-ID": "subject", "X-User-Issuer": "issuer", "X-Tenant": "claims.tenant"}},
}


def load(build, requests):
    """Returns the workload: policy, inherits, rules, principals, requests, each with the right answer."""
    program = pathlib.Path(build) / "bindings/python/python_workload_json"
    printed = subprocess.run([program, str(RULES), str(requests)], check=True, capture_output=True).stdout
    workload = json.loads(printed)
    workload["policy"] |= POLICY_HEAD
    return workload


def claims(roles):
    """The 21 claims of a token of 1 KB."""
    found = {
        "iss": ISSUER, "sub": "auth0|17", "aud": [AUDIENCE, ISSUER + "userinfo"], "azp": "my_client_id",
        "exp": NOW + 3600, "iat": NOW - 100, "nbf": NOW - 100, "jti": "8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4",
        "sid": "08a5019c-17e1-4977-8f42-65a12843ea02", "scope": "openid profile email orders.read orders.write",
        "client_id": "my_client_id", "email": "ann@example.com", "email_verified": True, "name": "Ann Example",
        "given_name": "Ann", "family_name": "Example", "locale": "en-GB", "acr": "1", "tenant": "t-17",
        "roles": roles, "amr": "",
    }
    found["amr"] = "x" * max(1, 715 - len(json.dumps(found, separators=(",", ":"))))
    return found


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def hs256_token(payload, secret):
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode())
                      for part in ({"alg": "HS256", "kid": "key-2026-01", "typ": "at+jwt"}, payload))
    return signed + "." + base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))


def hs256_jwks(secret):
    return {"keys": [{"kty": "oct", "k": base64url(secret), "kid": "key-2026-01", "alg": "HS256", "use": "sig"}]}


def headers(token):
    return [
        ("Host", HOST),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Authorization", f"Bearer {token}"),
        ("X-Request-ID", "7d444840-9dc0-11d1-b245-5ffdce74fad2"),
    ]
