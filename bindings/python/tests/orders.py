# SPDX-License-Identifier: Apache-2.0
"""A policy for tests of the middleware, and an authorizer that it is in force in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from identity import SigningKey, key_set

from doorward import Authorizer, Policy

ISSUER = "https://login.example.com/"

POLICY = """
doorward: 1
issuers:
  - issuer: https://login.example.com/
    audiences: [https://api.example.com]
    keys: {discovery: true}
roles: {viewer: , editor: {inherits: [viewer]}}
rules:
  - {id: public, allow: [everyone], endpoints: ["GET,POST /public/**"]}
  - {id: public-admin, deny: [everyone], endpoints: [/public/admin/**]}
  - {id: read, allow: [viewer], endpoints: [GET /orders/**]}
  - {id: write, allow: [viewer], scopes: [orders.write], endpoints: ["PUT /orders/{id}"]}
  - {id: no-export, deny: [viewer], endpoints: [GET /orders/export], mode: report}
  - {id: near, allow: [everyone], endpoints: [GET /near], when: 'source.ip == ip("192.0.2.7")'}
  - {id: hosted, allow: [everyone], endpoints: [GET api.example.com/hosted]}
forward:
  headers:
    X-User-ID: subject
    X-User-Roles: roles.join(",")
"""


def authorizer(key: SigningKey, policy: str = POLICY, on_decision: Callable[[Any], object] | None = None) -> Authorizer:
    made = Authorizer(Policy.loads(policy), on_decision=on_decision)
    made.set_keys(ISSUER, key_set(key))
    return made
