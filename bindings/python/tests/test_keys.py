# SPDX-License-Identifier: Apache-2.0
"""Keys are followed, politely, and what is wrong with them is told."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from identity import Provider, SigningKey, key_set, provider, send

from doorward import Authorizer, Policy, Reason
from doorward._fork import no_fork
from doorward.keys import Document, FetchError, FollowedKeys, FollowOptions, KeyFollower, KeyState

# No look comes by itself, but for the first; each that is asked for is granted.
ON_DEMAND = FollowOptions(cooldown=0.0, patience=10.0)
# Looks follow one another.
OFTEN = FollowOptions(refresh_least=0.01, refresh_most=0.02, retry_first=0.01, retry_most=0.02)


@pytest.fixture(scope="module")
def old_key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "old")


@pytest.fixture(scope="module")
def new_key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "new")


@pytest.fixture
def idp(old_key: SigningKey) -> Iterator[Provider]:
    with provider() as running:
        running.key_set = key_set(old_key)
        yield running


def policy(*issuers: str, keys: str = "{discovery: true}") -> Policy:
    entries = "".join(
        f"  - {{issuer: {i}, audiences: [https://api.example.com], roles: [], keys: {keys}}}\n" for i in issuers
    )
    return Policy.loads(
        f"doorward: 1\nissuers:\n{entries}rules:\n  - {{id: a, allow: [authenticated], endpoints: [/a]}}\n"
    )


def reason(authorizer: Authorizer, idp: Provider, key: SigningKey) -> str:
    return str(authorizer.authorize(method="GET", target="/a", headers=key.bearer(idp.issuer)).reason)


def one(follower: KeyFollower) -> FollowedKeys:
    (status,) = follower.status()
    return status


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Scripted:
    """A Fetch that answers from a list, its last element again and again."""

    def __init__(self, *answers: Document | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, str | None]] = []

    def __call__(self, url: str, etag: str | None = None, /) -> Document:
        self.calls.append((url, etag))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("keys", ["{discovery: true}", "{jwks_uri: JWKS_URI}"])
def test_keys_are_found_and_tokens_accepted(idp: Provider, old_key: SigningKey, keys: str) -> None:
    authorizer = Authorizer(policy(idp.issuer, keys=keys.replace("JWKS_URI", idp.jwks_uri)))
    assert reason(authorizer, idp, old_key) == "keys_unavailable"
    with KeyFollower(authorizer, options=ON_DEMAND) as follower:
        assert follower.wait(10)
        assert reason(authorizer, idp, old_key) == "allowed"
        status = one(follower)
    assert (status.issuer, status.state, status.count, status.failures) == (idp.issuer, KeyState.CURRENT, 1, 0)
    assert status.ready and status.error is None and status.age is not None


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        ({"issuer": "https://other.example.com", "jwks_uri": "JWKS_URI"}, "names another issuer"),
        ({"issuer": "ISSUER/", "jwks_uri": "JWKS_URI"}, "names another issuer"),
        ({"issuer": ["ISSUER"], "jwks_uri": "JWKS_URI"}, "names another issuer"),
        ({"jwks_uri": "JWKS_URI"}, "names another issuer"),
        (["ISSUER"], "names another issuer"),
        ({"issuer": "ISSUER"}, "has no `jwks_uri`"),
        ({"issuer": "ISSUER", "jwks_uri": 7}, "has no `jwks_uri`"),
        ({"issuer": "ISSUER", "jwks_uri": "file:///etc/passwd"}, "no URL"),
        ({"issuer": "ISSUER", "jwks_uri": "http://192.0.2.1/"}, "not fetched by TLS"),
        ({"issuer": "ISSUER", "jwks_uri": "ISSUER/other"}, "answered 404"),
    ],
)
def test_a_discovery_document_that_is_wrong_gives_no_keys(
    idp: Provider, old_key: SigningKey, found: object, complaint: str
) -> None:
    text = json.dumps(found).replace("JWKS_URI", idp.jwks_uri).replace("ISSUER", idp.issuer)
    idp.discovery = json.loads(text)
    authorizer = Authorizer(policy(idp.issuer))
    with KeyFollower(authorizer) as follower:
        assert not follower.wait(10)
        status = one(follower)
    assert status.state is KeyState.WAITING and not status.ready
    assert complaint in str(status.error)
    assert "/jwks" not in [path for path, _ in idp.requests]
    assert reason(authorizer, idp, old_key) == "keys_unavailable"


@pytest.mark.parametrize("text", [b"", b"<html>", b"[" * 100000, b"\xff"])
def test_a_discovery_document_that_is_no_json_gives_no_keys(text: bytes) -> None:
    with KeyFollower(Authorizer(policy("https://a.example")), fetch=Scripted(Document(text))) as follower:
        assert not follower.wait(10)
        assert "no JSON" in str(one(follower).error)


def test_keys_of_an_issuer_with_tls_are_not_fetched_without() -> None:
    found = json.dumps({"issuer": "https://a.example", "jwks_uri": "http://a.example/jwks"}).encode()
    fetch = Scripted(Document(found))
    with KeyFollower(Authorizer(policy("https://a.example")), fetch=fetch) as follower:
        assert not follower.wait(10)
        assert "not fetched by TLS" in str(one(follower).error)
    assert len(fetch.calls) == 1


def test_a_template_of_tenants_is_discovered_for_all_of_them(old_key: SigningKey) -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    entra = Policy.loads(
        f"""doorward: 1
issuers:
  - issuer: {template}
    audiences: [https://api.example.com]
    tenants: [3f2504e0-4f89-11d3-9a0c-0305e82c3301]
    keys: {{discovery: true}}
"""
    )
    found = json.dumps({"issuer": template, "jwks_uri": "https://login.microsoftonline.com/keys"}).encode()
    fetch = Scripted(Document(found), Document(key_set(old_key)))
    with KeyFollower(Authorizer(entra), fetch=fetch) as follower:
        assert follower.wait(10)
    assert fetch.calls == [
        ("https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration", None),
        ("https://login.microsoftonline.com/keys", None),
    ]


def test_a_tag_counts_only_where_it_came_from(old_key: SigningKey) -> None:
    def found(jwks_uri: str) -> Document:
        return Document(json.dumps({"issuer": "https://a.example", "jwks_uri": jwks_uri}).encode())

    keys = Document(key_set(old_key), '"tag"')
    fetch = Scripted(found("https://a.example/1"), keys, FetchError("moved"), found("https://a.example/2"), keys)
    with KeyFollower(Authorizer(policy("https://a.example")), options=OFTEN, fetch=fetch):
        eventually(lambda: len(fetch.calls) >= 6)
    assert [call for call in fetch.calls if "openid" not in call[0]][:4] == [
        ("https://a.example/1", None),
        ("https://a.example/1", '"tag"'),
        ("https://a.example/2", None),
        ("https://a.example/2", '"tag"'),
    ]


def test_what_did_not_change_is_not_sent_again(idp: Provider) -> None:
    idp.headers = {"Cache-Control": "max-age=0"}
    with KeyFollower(Authorizer(policy(idp.issuer, keys=f"{{jwks_uri: {idp.jwks_uri}}}")), options=OFTEN) as follower:
        idp.wait_for_requests(4)
        assert one(follower).state is KeyState.CURRENT
    tags = [headers.get("If-None-Match") for _, headers in idp.requests]
    assert tags[0] is None and None not in tags[1:]


@pytest.mark.parametrize("fresh_for", [None, 0.0, 0.001, 100.0])
def test_looks_keep_to_their_bounds_whatever_the_server_says(old_key: SigningKey, fresh_for: float | None) -> None:
    fetch = Scripted(Document(key_set(old_key), fresh_for=fresh_for))
    jwks = policy("https://a.example", keys="{jwks_uri: https://a.example/jwks}")
    options = FollowOptions(refresh_least=1000.0, refresh_default=1000.0, refresh_most=2000.0)
    with KeyFollower(Authorizer(jwks), options=options, fetch=fetch) as follower:
        assert follower.wait(10)
        time.sleep(0.1)
    assert len(fetch.calls) == 1
    with KeyFollower(Authorizer(jwks), options=FollowOptions(refresh_least=0.01, refresh_most=0.01), fetch=fetch):
        eventually(lambda: len(fetch.calls) >= 5)


def test_keys_serve_on_while_their_server_fails(idp: Provider, old_key: SigningKey) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        send(handler, 500, b"", {})
        return True

    authorizer = Authorizer(policy(idp.issuer))
    with KeyFollower(authorizer, options=OFTEN) as follower:
        assert follower.wait(10)
        idp.behave = behave
        eventually(lambda: one(follower).failures >= 2)
        status = one(follower)
        assert (status.state, status.count, status.ready) == (KeyState.STALE, 1, True)
        assert "answered 500" in str(status.error)
        assert reason(authorizer, idp, old_key) == "allowed"
        idp.behave = lambda handler: False
        eventually(lambda: one(follower).state is KeyState.CURRENT)
        assert one(follower).error is None


def test_keys_that_nobody_confirms_are_taken_away_and_come_back(old_key: SigningKey) -> None:
    document, failure = Document(key_set(old_key), '"tag"'), FetchError("down")
    fetch = Scripted(document, failure)
    jwks = policy("http://127.0.0.1", keys="{jwks_uri: https://a.example/jwks}")
    authorizer = Authorizer(jwks)
    options = FollowOptions(refresh_most=0.01, refresh_least=0.01, retry_first=0.01, retry_most=0.01, keep_stale=0.2)
    with KeyFollower(authorizer, options=options, fetch=fetch) as follower:
        assert follower.wait(10)
        eventually(lambda: one(follower).state is KeyState.EXPIRED)
        status = one(follower)
        assert (status.count, status.age, status.ready) == (0, None, False)
        bearer = old_key.bearer("http://127.0.0.1")
        decision = authorizer.authorize(method="GET", target="/a", headers=bearer)
        assert decision.reason is Reason.KEYS_UNAVAILABLE
        del fetch.calls[:]
        fetch.answers = [document]
        eventually(lambda: one(follower).state is KeyState.CURRENT)
        assert authorizer.authorize(method="GET", target="/a", headers=bearer).allowed
    assert ("https://a.example/jwks", None) in fetch.calls


def test_a_text_that_is_no_key_set_changes_nothing_and_its_tag_is_forgotten(idp: Provider, old_key: SigningKey) -> None:
    authorizer = Authorizer(policy(idp.issuer, keys=f"{{jwks_uri: {idp.jwks_uri}}}"))
    with KeyFollower(authorizer, options=OFTEN) as follower:
        assert follower.wait(10)
        idp.key_set = b"<html>maintenance</html>"
        eventually(lambda: one(follower).failures >= 3)
        assert one(follower).state is KeyState.STALE
        assert reason(authorizer, idp, old_key) == "allowed"
    broken_tag = f'"{hash(idp.key_set)}"'
    assert broken_tag not in [headers.get("If-None-Match") for _, headers in idp.requests]


def test_keys_that_stay_leave_what_was_verified_alone(idp: Provider, old_key: SigningKey) -> None:
    headers = old_key.bearer("https://a.example")
    fetch = Scripted(Document(key_set(old_key)))
    authorizer = Authorizer(policy("https://a.example", keys="{jwks_uri: https://a.example/jwks}"))
    with KeyFollower(authorizer, options=OFTEN, fetch=fetch) as follower:
        assert follower.wait(10)
        assert authorizer.authorize(method="GET", target="/a", headers=headers).allowed
        seen = len(fetch.calls)
        eventually(lambda: len(fetch.calls) > seen + 3)
        assert authorizer.authorize(method="GET", target="/a", headers=headers).allowed
    assert authorizer.token_cache_stats().hits == 1


class Recorder:
    """An authorizer that remembers what was called."""

    def __init__(self, authorizer: Authorizer) -> None:
        self.called: list[str] = []
        self._authorizer = authorizer

    def __getattr__(self, name: str) -> Any:
        self.called.append(name)
        return getattr(self._authorizer, name)


def test_keys_are_prepared_when_they_came(idp: Provider) -> None:
    recorder: Any = Recorder(Authorizer(policy(idp.issuer)))
    with KeyFollower(recorder) as follower:
        assert follower.wait(10)
    assert recorder.called == ["policy", "set_keys", "prepare_keys"]


def test_a_key_set_without_keys_is_put_in_force(idp: Provider, old_key: SigningKey) -> None:
    idp.key_set = b'{"keys": []}'
    authorizer = Authorizer(policy(idp.issuer))
    with KeyFollower(authorizer) as follower:
        assert not follower.wait(10)
        assert (one(follower).state, one(follower).count) == (KeyState.CURRENT, 0)
        assert reason(authorizer, idp, old_key) == "token_key_unknown"


def test_a_secret_that_came_over_the_network_is_no_key(idp: Provider) -> None:
    idp.key_set = json.dumps({"keys": [{"kty": "oct", "k": "A" * 43, "alg": "HS256", "kid": "s"}]}).encode()
    with KeyFollower(Authorizer(policy(idp.issuer))) as follower:
        assert not follower.wait(10)
        assert one(follower).count == 0


def test_an_unknown_key_is_looked_for_once(idp: Provider, old_key: SigningKey, new_key: SigningKey) -> None:
    authorizer = Authorizer(policy(idp.issuer, keys=f"{{jwks_uri: {idp.jwks_uri}}}"))
    with KeyFollower(authorizer, options=ON_DEMAND) as follower:
        assert follower.wait(10)
        idp.key_set = key_set(old_key, new_key)
        assert reason(authorizer, idp, new_key) == "token_key_unknown"
        assert follower.await_keys_for(Reason.TOKEN_KEY_UNKNOWN)
        assert reason(authorizer, idp, new_key) == "allowed"
        assert len(idp.requests) == 2


@pytest.mark.parametrize("why", [r for r in Reason if r not in (Reason.TOKEN_KEY_UNKNOWN, Reason.KEYS_UNAVAILABLE)])
def test_no_other_refusal_causes_a_look(why: Reason) -> None:
    fetch = Scripted(FetchError("down"))
    options = FollowOptions(retry_first=1000.0, retry_most=1000.0, cooldown=0.0)
    with KeyFollower(Authorizer(policy("https://a.example")), options=options, fetch=fetch) as follower:
        follower.wait(10)
        assert not follower.await_keys_for(why)
    assert len(fetch.calls) == 1


def test_bad_tokens_cause_no_look_within_the_cooldown(idp: Provider) -> None:
    authorizer = Authorizer(policy(idp.issuer, keys=f"{{jwks_uri: {idp.jwks_uri}}}"))
    with KeyFollower(authorizer, options=FollowOptions(cooldown=1000.0)) as follower:
        assert follower.wait(10)
        assert not any(follower.await_keys_for(Reason.TOKEN_KEY_UNKNOWN) for _ in range(1000))
    assert len(idp.requests) == 1


def test_many_wait_for_one_look(idp: Provider) -> None:
    waiting, go_on = threading.Semaphore(0), threading.Event()

    def behave(handler: BaseHTTPRequestHandler) -> bool:
        go_on.wait(10)
        return False

    authorizer = Authorizer(policy(idp.issuer, keys=f"{{jwks_uri: {idp.jwks_uri}}}"))
    options = FollowOptions(cooldown=0.0, patience=10.0, max_waiting_threads=20)
    with KeyFollower(authorizer, options=options) as follower:
        assert follower.wait(10)
        idp.behave = behave
        looks = [follower.ask() for _ in range(100)]
        assert len({id(look) for (look,) in looks}) == 1
        results: list[bool] = []

        def wait() -> None:
            waiting.release()
            results.append(follower.await_keys_for(Reason.TOKEN_KEY_UNKNOWN))

        threads = [threading.Thread(target=wait) for _ in range(20)]
        for thread in threads:
            thread.start()
        for _ in threads:
            waiting.acquire()
        idp.wait_for_requests(2)
        go_on.set()
        for thread in threads:
            thread.join()
    assert results == [True] * 20


def blocked(idp: Provider) -> threading.Event:
    """Lets the provider answer only once the event is set."""
    go_on = threading.Event()

    def behave(handler: BaseHTTPRequestHandler) -> bool:
        go_on.wait(10)
        return False

    idp.behave = behave
    return go_on


def test_only_so_many_wait_and_only_so_long(idp: Provider) -> None:
    go_on = blocked(idp)
    authorizer = Authorizer(policy(idp.issuer))
    with KeyFollower(authorizer, options=FollowOptions(patience=0.05)) as follower:
        assert not follower.await_keys_for(Reason.KEYS_UNAVAILABLE)  # out of patience
    options = FollowOptions(patience=1000.0, max_waiting=0, max_waiting_threads=0)
    with KeyFollower(authorizer, options=options) as follower:  # no place
        assert not follower.await_keys_for(Reason.KEYS_UNAVAILABLE)
        assert not asyncio.run(follower.await_keys_for_async(Reason.KEYS_UNAVAILABLE))
    go_on.set()


def test_an_event_loop_is_not_held_up(idp: Provider) -> None:
    go_on = blocked(idp)
    authorizer = Authorizer(policy(idp.issuer))

    async def main() -> None:
        with KeyFollower(authorizer, options=FollowOptions(patience=10.0)) as follower:
            assert not await follower.wait_async(0.01)
            waiting = asyncio.create_task(follower.await_keys_for_async(Reason.KEYS_UNAVAILABLE))
            cancelled = asyncio.create_task(follower.await_keys_for_async(Reason.KEYS_UNAVAILABLE))
            await asyncio.sleep(0.01)
            cancelled.cancel()
            go_on.set()
            assert await waiting
            assert await follower.wait_async(10)

    asyncio.run(main())


def test_an_event_loop_may_end_before_the_look(idp: Provider, caplog: pytest.LogCaptureFixture) -> None:
    go_on = blocked(idp)
    with KeyFollower(Authorizer(policy(idp.issuer)), options=FollowOptions(patience=0.01)) as follower:
        assert not asyncio.run(follower.await_keys_for_async(Reason.KEYS_UNAVAILABLE))
        go_on.set()
        assert follower.wait(10)
    assert [record for record in caplog.records if record.exc_info] == []


def test_after_a_failure_a_server_is_left_alone(old_key: SigningKey) -> None:
    for failure, first in [(FetchError("down"), 1000.0), (FetchError("busy", retry_after=1000.0), 0.001)]:
        fetch = Scripted(failure)
        options = FollowOptions(retry_first=first, retry_most=1000.0)
        with KeyFollower(Authorizer(policy("https://a.example")), options=options, fetch=fetch) as follower:
            follower.wait(10)
            time.sleep(0.1)
        assert len(fetch.calls) == 1


def test_a_fetch_that_breaks_its_contract_ends_nothing(old_key: SigningKey) -> None:
    jwks = policy("https://a.example", keys="{jwks_uri: https://a.example/jwks}")
    fetch = Scripted(ZeroDivisionError(), Document(None), Document(key_set(old_key)))
    with KeyFollower(Authorizer(jwks), options=OFTEN, fetch=fetch) as follower:
        eventually(lambda: one(follower).state is KeyState.CURRENT)


def test_another_policy_brings_other_issuers(idp: Provider, old_key: SigningKey) -> None:
    with provider() as other:
        other.key_set = key_set(old_key)
        authorizer = Authorizer(policy(idp.issuer))
        with KeyFollower(authorizer, options=OFTEN) as follower:
            assert follower.wait(10)
            follower.follow(policy(other.issuer, idp.issuer))
            assert follower.wait(10)
            assert [keys.issuer for keys in follower.status()] == [other.issuer, idp.issuer]
            authorizer.set_policy(policy(other.issuer))
            follower.follow(authorizer.policy)
            eventually(lambda: threads_for(idp) == [])
            assert reason(authorizer, other, old_key) == "allowed"
            follower.follow(None)
            assert follower.status() == () and follower.ready


def test_keys_of_a_former_source_grow_old_too(idp: Provider, old_key: SigningKey) -> None:
    authorizer = Authorizer(policy(idp.issuer))
    options = FollowOptions(retry_first=0.01, retry_most=0.01, keep_stale=0.2)
    with KeyFollower(authorizer, options=options) as follower:
        assert follower.wait(10)
        authorizer.set_policy(policy(idp.issuer, keys=f"{{jwks_uri: {idp.issuer}/nothing}}"))
        follower.follow(authorizer.policy)
        assert one(follower).count == 1
        eventually(lambda: one(follower).state is KeyState.EXPIRED)
        assert reason(authorizer, idp, old_key) == "keys_unavailable"


def test_keys_that_somebody_else_set_grow_old_too(idp: Provider, old_key: SigningKey) -> None:
    authorizer = Authorizer(policy(idp.issuer))
    authorizer.set_keys(idp.issuer, key_set(old_key))
    options = FollowOptions(retry_first=0.01, retry_most=0.01, keep_stale=0.3)
    follower = KeyFollower(authorizer, options=options, fetch=Scripted(FetchError("down")))
    follower.follow(authorizer.policy, in_force={idp.issuer: 1})
    assert (one(follower).state, one(follower).count) == (KeyState.CURRENT, 1)
    for told in (True, False):
        assert reason(authorizer, idp, old_key) == "allowed"
        with follower:
            eventually(lambda: one(follower).state is KeyState.EXPIRED)
        assert reason(authorizer, idp, old_key) == "keys_unavailable"
        authorizer.set_keys(idp.issuer, key_set(old_key))
        follower = KeyFollower(authorizer, options=options, fetch=Scripted(FetchError("down")))


def threads_for(idp: Provider) -> list[str]:
    return [thread.name for thread in threading.enumerate() if idp.issuer in thread.name]


def test_nothing_goes_on_after_close(idp: Provider, old_key: SigningKey) -> None:
    authorizer = Authorizer(policy(idp.issuer))
    follower = KeyFollower(authorizer, options=ON_DEMAND)
    go_on = blocked(idp)
    follower.start()
    follower.start()
    idp.wait_for_requests(1)
    assert len(threads_for(idp)) == 1
    follower.close()
    follower.close()
    go_on.set()
    eventually(lambda: threads_for(idp) == [])
    assert reason(authorizer, idp, old_key) == "keys_unavailable"
    assert follower.ask() == []
    follower.start()
    assert follower.wait(10)
    follower.close()
    assert one(follower).count == 1


def test_a_forked_child_begins_anew(idp: Provider, old_key: SigningKey, tmp_path: Path) -> None:
    authorizer = Authorizer(policy(idp.issuer))
    outcome = tmp_path / "outcome"
    with KeyFollower(authorizer, options=ON_DEMAND) as follower:
        assert follower.wait(10)
        with follower._lock:  # as if another thread of the parent were about to change something
            child = os.fork()
        if child == 0:
            try:
                follower.start()
                outcome.write_text(f"{follower.wait(10)} {reason(authorizer, idp, old_key)}")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    assert outcome.read_text() == "True allowed"
    assert len(idp.requests) == 4


def test_a_fork_waits_for_keys_that_are_being_put_in_force() -> None:
    begun, done = threading.Event(), []

    class Slow:
        """Stands in for an authorizer that is forked while it is inside OpenSSL."""

        policy = policy("https://a.example", keys="{jwks_uri: 'https://a.example/jwks'}")

        def set_keys(self, issuer: str, keys: object) -> tuple[()]:
            begun.set()
            time.sleep(0.2)
            return ()

        def prepare_keys(self) -> None:
            done.append("prepared")

    slow: Any = Slow()
    with KeyFollower(slow, fetch=Scripted(Document(b'{"keys": []}'))) as follower:
        assert begun.wait(10)
        child = os.fork()
        if child == 0:
            with no_fork():  # which is free in a child
                os._exit(0 if done else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert follower.wait(0) or done == ["prepared"]
    with no_fork():  # and free again here
        pass
