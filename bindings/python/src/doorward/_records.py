# SPDX-License-Identifier: Apache-2.0
"""What is plain data in Doorward's Python interface: reasons, diagnostics, errors, figures.

The compiled module makes these; they hold no handle on it, compare by value and can be pickled.
"""

from __future__ import annotations

import enum
import json as _json
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "AuditEvent",
    "Diagnostic",
    "DoorwardError",
    "Explanation",
    "Issuer",
    "Key",
    "KeyPreparation",
    "KeySetError",
    "PolicyError",
    "Reason",
    "RevocationsFullError",
    "TokenCacheStats",
    "TokenError",
]


class Reason(str, enum.Enum):
    """Why a request was allowed or refused. A member equals its name on the wire.

    ``status`` is the HTTP status that belongs to it, ``text`` says what it means in general.

    >>> Reason.TOKEN_EXPIRED == "token_expired"
    True
    >>> print(Reason("no_token"))
    no_token
    """

    status: int
    text: str

    INTERNAL = "internal"
    ALLOWED = "allowed"
    DENIED_BY_RULE = "denied_by_rule"
    DEFAULT_DENY = "default_deny"
    INSUFFICIENT_SCOPE = "insufficient_scope"
    ROLES_INCOMPLETE = "roles_incomplete"
    FORWARD_VALUE = "forward_value"
    NO_TOKEN = "no_token"
    TOKEN_MALFORMED = "token_malformed"
    TOKEN_TOO_LARGE = "token_too_large"
    TOKEN_SIGNATURE = "token_signature"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    TOKEN_ISSUED_IN_FUTURE = "token_issued_in_future"
    TOKEN_TOO_OLD = "token_too_old"
    TOKEN_WITHOUT_EXPIRY = "token_without_expiry"
    TOKEN_BAD_DATE = "token_bad_date"
    TOKEN_ISSUER_UNKNOWN = "token_issuer_unknown"
    TOKEN_AUDIENCE = "token_audience"
    TOKEN_TYPE = "token_type"
    TOKEN_ALGORITHM = "token_algorithm"
    TOKEN_KEY_UNKNOWN = "token_key_unknown"
    TOKEN_CRITICAL_HEADER = "token_critical_header"
    TOKEN_CLAIM_MISSING = "token_claim_missing"
    TOKEN_CLAIM_VALUE = "token_claim_value"
    TOKEN_NOT_ACCEPTED = "token_not_accepted"
    TOKEN_TENANT = "token_tenant"
    TOKEN_CONFIRMATION = "token_confirmation"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_DUPLICATE_MEMBER = "token_duplicate_member"
    TOKEN_BAD_JSON = "token_bad_json"
    TOKEN_SIGNATURE_REMOVED = "token_signature_removed"
    KEYS_UNAVAILABLE = "keys_unavailable"
    NO_POLICY = "no_policy"
    MISDIRECTED = "misdirected"
    BAD_METHOD = "bad_method"
    BAD_HEADER = "bad_header"
    BAD_HOST = "bad_host"
    BAD_TARGET = "bad_target"
    BAD_PATH = "bad_path"
    BAD_SEGMENT = "bad_segment"
    BAD_SOURCE = "bad_source"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Diagnostic:
    """What is wrong, or doubtful, in a policy or a key set, and where.

    ``str()`` prints it as compilers do. ``line`` and ``column`` count from 1; 0 means the text as
    a whole. ``code`` is stable; ``hint`` is ``expected`` and ``suggestion`` in one, for people.
    """

    severity: Literal["error", "warning"]
    code: str
    file: str
    line: int
    column: int
    message: str
    expected: str
    suggestion: str
    excerpt: str
    text: str

    @property
    def hint(self) -> str:
        return "; ".join(part for part in (self.expected, self.suggestion) if part)

    def __str__(self) -> str:
        return self.text


class DoorwardError(Exception):
    """What every error of this package is."""


class _LoadError(DoorwardError):
    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class PolicyError(_LoadError, ValueError):
    """A policy did not load. ``diagnostics`` has every mistake and warning, in the order of the text."""


class KeySetError(_LoadError, ValueError):
    """A text is no key set. ``diagnostics`` says why."""


class TokenError(DoorwardError):
    """A token did not verify: ``reason`` says which check failed first. Never holds the token."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class RevocationsFullError(DoorwardError):
    """The list of revocations is full of entries that still count; nothing was recorded."""


@dataclass(frozen=True)
class Issuer:
    """An issuer of a policy, and where its keys come from.

    ``name`` is the first of its ``spellings``. ``location`` is the URL or the path as the policy has
    it, for inline keys the key set itself, and "" for discovery.
    """

    name: str
    spellings: tuple[str, ...]
    source: Literal["discovery", "jwks_uri", "jwks_file", "inline"]
    location: str
    algorithms: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """A key that serves: the ``kid`` that selects it, "" for none, and its algorithms."""

    kid: str
    algorithms: tuple[str, ...]


@dataclass(frozen=True)
class KeyPreparation:
    """The number of keys that there is a faster way for, by the way they are verified in now."""

    es256_with_tables: int
    es256_without_tables: int
    ed25519_with_tables: int
    ed25519_with_libsodium: int
    ed25519_with_openssl: int


@dataclass(frozen=True)
class TokenCacheStats:
    """What the cache of verified tokens did since its authorizer was made, and what it holds."""

    hits: int
    misses: int
    insertions: int
    evictions: int
    entries: int
    bytes: int


@dataclass(frozen=True)
class AuditEvent:
    """A record of a decision. Never holds a token or a secret.

    Where a request was refused before it could be normalised, ``method`` and ``host`` are as the
    client sent them, octets that are no UTF-8 as ``\\xNN``: what writes them down must escape them.
    """

    time: float
    policy_revision: str
    allowed: bool
    reason: Reason
    status: int
    rule: str | None
    report: tuple[str, ...]
    issuer: str | None
    subject: str | None
    method: str
    host: str | None
    path: str | None
    source_ip: str | None


@dataclass(frozen=True)
class Explanation:
    """Why a request was decided as it was, rule by rule; ``str()`` is for a terminal."""

    text: str
    json: str

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it: the request as decided, roles held, each rule that fits, near misses, advice."""
        result: dict[str, Any] = _json.loads(self.json)
        return result

    def __str__(self) -> str:
        return self.text


# Users know these by the package's name, and tracebacks show it.
for _class in (DoorwardError, KeySetError, PolicyError, Reason, RevocationsFullError, TokenError):
    _class.__module__ = "doorward"
