# SPDX-License-Identifier: Apache-2.0
"""The compiled part of the package. Its docstrings and signatures at run time are made from this file.

Text is ``str`` or ``bytes``: a ``str`` stands for its UTF-8, ``bytes`` pass as they are. What a client
sent is bytes and best handed over as such. ``now`` is seconds since 1970 (``int`` or ``float``), an
aware ``datetime``, or None for the clock.

All objects may be used from many threads at once.
"""

import datetime
import os
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Final, Literal, NoReturn, TypeAlias, final

from doorward._records import (
    AuditEvent,
    Diagnostic,
    Explanation,
    Issuer,
    Key,
    KeyPreparation,
    Reason,
    TokenCacheStats,
)

_Text: TypeAlias = str | bytes | bytearray | memoryview
_Headers: TypeAlias = Iterable[tuple[_Text, _Text] | list[_Text]] | Mapping[str, _Text] | Mapping[bytes, _Text]
_Path: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_Time: TypeAlias = float | datetime.datetime
_Format: TypeAlias = Literal["yaml", "json"]
_Origin: TypeAlias = Literal["remote", "local"]
_Jwks: TypeAlias = _Text | Mapping[str, Any]

__version__: Final[str]

def available_acceleration() -> tuple[str, ...]:
    """Returns which of the faster ways to verify this build has, by the names that options have."""

@final
class Policy:
    """Who may call what, compiled from a YAML or JSON text. Immutable.

    >>> Policy.loads("doorward: 1\\nrules: [{id: a, allow: [editor], endpoints: [GET /a]}]")
    Traceback (most recent call last):
        ...
    doorward.PolicyError: ...
    """

    @classmethod
    def load(cls, path: _Path, *, format: _Format | None = None) -> Policy:
        """Reads, checks and compiles the file at ``path``.

        JSON where the name ends in ".json", else YAML, unless ``format`` says. Raises OSError where the
        file cannot be read and PolicyError where it is no good. Lets other threads run.
        """

    @classmethod
    def loads(cls, text: _Text, *, name: str = "policy", format: _Format | None = None) -> Policy:
        """Reads, checks and compiles ``text``; ``name`` is the file name of its diagnostics.

        Raises PolicyError, whose ``diagnostics`` name every mistake. Lets other threads run.
        """

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The warnings that the text gave, in its order."""
    @property
    def revision(self) -> str:
        """A hash of the text, in hexadecimal: equal texts, equal revisions."""
    @property
    def rule_count(self) -> int:
        """The number of rules."""
    @property
    def endpoint_count(self) -> int:
        """The number of endpoints of all rules."""
    @property
    def role_count(self) -> int:
        """The number of roles."""
    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """Whose tokens count, and where their keys come from."""

    def anonymous_caller(self) -> Caller:
        """Makes a caller of whom nothing is known."""
    def caller_with_roles(self, roles: Iterable[_Text]) -> Caller:
        """Makes an authenticated caller who holds just these roles, and what they inherit.

        Undeclared names are ignored.
        """
    def caller_with_claims(self, claims: _Jwks, *, issuer: _Text | None = None) -> Caller:
        """Makes a caller of ``claims`` (a JSON text, or a mapping), as if they had been verified.

        They are read by the mapping of ``issuer``, or of the first issuer. Raises ValueError where the
        claims are no strict JSON object or the policy lacks that issuer.
        """
    def decide(
        self,
        caller: Caller,
        *,
        method: _Text,
        target: _Text,
        host: _Text | None = ...,
        headers: _Headers = (),
        source_ip: _Text | None = None,
        now: _Time | None = None,
    ) -> Decision:
        """Decides for a caller made by this policy; tokens in the headers are not looked at.

        The parameters are those of ``Authorizer.authorize``.

        >>> policy = Policy.loads("doorward: 1\\nroles: {editor: }\\nrules: [{id: a, allow: [editor], endpoints: [GET /a]}]")
        >>> policy.decide(policy.caller_with_roles(["editor"]), method="GET", target="/a").allowed
        True
        """
    def explain(
        self,
        caller: Caller,
        *,
        method: _Text,
        target: _Text,
        host: _Text | None = ...,
        headers: _Headers = (),
        source_ip: _Text | None = None,
        now: _Time | None = None,
    ) -> Explanation:
        """Decides, and tells why. Slow; for people."""

@final
class Caller:
    """Who calls, known by other means than a token: made by a policy, for that policy. Immutable."""

@final
class KeySet:
    """Keys that signatures are verified with: a JSON Web Key Set. Immutable.

    A key that is unknown, broken, weak or ambiguous is set aside with a warning and the others serve. A
    text that is no key set raises KeySetError. Symmetric keys serve only in a set whose ``origin`` is
    "local": a secret that travels over a network is none.

    >>> len(KeySet({"keys": []}))
    0
    """

    def __new__(cls, jwks: _Jwks, *, origin: _Origin = "remote", name: str = "jwks") -> KeySet: ...
    @classmethod
    def load(cls, path: _Path, *, origin: _Origin = "local") -> KeySet:
        """Reads the file at ``path``. Raises OSError where it cannot be read."""
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Why keys were set aside."""
    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys that serve."""
    def __len__(self) -> int:
        """The number of keys that serve."""
    def prepare(
        self,
        *,
        es256_tables: bool = False,
        ed25519_tables: bool = False,
        ed25519_libsodium: bool = False,
        max_es256_tables: int = 64,
        max_ed25519_tables: int = 64,
    ) -> KeyPreparation:
        """Prepares the keys for the faster ways to verify that are named.

        Tables take about 1 ms and 148 KiB for an ES256 key, 0.5 ms and 162 KiB for an Ed25519 key. So many
        different keys of each kind have them; libsodium, where it is named too, serves the other Ed25519
        keys. Lets other threads run.
        """

@final
class Claims(Mapping[str, Any]):
    """A JSON object of a token, as a mapping that converts what is asked for and nothing else.

    Objects become ``dict``, arrays ``list``. It stays valid as long as anyone holds it.
    """

    def __getitem__(self, name: str, /) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def get(self, name: str, default: Any = None, /) -> Any:
        """Returns the claim of that name, or ``default``."""
    def keys(self) -> KeysView[str]:
        """Returns a view of the names."""
    def items(self) -> ItemsView[str, Any]:
        """Returns a view of names and values."""
    def values(self) -> ValuesView[Any]:
        """Returns a view of the values."""
    def to_dict(self) -> dict[str, Any]:
        """Converts all of it."""

@final
class VerifiedToken:
    """The proof that a token was verified; only a verifier makes one. Immutable."""

    @property
    def claims(self) -> Claims:
        """All claims. Empty where only the signature was verified."""
    @property
    def header(self) -> Claims:
        """The token's header."""
    @property
    def payload(self) -> bytes:
        """The payload's bytes, decoded."""
    @property
    def issuer(self) -> str | None:
        """The claim ``iss``."""
    @property
    def subject(self) -> str | None:
        """The claim ``sub``."""
    @property
    def algorithm(self) -> str:
        """The algorithm that verified it, such as "ES256"."""

@final
class Verifier:
    """Verifies tokens alone, for hosts that want no rules. Immutable.

    ``issuer`` and ``audiences`` (one must match) are checked where given: left out, a token that the same keys
    signed for another service passes. ``algorithms`` permits all with public keys by default; a key narrows
    it further. ``token_type`` is the ``typ`` that is demanded. ``leeway`` and ``max_age`` are seconds.

    >>> Verifier(KeySet({"keys": []})).verify("a.b.c")
    Traceback (most recent call last):
        ...
    doorward.TokenError: ...
    """

    def __new__(
        cls,
        keys: KeySet,
        *,
        issuer: str | None = None,
        audiences: Iterable[str] | None = None,
        algorithms: Iterable[str] | None = None,
        token_type: str | None = None,
        leeway: int = 0,
        max_age: int | None = None,
        max_token_bytes: int = 16384,
        allow_missing_expiry: bool = False,
        ignore_confirmation: bool = False,
        signature_only: bool = False,
    ) -> Verifier: ...
    def verify(self, token: _Text, *, now: _Time | None = None) -> VerifiedToken:
        """Verifies ``token`` or raises TokenError, whose ``reason`` is the first check that failed.

        Lets other threads run.
        """

@final
class Decision:
    """The answer to one request: may it pass, as whom, by which rule, and what the upstream is told.

    Immutable, and valid as long as anyone holds it. It has no truth value, on purpose: ask ``allowed``.
    """

    @property
    def allowed(self) -> bool:
        """Whether the request may pass."""
    @property
    def status(self) -> int:
        """200 where allowed; else what to answer: 400, 401, 403, 421, 500 or 503."""
    @property
    def reason(self) -> Reason:
        """Why, in one word."""
    @property
    def message(self) -> str:
        """Why, in one sentence for people. Never holds a token."""
    @property
    def rule(self) -> str | None:
        """The id of the rule that decided."""
    @property
    def report(self) -> tuple[str, ...]:
        """Ids of the rules with ``mode: report`` that would have turned the decision round."""
    @property
    def method(self) -> str | None:
        """The method as it was decided; None where the request was refused before."""
    @property
    def host(self) -> str | None:
        """The host as it was decided; None where there is none or the request was refused before."""
    @property
    def path(self) -> str | None:
        """The canonical path, which was decided: forward this. None where refused before."""
    @property
    def subject(self) -> str | None:
        """Whose token it was; None without a verified token."""
    @property
    def issuer(self) -> str | None:
        """Who signed the token; None without a verified one."""
    @property
    def claims(self) -> Claims:
        """The claims of the verified token; empty without one."""
    @property
    def roles(self) -> tuple[str, ...]:
        """Roles held, inherited ones included, in the order of their declaration."""
    @property
    def remove_headers(self) -> tuple[str, ...]:
        """Fields of the request that must not reach the upstream, as the client spelled them: remove these first."""
    @property
    def set_headers(self) -> tuple[tuple[str, str], ...]:
        """Fields to set for the upstream afterwards; each replaces every field of its name."""
    @property
    def www_authenticate(self) -> str | None:
        """The value of the WWW-Authenticate field that belongs to the status."""
    @property
    def policy_revision(self) -> str | None:
        """The revision of the policy that decided."""
    def __bool__(self) -> NoReturn: ...

@final
class Authorizer:
    """Decides requests with everything at once: token, claims, roles, rules, headers.

    Without a policy every request is answered 503 "no_policy". ``on_decision`` is called with an
    AuditEvent for each decision, on the thread that decided and before ``authorize`` returns; an exception
    in it goes to ``sys.unraisablehook`` and changes nothing.

    Up to ``token_cache_entries`` verified tokens in ``token_cache_bytes`` octets are remembered (0: none);
    dates and revocations are checked each time all the same. ``es256_tables``, ``ed25519_tables`` and
    ``ed25519_libsodium`` name faster ways to verify, for the keys that ``prepare_keys`` prepares.
    """

    def __new__(
        cls,
        policy: Policy | None = None,
        *,
        on_decision: Callable[[AuditEvent], object] | None = None,
        max_revocations: int = 100000,
        max_token_bytes: int = 16384,
        token_cache_entries: int = 4096,
        token_cache_bytes: int = 16777216,
        es256_tables: bool = False,
        ed25519_tables: bool = False,
        ed25519_libsodium: bool = False,
        max_es256_tables: int = 64,
        max_ed25519_tables: int = 64,
    ) -> Authorizer: ...
    @property
    def policy(self) -> Policy | None:
        """The policy in force."""
    def set_policy(self, policy: Policy | None) -> None:
        """Puts another policy in force, for decisions that begin from now on.

        Keys stay with the issuers that it names too.
        """
    def set_keys(self, issuer: _Text, keys: KeySet | _Jwks | None, *, origin: _Origin = "remote") -> tuple[Diagnostic, ...]:
        """Hands in the keys of an issuer, named by any of its spellings in the policy.

        Until then its tokens are answered 503 "keys_unavailable". Returns warnings: keys set aside, or an
        issuer that the policy in force does not name, whose keys are kept for a later policy. Raises
        KeySetError where ``keys`` is a text that is no key set; the former keys then stay. None takes the keys
        away. ``origin`` counts where ``keys`` is no KeySet yet.
        """
    def prepare_keys(self) -> KeyPreparation:
        """Prepares the keys in force for the faster ways that were named. Call it after each change of them.

        Lets other threads run and decide.
        """
    def authorize(
        self,
        *,
        method: _Text,
        target: _Text,
        host: _Text | None = ...,
        headers: _Headers = (),
        source_ip: _Text | None = None,
        now: _Time | None = None,
        token: _Text | None = None,
        caller: Caller | None = None,
    ) -> Decision:
        """Decides one request. Whatever a client sends gets a decision; only a wrong type raises.

        Hand it over as received: ``target`` with its query, nothing decoded, repeated fields repeated.
        ``host`` is the Host field or :authority, "" where the request came without one. Left out, it is the Host
        field among the headers. None is for applications that have no hosts at all: rules that name one match
        nothing then, those that deny included, and a Host field is refused. ``source_ip`` is the client's address as far as you trust it.
        The token is looked for in the headers, where the policy says, unless ``token`` is one or ``caller``
        says who calls. A token that was not seen before lets other threads run while it is verified.

        >>> from doorward import Authorizer
        >>> decision = Authorizer().authorize(method="GET", target="/", headers={"Accept": "*/*"})
        >>> decision
        <doorward.Decision 503 no_policy>
        >>> decision.allowed
        False
        """
    def explain(
        self,
        *,
        method: _Text,
        target: _Text,
        host: _Text | None = ...,
        headers: _Headers = (),
        source_ip: _Text | None = None,
        now: _Time | None = None,
        token: _Text | None = None,
        caller: Caller | None = None,
    ) -> Explanation:
        """Decides, and tells why. Slow; for people. No audit event is made."""
    def verify(self, token: _Text, *, now: _Time | None = None) -> VerifiedToken:
        """Verifies a token alone, by the rules and keys of the issuer that it names, revocations included.

        Raises TokenError. Lets other threads run.
        """
    def revoke_token_id(self, issuer: _Text, jti: _Text, *, until: _Time, now: _Time | None = None) -> None:
        """Refuses the token with this ``jti`` until ``until``, which is when it has expired, leeway included.

        Raises RevocationsFullError where the list is full.
        """
    def revoke_session(self, issuer: _Text, sid: _Text, *, until: _Time, now: _Time | None = None) -> None:
        """Refuses all tokens with this ``sid`` until ``until``. Raises RevocationsFullError."""
    def revoke_subject(
        self,
        issuer: _Text,
        subject: _Text,
        *,
        until: _Time,
        issued_until: _Time | None = None,
        now: _Time | None = None,
    ) -> None:
        """Refuses all tokens of a subject issued at or before ``issued_until`` (None: ``now``) until ``until``.

        A token without ``iat`` counts as issued before. Raises RevocationsFullError.
        """
    @property
    def revocation_count(self) -> int:
        """The number of revocations that are kept."""
    def token_cache_stats(self) -> TokenCacheStats:
        """Returns what the cache of verified tokens did, for metrics."""
    def decision_counts(self) -> dict[Reason, int]:
        """Returns how many requests were decided, by reason, for metrics; reasons that never came are left out."""
