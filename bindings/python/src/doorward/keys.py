# SPDX-License-Identifier: Apache-2.0
"""Follows the keys of issuers over the network, in the background and politely.

>>> follower = KeyFollower(authorizer)                        # doctest: +SKIP
>>> with follower:                                            # doctest: +SKIP
...     follower.wait(10)

Each issuer of the policy whose keys are at a `jwks_uri` or found by OpenID Connect Discovery is looked
after by a thread of its own, so that a slow one holds up no other. A look asks the server whether its
document changed (ETag); the next one comes when the server says that the document ages (max-age), within
bounds, or after a failure in growing intervals, with jitter. Keys that could not be confirmed for long are
taken away: tokens of that issuer are then answered 503 `keys_unavailable`.

A token that names an unknown key may mean that the issuer has new ones. `ask` begins a look for it, of
which there is one at a time and none within the cooldown after the last: bad tokens cause no more than that.
"""

from __future__ import annotations

import asyncio
import enum
import hashlib
import json
import logging
import random
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for_futures
from dataclasses import dataclass
from typing import Protocol

from doorward import Authorizer, Issuer, KeySet, KeySetError, Policy, Reason
from doorward._fetch import Document, Fetch, FetchError, FetchLimits, HttpFetch
from doorward._fork import no_fork, survive_forks

__all__ = [
    "Document",
    "Fetch",
    "FetchError",
    "FetchLimits",
    "FollowOptions",
    "FollowedKeys",
    "HttpFetch",
    "KeyFollower",
    "KeyState",
]

_log = logging.getLogger("doorward")
_FOLLOWED = ("discovery", "jwks_uri")
_DISCOVERED_FOR = 24 * 3600.0  # seconds until a discovery document is read again
_NEVER = float("inf")


@dataclass(frozen=True)
class FollowOptions:
    """When keys are looked at. All times are seconds."""

    refresh_default: float = 900.0
    """Until the next look, where the server does not say how long its document may be kept."""
    refresh_least: float = 60.0
    """What the server says is raised to this."""
    refresh_most: float = 3600.0
    """What the server says is cut to this."""
    retry_first: float = 1.0
    """Until the next look after a failure; doubled with each that follows."""
    retry_most: float = 300.0
    """What that grows to, and what a server's Retry-After is cut to."""
    cooldown: float = 30.0
    """After a look, none that a token asks for."""
    keep_stale: float = 24 * 3600.0
    """Keys that were last confirmed so long ago are taken away."""
    patience: float = 2.0
    """What a request waits for a look that its token asked for, at most."""
    max_waiting: int = 64
    """So many requests of event loops wait at once; a further one is answered right away."""
    max_waiting_threads: int = 4
    """Likewise for requests that each hold up a thread: well below the number that a server has."""


class KeyState(str, enum.Enum):
    """What became of an issuer's keys."""

    WAITING = "waiting"
    """None came yet."""
    CURRENT = "current"
    """In force, and the last look succeeded."""
    STALE = "stale"
    """In force, but later looks failed."""
    EXPIRED = "expired"
    """Not confirmed for too long, and taken away; or none came for as long."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class FollowedKeys:
    """How it stands with the keys of one issuer."""

    issuer: str
    state: KeyState
    count: int
    """Keys in force that serve. A set without any is put in force too: nobody's token is accepted then."""
    age: float | None
    """Seconds since they were last confirmed; None where none are in force."""
    failures: int
    """Looks that failed since the last one that did not."""
    error: str | None
    """Why the last one failed."""

    @property
    def ready(self) -> bool:
        """Whether tokens of the issuer can be verified."""
        return self.state in (KeyState.CURRENT, KeyState.STALE) and self.count > 0


class KeyFollower:
    """Keeps the keys of an authorizer's issuers up to date while it runs.

    Make it anywhere, start it in the process that serves: in a forked child it is not started. All methods
    may be called from any thread.
    """

    def __init__(
        self, authorizer: Authorizer, *, options: FollowOptions | None = None, fetch: Fetch | None = None
    ) -> None:
        self._authorizer = authorizer
        self._options = options or FollowOptions()
        self._fetch = fetch or HttpFetch()
        self._followed: dict[Issuer, _Followed] = {}  # never changed, only replaced
        self._prepare()
        survive_forks(self)

    def _prepare(self) -> None:
        self._lock = threading.RLock()  # of what starts, ends and replaces
        self._places = threading.BoundedSemaphore(self._options.max_waiting)
        self._places_of_threads = threading.BoundedSemaphore(self._options.max_waiting_threads)
        self._started = False

    def _after_fork(self) -> None:
        self._prepare()
        self._followed = {issuer: followed.renewed() for issuer, followed in self._followed.items()}

    def start(self) -> None:
        """Begins to follow the issuers of the policy in force. Once started, it does nothing more."""
        if self._started:
            return
        with self._lock:
            self._started = True
            self.follow(self._authorizer.policy)

    def close(self) -> None:
        """Ends all threads, without waiting for an answer under way; keys stay in force as they are."""
        with self._lock:
            self._started = False
            self._replace({i: f.renewed() for i, f in self._followed.items()})

    def __enter__(self) -> KeyFollower:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def follow(self, policy: Policy | None, *, in_force: Mapping[str, int] | None = None) -> None:
        """Follows the issuers of `policy`, and no others: to be called when another one is put in force.

        Call it before, and `wait`, so that keys of new issuers are there when the policy is. `in_force` says how
        many keys of an issuer, by its name, you have set by yourself: they count as confirmed now.
        """
        issuers = [i for i in policy.issuers if i.source in _FOLLOWED] if policy is not None else []
        with self._lock:
            by_name = {issuer.name: followed for issuer, followed in self._followed.items()}
            counts = in_force or {}
            self._replace(
                {i: self._followed.get(i) or self._new(i, by_name.get(i.name), counts.get(i.name)) for i in issuers}
            )

    def _new(self, issuer: Issuer, former: _Followed | None, in_force: int | None) -> _Followed:
        followed = _Followed(self._authorizer, issuer, self._options, self._fetch)
        if former is not None:
            followed.inherit(former)
        elif in_force is not None:
            followed.adopt(in_force)
        return followed

    def _replace(self, wanted: dict[Issuer, _Followed]) -> None:
        former, self._followed = self._followed, wanted
        for issuer, followed in former.items():
            if wanted.get(issuer) is not followed:
                followed.close()
        if self._started:
            for followed in wanted.values():
                followed.start()

    def status(self) -> tuple[FollowedKeys, ...]:
        """Tells how it stands with each issuer, in the order of the policy: for /readyz and for metrics."""
        return tuple(followed.status() for followed in self._followed.values())

    @property
    def ready(self) -> bool:
        """Whether each issuer that is followed has keys."""
        return all(keys.ready for keys in self.status())

    def wait(self, timeout: float) -> bool:
        """Waits until each issuer has been looked at once, and tells whether each has keys."""
        wait_for_futures([f.first_look for f in self._followed.values()], timeout)
        return self.ready

    async def wait_async(self, timeout: float) -> bool:
        """Does what `wait` does, without holding up the event loop."""
        await _any_thread([f.first_look for f in self._followed.values()], timeout)
        return self.ready

    def ask(self, issuer: str | None = None) -> list[Future[None]]:
        """Looks at the keys of an issuer now, or of all, as far as the cooldown permits.

        Returns what is done when the looks are; empty where none is under way.
        """
        asked = [f for f in self._followed.values() if issuer is None or issuer in f.issuer.spellings]
        return [look for look in (f.ask() for f in asked) if look is not None]

    def await_keys_for(self, reason: Reason) -> bool:
        """Waits for new keys, where a request that was refused for `reason` may pass with them.

        True: there was a look; decide once more.
        """
        looks = self._looks_for(reason)
        if not looks or not self._places_of_threads.acquire(blocking=False):
            return False
        try:
            wait_for_futures(looks, self._options.patience)
        finally:
            self._places_of_threads.release()
        return any(look.done() for look in looks)

    async def await_keys_for_async(self, reason: Reason) -> bool:
        """Does what `await_keys_for` does, without holding up the event loop."""
        looks = self._looks_for(reason)
        if not looks or not self._places.acquire(blocking=False):
            return False
        try:
            await _any_thread(looks, self._options.patience)
        finally:
            self._places.release()
        return any(look.done() for look in looks)

    def _looks_for(self, reason: Reason) -> list[Future[None]]:
        if reason is Reason.TOKEN_KEY_UNKNOWN:
            return self.ask()
        if reason is Reason.KEYS_UNAVAILABLE:
            lacking = (f for f in self._followed.values() if not f.status().ready)
            return [look for look in (f.ask() for f in lacking) if look is not None]
        return []


async def _any_thread(futures: Iterable[Future[None]], timeout: float) -> None:
    """Waits in an event loop for what threads do."""
    waiting = [asyncio.wrap_future(future) for future in futures]
    if not waiting:
        return
    await asyncio.wait(waiting, timeout=timeout)
    for future in waiting:
        future.cancel()  # so that nobody tells an event loop that may be closed by then


def _new_future() -> Future[None]:
    future: Future[None] = Future()
    future.set_running_or_notify_cancel()  # so that one who waits no longer cancels it for nobody else
    return future


class _Followed:
    """One issuer, and the thread that looks after its keys."""

    def __init__(self, authorizer: Authorizer, issuer: Issuer, options: FollowOptions, fetch: Fetch) -> None:
        self.issuer = issuer
        self.first_look = _new_future()
        self._authorizer, self._options, self._fetch = authorizer, options, fetch
        self._source = _source_of(issuer, fetch)
        self._changed = threading.Condition()  # guards all below
        self._thread: threading.Thread | None = None
        self._closed = False
        self._look: Future[None] | None = None  # that was asked for, or is under way
        self._due = self._askable = 0.0  # by the monotonic clock, as all times here
        self._begun = time.monotonic()
        self._confirmed: float | None = None  # None: no keys in force that we know of
        self._expired = False
        self._count = 0
        self._digest: bytes | None = None  # of the key set in force
        self._etag: str | None = None
        self._failures = 0
        self._error: str | None = None

    def inherit(self, former: _Followed) -> None:
        """Takes over how old the keys are that a former source of the same issuer left in force."""
        self._begun, self._confirmed, self._count = former._begun, former._confirmed, former._count

    def adopt(self, count: int) -> None:
        """Takes over keys that somebody else has put in force."""
        self._confirmed, self._count = time.monotonic(), count

    def renewed(self) -> _Followed:
        """Makes the same anew in a forked child."""
        child = _Followed(self._authorizer, self.issuer, self._options, self._fetch)
        child.inherit(self)
        return child

    def start(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"doorward keys {self.issuer.name}", daemon=True)
                self._thread.start()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def ask(self) -> Future[None] | None:
        with self._changed:
            if self._look is None:
                if self._closed or self._thread is None or time.monotonic() < self._askable:
                    return None
                self._look = _new_future()
                self._changed.notify()
            return self._look

    def status(self) -> FollowedKeys:
        with self._changed:
            age = None if self._confirmed is None else time.monotonic() - self._confirmed
            return FollowedKeys(self.issuer.name, self._state(), self._count, age, self._failures, self._error)

    def _state(self) -> KeyState:
        if self._confirmed is None:
            return KeyState.EXPIRED if self._expired else KeyState.WAITING
        return KeyState.STALE if self._failures else KeyState.CURRENT

    def _run(self) -> None:
        while (look := self._await_turn()) is not None:
            try:
                delay = self._succeed(self._source.fetch(self._etag))
            except (FetchError, KeySetError) as error:
                delay = self._fail(error)
            except Exception as error:  # of a Fetch that is not ours
                _log.exception("keys of %s: the fetch failed in a way that it must not", self.issuer.name)
                delay = self._fail(FetchError(repr(error)))
            with self._changed:
                now = time.monotonic()
                self._due, self._askable, self._look = now + delay, now + self._options.cooldown, None
            self._finish(look)
        self._finish(self._look)

    def _finish(self, look: Future[None] | None) -> None:
        if look is not None:
            look.set_result(None)
        if not self.first_look.done():
            self.first_look.set_result(None)

    def _await_turn(self) -> Future[None] | None:
        """Waits for the next look, and meanwhile for the moment when keys are too old. None: closed."""
        with self._changed:
            while not self._closed:
                now, expiry = time.monotonic(), self._expiry()
                if now >= expiry:
                    self._expire()
                    continue
                if now >= self._due and self._look is None:
                    self._look = _new_future()
                if self._look is not None:
                    return self._look
                self._changed.wait(min(self._due, expiry) - now)
        return None

    def _expiry(self) -> float:
        """When keys are taken away. Where none were confirmed, that is for keys that somebody else may have set."""
        if self._expired or not self._failures:
            return _NEVER
        return (self._begun if self._confirmed is None else self._confirmed) + self._options.keep_stale

    def _expire(self) -> None:
        with no_fork():
            self._authorizer.set_keys(self.issuer.name, None)
        self._confirmed, self._count, self._expired = None, 0, True
        self._digest = self._etag = None
        _log.error("keys of %s: none were confirmed for too long, taken away", self.issuer.name)

    def _succeed(self, document: Document) -> float:
        """Puts in force what came, and returns the seconds until the next look."""
        with self._changed:
            if self._closed:
                return _NEVER
            if document.body is not None:
                self._put_in_force(document.body)
            elif self._confirmed is None:
                raise FetchError("answered that nothing changed, where nothing was at hand")
            self._etag, self._confirmed, self._expired = document.etag, time.monotonic(), False
            self._failures, self._error = 0, None
        options = self._options
        fresh_for = options.refresh_default if document.fresh_for is None else document.fresh_for
        return min(max(fresh_for, options.refresh_least), options.refresh_most) * random.uniform(0.9, 1.0)

    def _put_in_force(self, jwks: bytes) -> None:
        """Does nothing for the text that is in force: handing it in again would empty the cache of tokens."""
        digest = hashlib.sha256(jwks).digest()
        if digest == self._digest:
            return
        with no_fork():
            keys = KeySet(jwks, name=self.issuer.name)
            warnings = self._authorizer.set_keys(self.issuer.name, keys)
            self._authorizer.prepare_keys()
        for diagnostic in (*keys.diagnostics, *warnings):
            _log.info("keys of %s: %s", self.issuer.name, diagnostic)
        if len(keys) != self._count or not keys:
            _log.log(logging.INFO if keys else logging.ERROR, "keys of %s: %d in force", self.issuer.name, len(keys))
        self._count, self._digest = len(keys), digest

    def _fail(self, error: FetchError | KeySetError) -> float:
        """Notes a failure, and returns the seconds until the next look."""
        with self._changed:
            self._failures += 1
            self._error = str(error)
            failures = self._failures
        _log.warning("keys of %s: %s (failure %d)", self.issuer.name, error, failures)
        options = self._options
        delay = min(options.retry_first * 2.0 ** min(failures - 1, 30), options.retry_most)
        asked_for = getattr(error, "retry_after", None) or 0.0
        return max(delay * random.uniform(0.5, 1.0), min(asked_for, options.retry_most) * random.uniform(1.0, 1.1))


class _Source(Protocol):
    def fetch(self, etag: str | None) -> Document:
        """Fetches a key set, or raises FetchError."""


def _source_of(issuer: Issuer, fetch: Fetch) -> _Source:
    return _Discovery(issuer, fetch) if issuer.source == "discovery" else _JwksUri(issuer.location, fetch)


@dataclass(frozen=True)
class _JwksUri:
    url: str
    fetch_url: Fetch

    def fetch(self, etag: str | None) -> Document:
        return self.fetch_url(self.url, etag)


class _Discovery:
    """OpenID Connect Discovery 1.0 section 4. What it found is used until a fetch from there fails."""

    def __init__(self, issuer: Issuer, fetch: Fetch) -> None:
        self._issuer, self._fetch = issuer, fetch
        self._jwks_uri: str | None = None
        self._good_until = 0.0

    def fetch(self, etag: str | None) -> Document:
        former, self._jwks_uri = self._jwks_uri, None
        jwks_uri = former
        if jwks_uri is None or time.monotonic() >= self._good_until:
            jwks_uri = self._discover()
            self._good_until = time.monotonic() + _DISCOVERED_FOR
        document = self._fetch(jwks_uri, etag if jwks_uri == former else None)
        self._jwks_uri = jwks_uri
        return document

    def _discover(self) -> str:
        # Entra ID has one document for all tenants, whose issuer is the template itself.
        url = self._issuer.name.replace("{tenantid}", "common").rstrip("/") + "/.well-known/openid-configuration"
        try:
            found = json.loads(self._fetch(url).body or b"")
        except (ValueError, RecursionError):
            raise FetchError(f"{url}: no JSON") from None
        if not isinstance(found, dict) or found.get("issuer") not in self._issuer.spellings:
            raise FetchError(f"{url}: names another issuer than `{self._issuer.name}`")
        return _checked_jwks_uri(url, found.get("jwks_uri"))


def _checked_jwks_uri(document_url: str, jwks_uri: object) -> str:
    if not isinstance(jwks_uri, str):
        raise FetchError(f"{document_url}: has no `jwks_uri`")
    if document_url.startswith("https:") and not jwks_uri.startswith("https:"):
        raise FetchError(f"{document_url}: its `jwks_uri` is not fetched by TLS")
    return jwks_uri
