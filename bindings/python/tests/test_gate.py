# SPDX-License-Identifier: Apache-2.0
"""Files are put in force when they change, and what is broken changes nothing."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from identity import AUDIENCE, SigningKey, key_set, provider

from doorward import Authorizer, KeySetError, PolicyError
from doorward.gate import Gate
from doorward.keys import Document, FetchError, FollowOptions, KeyState

ISSUER = "https://login.example.com/"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "k")


def policy(path: str = "/a", keys: str = "{jwks_file: jwks.json}", issuer: str = ISSUER) -> str:
    return f"""doorward: 1
issuers:
  - {{issuer: {issuer}, audiences: [{AUDIENCE}], keys: {keys}}}
rules:
  - {{id: a, allow: [authenticated], endpoints: [{path}]}}
"""


@pytest.fixture
def folder(tmp_path: Path, key: SigningKey) -> Path:
    (tmp_path / "policy.yaml").write_text(policy())
    (tmp_path / "jwks.json").write_bytes(key_set(key))
    return tmp_path


def reason(gate: Gate, key: SigningKey, path: str = "/a", issuer: str = ISSUER) -> str:
    return str(gate.authorizer.authorize(method="GET", target=path, headers=key.bearer(issuer)).reason)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_policy_and_its_key_files_are_in_force_at_once(folder: Path, key: SigningKey) -> None:
    gate = Gate(folder / "policy.yaml")
    assert reason(gate, key) == "allowed"
    status = gate.status()
    assert status.ready and status.unready_cause is None and status.complaints == ()
    assert gate.authorizer.policy is not None
    assert status.policy_revision == gate.authorizer.policy.revision


@pytest.mark.parametrize(
    ("name", "file", "text", "error"),
    [
        ("a broken policy", "policy.yaml", "doorward: 2", PolicyError),
        ("no policy", "policy.yaml", None, OSError),
        ("a broken key file", "jwks.json", "[]", KeySetError),
        ("no key file", "jwks.json", None, OSError),
    ],
)
def test_a_start_with_what_is_broken_fails(
    folder: Path, name: str, file: str, text: str | None, error: type[Exception]
) -> None:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)
    with pytest.raises(error):
        Gate(folder / "policy.yaml")


def test_what_changed_is_put_in_force(folder: Path, key: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Gate(folder / "policy.yaml", watch_interval=0.01) as gate:
        (folder / "new.yaml").write_text(policy("/b"))
        os.replace(folder / "new.yaml", folder / "policy.yaml")
        eventually(lambda: reason(gate, key, "/b") == "allowed")
        assert reason(gate, key, "/a") == "default_deny"
        other = SigningKey(tmp_path_factory.mktemp("other"), "other")
        (folder / "jwks.json").write_bytes(key_set(other))
        eventually(lambda: reason(gate, key, "/b") == "token_key_unknown")
        assert reason(gate, other, "/b") == "allowed"


@pytest.mark.parametrize("file", ["policy.yaml", "jwks.json"])
def test_what_is_broken_or_missing_changes_nothing_and_is_told_once(
    folder: Path, key: SigningKey, file: str, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(folder / "policy.yaml")
    good = (folder / file).read_bytes()
    (folder / file).write_text("no such thing")
    assert [gate.reload(), gate.reload(), gate.reload()] == [False] * 3
    (complaint,) = gate.status().complaints
    assert file in complaint
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    assert reason(gate, key) == "allowed" and gate.status().ready

    (folder / file).unlink()
    assert not gate.reload()
    assert "No such file" in gate.status().complaints[0]
    (folder / file).write_text("no such thing")
    assert not gate.reload()
    assert gate.status().complaints == (complaint,)

    (folder / file).write_bytes(good)
    assert gate.reload()
    assert gate.status().complaints == ()


def test_what_did_not_change_is_not_put_in_force_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate(folder / "policy.yaml")
    caplog.set_level(logging.INFO, "doorward")
    os.utime(folder / "policy.yaml")
    assert gate.reload() and gate.reload()
    assert caplog.messages == []


def test_a_secret_in_a_key_file_is_a_key(folder: Path) -> None:
    secret = {"kty": "oct", "k": "A" * 43, "alg": "HS256", "kid": "s"}
    (folder / "jwks.json").write_text(json.dumps({"keys": [secret]}))
    assert Gate(folder / "policy.yaml").status().ready


def test_a_policy_waits_for_its_key_file(folder: Path, key: SigningKey) -> None:
    gate = Gate(folder / "policy.yaml")
    (folder / "policy.yaml").write_text(policy("/b", "{jwks_file: later.json}"))
    assert not gate.reload()
    assert (reason(gate, key, "/a"), reason(gate, key, "/b")) == ("allowed", "default_deny")
    (folder / "later.json").write_bytes(key_set(key))
    assert gate.reload()
    assert reason(gate, key, "/b") == "allowed"


def test_a_key_file_without_keys_is_put_in_force(folder: Path, key: SigningKey) -> None:
    gate = Gate(folder / "policy.yaml")
    (folder / "jwks.json").write_text('{"keys": []}')
    assert gate.reload()
    assert reason(gate, key) == "token_key_unknown"
    assert gate.status().unready_cause == f"no usable key of {ISSUER}"
    (folder / "jwks.json").write_bytes(key_set(key))
    assert gate.reload() and gate.status().ready


def test_a_policy_of_another_issuer_waits_for_its_keys(folder: Path, key: SigningKey) -> None:
    def take_time(handler: BaseHTTPRequestHandler) -> bool:
        time.sleep(0.1)
        return False

    with provider() as idp, Gate(folder / "policy.yaml", watch_interval=0.0) as gate:
        idp.key_set, idp.behave = key_set(key), take_time
        headers = key.bearer(idp.issuer)
        (folder / "policy.yaml").write_text(policy("/b", "{discovery: true}", idp.issuer))
        assert gate.reload()
        assert gate.authorizer.authorize(method="GET", target="/b", headers=headers).allowed
        assert [keys.issuer for keys in gate.status().keys] == [idp.issuer]


def unreachable(url: str, etag: str | None = None, /) -> Document:
    raise FetchError("unreachable")


def following(folder: Path, keep_stale: float) -> Gate:
    options = FollowOptions(retry_first=0.01, retry_most=0.01, keep_stale=keep_stale)
    return Gate(folder / "policy.yaml", fetch=unreachable, options=options, watch_interval=0.0, start_patience=0.1)


ON_NETWORK = "{jwks_uri: 'https://a.example/jwks'}"


def test_keys_of_a_file_stay_for_a_while_when_others_are_to_come(folder: Path, key: SigningKey) -> None:
    with following(folder, keep_stale=3600.0) as gate:
        begun = time.monotonic()
        (folder / "policy.yaml").write_text(policy(keys=ON_NETWORK))
        assert gate.reload()
        eventually(lambda: gate.status().keys[0].failures > 0)
        assert reason(gate, key) == "allowed"
        (status,) = gate.status().keys
        assert (status.state, status.count) == (KeyState.STALE, 1)
        assert status.age is not None and status.age <= time.monotonic() - begun and gate.status().ready


def test_keys_of_a_file_are_taken_away_when_no_others_come(folder: Path, key: SigningKey) -> None:
    with following(folder, keep_stale=0.2) as gate:
        (folder / "policy.yaml").write_text(policy(keys=ON_NETWORK))
        assert gate.reload()
        eventually(lambda: gate.status().keys[0].state is KeyState.EXPIRED)
        assert reason(gate, key) == "keys_unavailable"
        (folder / "policy.yaml").write_text(policy())
        assert gate.reload() and reason(gate, key) == "allowed"


@pytest.mark.parametrize(
    ("name", "between"),
    [
        ("keys in the policy", policy(keys="{jwks: {keys: []}}")),
        ("another issuer", policy(issuer="https://b.example", keys="{jwks: {keys: []}}")),
    ],
)
def test_keys_of_a_former_policy_do_not_come_back(folder: Path, key: SigningKey, name: str, between: str) -> None:
    with following(folder, keep_stale=3600.0) as gate:
        (folder / "policy.yaml").write_text(between)
        assert gate.reload()
        (folder / "policy.yaml").write_text(policy(keys=ON_NETWORK))
        assert gate.reload() and reason(gate, key) == "keys_unavailable"
        (status,) = gate.status().keys
        assert (status.state, status.count, status.age) == (KeyState.WAITING, 0, None)


def test_a_gate_begins_anew(folder: Path) -> None:
    def threads() -> int:
        return [thread.name for thread in threading.enumerate()].count("doorward files")

    gate = Gate(folder / "policy.yaml", watch_interval=0.01)
    for _ in range(2):
        gate.start()
        gate.start()
        assert threads() == 1
        gate.close()
        gate.close()
        eventually(lambda: threads() == 0)


def test_an_authorizer_of_ones_own_is_used(folder: Path, key: SigningKey) -> None:
    events: list[object] = []
    mine = Authorizer(on_decision=events.append, token_cache_entries=0)
    gate = Gate(folder / "policy.yaml", authorizer=mine)
    assert gate.authorizer is mine
    assert reason(gate, key) == "allowed" and len(events) == 1
    with pytest.raises(ValueError, match="on_decision"):
        Gate(folder / "policy.yaml", authorizer=mine, on_decision=print)
    recorded: list[object] = []
    assert reason(Gate(folder / "policy.yaml", on_decision=recorded.append), key) == "allowed"
    assert len(recorded) == 1
