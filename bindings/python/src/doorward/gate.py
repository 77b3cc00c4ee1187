# SPDX-License-Identifier: Apache-2.0
"""An authorizer together with what it lives on: the policy file, key files, and keys on the network.

>>> gate = Gate("policy.yaml")                                # doctest: +SKIP
>>> with gate:                                                # doctest: +SKIP
...     gate.authorizer.authorize(method="GET", target="/orders/17", headers=headers)

While it runs, files are compared by content. One that changed is read as a whole and put in force; one that is
broken or missing is reported once for each content, and what was in force stays in force.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from doorward import AuditEvent, Authorizer, KeySet, KeySetError, Policy, PolicyError
from doorward._fork import no_fork, survive_forks
from doorward.keys import Fetch, FollowedKeys, FollowOptions, KeyFollower

__all__ = ["Gate", "GateStatus"]

_log = logging.getLogger("doorward")


@dataclass(frozen=True)
class GateStatus:
    """What /readyz and metrics may want to know."""

    policy_revision: str | None
    complaints: tuple[str, ...]
    """What is wrong with files now, for people; the former content is in force."""
    keys: tuple[FollowedKeys, ...]
    """How it stands with keys on the network."""
    without_keys: tuple[str, ...] = ()
    """Issuers whose key files hold no usable key."""

    @property
    def ready(self) -> bool:
        """Whether requests can be decided: a policy is in force, and each issuer has keys."""
        return self.unready_cause is None

    @property
    def unready_cause(self) -> str | None:
        """Why not, for people; None where it is ready."""
        if self.policy_revision is None:
            return "no policy"
        lacking = [f"{keys.issuer} ({keys.state})" for keys in self.keys if not keys.ready]
        lacking += self.without_keys
        return f"no usable key of {lacking[0]}" if lacking else None


class Gate:
    """Loads a policy file and its keys, and keeps them up to date between `start` and `close`.

    Raises OSError or PolicyError where the policy, and OSError or KeySetError where a key file of it cannot be
    used. `on_decision` receives an AuditEvent for each decision (see Authorizer). `watch_interval` is how
    many seconds pass between two looks at files, 0 for none; `start_patience` is how many the middleware
    waits for keys at the start.

    Keys on the network are fetched by `keys`, as `options` say, and by `fetch` where it is given. An
    `authorizer` made with other options may be handed in. All methods may be called from any thread; in
    a forked child nothing runs until `start`.
    """

    def __init__(
        self,
        policy: str | os.PathLike[str],
        *,
        on_decision: Callable[[AuditEvent], object] | None = None,
        authorizer: Authorizer | None = None,
        options: FollowOptions | None = None,
        fetch: Fetch | None = None,
        watch_interval: float = 1.0,
        start_patience: float = 5.0,
    ) -> None:
        if authorizer is not None and on_decision is not None:
            raise ValueError("an authorizer has its `on_decision` already")
        self.authorizer = authorizer or Authorizer(on_decision=on_decision)
        self.keys = KeyFollower(self.authorizer, options=options, fetch=fetch)
        self.start_patience = start_patience
        self._watch_interval = watch_interval
        self._policy_file = _File(Path(policy))
        self._key_files: dict[str, _File] = {}  # never changed, only replaced
        self._key_counts: dict[str, int] = {}  # by the issuers of key files; likewise
        self._prepare()
        self._policy_file.open(self._load_policy)
        survive_forks(self)

    def _prepare(self) -> None:
        self._lock = threading.RLock()  # of starting, ending and looking at files
        self._stop: threading.Event | None = None

    _after_fork = _prepare

    def start(self) -> None:
        """Begins to follow keys and to watch files. Once started, it does nothing more."""
        if self._stop is not None:
            return
        with self._lock:
            if self._stop is not None:
                return
            stop = self._stop = threading.Event()
            if self._watch_interval > 0:
                threading.Thread(target=self._watch, args=(stop,), name="doorward files", daemon=True).start()
            self.keys.start()

    def close(self) -> None:
        """Ends all threads. What is in force stays in force; `start` begins anew."""
        with self._lock:
            if self._stop is not None:
                self._stop.set()
            self._stop = None
            self.keys.close()

    def __enter__(self) -> Gate:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def status(self) -> GateStatus:
        """Tells how it stands."""
        policy = self.authorizer.policy
        files = (self._policy_file, *self._key_files.values())
        complaints = tuple(file.complaint for file in files if file.complaint is not None)
        return GateStatus(
            policy_revision=policy.revision if policy is not None else None,
            complaints=complaints,
            keys=self.keys.status(),
            without_keys=tuple(sorted(issuer for issuer, count in self._key_counts.items() if not count)),
        )

    def reload(self) -> bool:
        """Looks at all files now, and tells whether each is in order.

        A new policy waits for the keys of issuers that it names anew, up to `start_patience` seconds.
        """
        with self._lock:
            self._policy_file.look(self._load_policy)
            for issuer, file in self._key_files.items():
                file.look(partial(self._load_keys, issuer, file.path))
            return not self.status().complaints

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(self._watch_interval):
            try:
                self.reload()
            except Exception:
                _log.exception("files could not be looked at")

    def _load_policy(self, text: bytes) -> None:
        with no_fork():
            policy = Policy.loads(text, name=str(self._policy_file.path))
        key_files, keys = self._open_key_files(policy)
        followed = {status.issuer for status in self.keys.status()}
        self.keys.follow(policy, in_force=self._key_counts)
        for issuer, key_set in keys.items():
            self._put_in_force(issuer, key_set)
        if self._stop is not None:
            self.keys.wait(self.start_patience)
        with no_fork():
            self.authorizer.set_policy(policy)
            self.authorizer.prepare_keys()
        self._forget_keys((followed | self._key_files.keys()) - _with_keys_from_outside(policy))
        self._key_files = key_files
        self._key_counts = {issuer: count for issuer, count in self._key_counts.items() if issuer in key_files}
        for diagnostic in policy.diagnostics:
            _log.warning("%s", diagnostic)
        _log.info("policy %s in force (rules: %d)", policy.revision, policy.rule_count)

    def _forget_keys(self, issuers: Set[str]) -> None:
        """Takes keys away that a later policy would find in force again."""
        for issuer in issuers:
            with no_fork():
                self.authorizer.set_keys(issuer, None)

    def _open_key_files(self, policy: Policy) -> tuple[dict[str, _File], dict[str, KeySet]]:
        """Opens the key files that a policy names, all of them or none; those that are open stay as they are.

        Returns the files, and what stands in those that were opened.
        """
        opened: dict[str, _File] = {}
        keys: dict[str, KeySet] = {}
        for issuer in policy.issuers:
            if issuer.source != "jwks_file":
                continue
            path = self._policy_file.path.parent / issuer.location
            file = self._key_files.get(issuer.name)
            if file is None or file.path != path:
                file = _File(path)
                file.open(partial(_parse_keys, keys, issuer.name, path))
            opened[issuer.name] = file
        return opened, keys

    def _load_keys(self, issuer: str, path: Path, text: bytes) -> None:
        keys: dict[str, KeySet] = {}
        _parse_keys(keys, issuer, path, text)
        self._put_in_force(issuer, keys[issuer])

    def _put_in_force(self, issuer: str, keys: KeySet) -> None:
        with no_fork():
            self.authorizer.set_keys(issuer, keys)
            self.authorizer.prepare_keys()
        self._key_counts = {**self._key_counts, issuer: len(keys)}
        for diagnostic in keys.diagnostics:
            _log.warning("%s", diagnostic)
        _log.log(logging.INFO if keys else logging.ERROR, "keys of %s: %d in force", issuer, len(keys))


def _parse_keys(parsed: dict[str, KeySet], issuer: str, path: Path, text: bytes) -> None:
    with no_fork():
        parsed[issuer] = KeySet(text, origin="local", name=str(path))


def _with_keys_from_outside(policy: Policy) -> set[str]:
    """Spellings of issuers whose keys do not stand in the policy itself."""
    return {name for issuer in policy.issuers if issuer.source != "inline" for name in issuer.spellings}


class _File:
    """A file, what of it is in force, and what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaint: str | None = None
        self._in_force: bytes | None = None  # digests of contents
        self._broken: bytes | None = None
        self._broken_complaint = ""

    def open(self, load: Callable[[bytes], None]) -> None:
        """Has the content loaded; raises what is wrong."""
        text = self.path.read_bytes()
        load(text)
        self._in_force = _digest(text)

    def look(self, load: Callable[[bytes], None]) -> None:
        """Has the content loaded if it is another than before, and notes what is wrong."""
        try:
            text = self.path.read_bytes()
            digest = _digest(text)
            if digest == self._broken:
                self._complain(self._broken_complaint)
                return
            if digest != self._in_force:
                load(text)
                self._in_force = digest
        except PolicyError as error:  # which the same content will always give
            self._broken, self._broken_complaint = digest, str(error)
            self._complain(str(error))
        except (OSError, KeySetError) as error:  # which may be another file's, and pass
            self._complain(str(error))
        else:
            self.complaint = None

    def _complain(self, complaint: str) -> None:
        if complaint != self.complaint:
            _log.error("%s: what was in force before stays in force\n%s", self.path, complaint)
        self.complaint = complaint


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
