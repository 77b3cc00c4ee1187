# SPDX-License-Identifier: Apache-2.0
"""Doorward decides who may call what: role-based rules, JSON Web Tokens, one answer for a request.

>>> import doorward
>>> policy = doorward.Policy.loads('''
... doorward: 1
... rules:
...   - {id: health, allow: [everyone], endpoints: [GET /health]}
... ''')
>>> authorizer = doorward.Authorizer(policy)
>>> decision = authorizer.authorize(method="GET", target="/health")
>>> decision.allowed, decision.status, decision.rule
(True, 200, 'health')
"""

from doorward._doorward import (
    Authorizer,
    Caller,
    Claims,
    Decision,
    KeySet,
    Policy,
    VerifiedToken,
    Verifier,
    __version__,
    available_acceleration,
)
from doorward._records import (
    AuditEvent,
    Diagnostic,
    DoorwardError,
    Explanation,
    Issuer,
    Key,
    KeyPreparation,
    KeySetError,
    PolicyError,
    Reason,
    RevocationsFullError,
    TokenCacheStats,
    TokenError,
)

__all__ = [
    "AuditEvent",
    "Authorizer",
    "Caller",
    "Claims",
    "Decision",
    "Diagnostic",
    "DoorwardError",
    "Explanation",
    "Issuer",
    "Key",
    "KeyPreparation",
    "KeySet",
    "KeySetError",
    "Policy",
    "PolicyError",
    "Reason",
    "RevocationsFullError",
    "TokenCacheStats",
    "TokenError",
    "VerifiedToken",
    "Verifier",
    "__version__",
    "available_acceleration",
]
