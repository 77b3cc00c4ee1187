# SPDX-License-Identifier: Apache-2.0
"""What reaches an ASGI application is what was decided; the rest is answered before it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from identity import Provider, SigningKey, key_set, provider
from orders import ISSUER, POLICY, authorizer

from doorward import Authorizer, Decision
from doorward.asgi import DoorwardMiddleware, Message, Receive, Refusal, Scope, Send
from doorward.gate import Gate
from doorward.keys import FollowOptions

Fields = list[tuple[bytes, bytes]]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "k")


class Application:
    """Remembers the scope that it was called with."""

    def __init__(self) -> None:
        self.scope: Scope | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})


class Exchange:
    """One call of the middleware, and what came of it."""

    def __init__(self, gate: Authorizer | Gate, scope: Scope, **options: Any) -> None:
        application = Application()
        self.sent: list[Message] = []
        self.outer = scope
        self.received = 0

        async def receive() -> Message:
            self.received += 1
            return {"type": "websocket.connect" if scope["type"] == "websocket" else "http.request"}

        async def send(message: Message) -> None:
            self.sent.append(message)

        asyncio.run(DoorwardMiddleware(application, gate, **options)(scope, receive, send))
        self.seen = application.scope

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def error(self) -> str:
        return str(json.loads(self.sent[1]["body"])["error"])

    @property
    def fields(self) -> Fields:
        assert self.seen is not None
        return list(self.seen["headers"])

    @property
    def decision(self) -> Decision:
        assert self.seen is not None
        found = self.seen["state"]["doorward"]
        assert isinstance(found, Decision)
        return found


def http(target: str, headers: Fields | None = None, /, **changes: Any) -> dict[str, Any]:

    raw, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "client": ("192.0.2.1", 4711),
        "headers": [(b"host", b"api.example.com"), *(headers or [])],
    }
    return {**scope, **changes}


def bearer(key: SigningKey, **claims: Any) -> tuple[bytes, bytes]:
    return (b"authorization", key.bearer(ISSUER, **claims)["Authorization"].encode())


def test_the_verified_caller_reaches_the_application(key: SigningKey) -> None:
    made = Exchange(authorizer(key), http("/orders/7?x=1", [bearer(key, roles=["editor"], mail="a@example.com")]))
    assert made.status == 204
    decision = made.decision
    assert (decision.subject, decision.roles, decision.rule) == ("ann", ("viewer", "editor"), "read")
    assert decision.claims["mail"] == "a@example.com"
    assert made.outer["state"]["doorward"] is decision  # for access logs outside
    refused = Exchange(authorizer(key), http("/7", root_path="/orders"))
    assert refused.outer["state"]["doorward"].path == "/orders/7"


def test_headers_of_the_client_make_way_for_those_of_the_policy(key: SigningKey) -> None:
    forged = [(b"x-user-id", b"root"), (b"X_User_ID", b"root"), (b"x.user-id", b"root"), (b"X-USER-ROLES", b"admin")]
    routing = [(b"x-http-method-override", b"DELETE"), (b"x-original-url", b"/admin")]
    kept = [(b"accept", b"a"), (b"accept", b"b"), (b"x-user", b"\xff")]
    made = Exchange(authorizer(key), http("/orders", [*forged, *routing, *kept, bearer(key, roles=["viewer"])]))
    assert [field for field in made.fields if field[0] not in (b"host", b"authorization")] == [
        *kept,
        (b"x-user-id", b"ann"),
        (b"x-user-roles", b"viewer"),
    ]
    assert (b"x-user-id", b"root") in made.outer["headers"]  # the outer scope is not ours to change
    anonymous = Exchange(authorizer(key), http("/public", forged))
    assert anonymous.fields == [(b"host", b"api.example.com")]


def test_a_token_that_the_policy_keeps_from_the_application(key: SigningKey) -> None:
    policy = POLICY + "token: {from: [{cookie: session}, {header: Authorization, scheme: Bearer}], forward: never}\n"
    token = bearer(key, roles=["viewer"])
    made = Exchange(authorizer(key, policy), http("/orders", [token]))
    assert b"authorization" not in dict(made.fields)
    cookie = (b"cookie", b"a=1; session=" + token[1].removeprefix(b"Bearer ") + b"; b=2")
    made = Exchange(authorizer(key, policy), http("/orders", [cookie]))
    assert [value for name, value in made.fields if name == b"cookie"] == [b"a=1; b=2"]


@pytest.mark.parametrize(
    ("name", "scope", "status", "error", "challenge"),
    [
        ("no token", http("/orders"), 401, "no_token", b"Bearer"),
        ("no rule", http("/nothing"), 401, "no_token", b"Bearer"),
        ("denied", http("/public/admin"), 403, "denied_by_rule", None),
        ("dots", http("/public/../admin"), 400, "bad_segment", None),
        ("encoded dots", http("/public/%2e%2e/admin"), 400, "bad_segment", None),
        ("encoded slash", http("/public%2Fadmin"), 400, "bad_path", None),
        ("encoded twice", http("/public/%2561dmin"), 400, "bad_path", None),
        ("parameter", http("/public/admin;x"), 400, "bad_path", None),
        ("empty segment", http("//public/admin"), 400, "bad_segment", None),
        ("no UTF-8", http("/public/%ff"), 400, "bad_path", None),
        ("method", http("/public", method="TRACE"), 400, "bad_method", None),
        ("no host", http("/public") | {"headers": []}, 400, "bad_host", None),
        ("hosts", http("/public", [(b"host", b"other.example.com")]), 400, "bad_host", None),
        ("two tokens", http("/orders", [(b"authorization", b"Bearer a")] * 2), 400, "bad_header", None),
    ],
)
def test_a_refusal_says_why(
    key: SigningKey, name: str, scope: Scope, status: int, error: str, challenge: bytes | None
) -> None:
    made = Exchange(authorizer(key), scope)
    assert made.seen is None
    assert (made.status, made.error) == (status, error)
    assert made.headers.get(b"www-authenticate") == challenge
    assert made.headers[b"content-type"] == b"application/problem+json"
    assert made.headers[b"cache-control"] == b"no-store"
    assert int(made.headers[b"content-length"]) == len(made.sent[1]["body"])


def test_refusals_of_tokens_and_scopes_have_their_challenge(key: SigningKey) -> None:
    expired = Exchange(authorizer(key), http("/orders", [bearer(key, exp=1)]))
    assert (expired.status, expired.error) == (401, "token_expired")
    assert b'error="invalid_token"' in expired.headers[b"www-authenticate"]
    lacking = Exchange(authorizer(key), http("/orders/7", [bearer(key, roles=["viewer"])], method="PUT"))
    assert (lacking.status, lacking.error) == (403, "insufficient_scope")
    assert b'scope="orders.write"' in lacking.headers[b"www-authenticate"]


def test_a_503_says_when_to_come_again(key: SigningKey) -> None:
    made = Exchange(Authorizer(), http("/orders"))
    assert (made.status, made.error, made.headers[b"retry-after"]) == (503, "no_policy", b"1")


def test_a_refusal_tells_nothing_of_the_policy(key: SigningKey) -> None:
    body = json.loads(Exchange(authorizer(key), http("/public/admin")).sent[1]["body"])
    assert body == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": body["detail"],
        "error": "denied_by_rule",
    }
    assert "public-admin" not in body["detail"]


def test_a_refusal_of_ones_own(key: SigningKey) -> None:
    def refuse(decision: Decision) -> Refusal:
        return Refusal(decision.status, (("X-Reason", str(decision.reason)),), b"no")

    made = Exchange(authorizer(key), http("/orders"), refuse=refuse)
    assert (made.status, made.headers, made.sent[1]["body"]) == (401, {b"x-reason": b"no_token"}, b"no")


def test_head_gets_no_body(key: SigningKey) -> None:
    made = Exchange(authorizer(key), http("/orders", method="HEAD"))
    assert (made.status, made.sent[1]["body"]) == (401, b"")
    assert int(made.headers[b"content-length"]) > 0


@pytest.mark.parametrize(
    ("name", "scope", "path", "raw_path"),
    [
        ("plain", http("/public/a"), "/public/a", b"/public/a"),
        ("decoded", http("/%70ublic/a"), "/public/a", b"/public/a"),
        ("space", http("/public/a%20b"), "/public/a b", b"/public/a%20b"),
        ("letters", http("/public/caf%c3%a9"), "/public/café", b"/public/caf%C3%A9"),
        ("slash at the end", http("/public/"), "/public/", b"/public/"),
        ("absolute", http("http://api.example.com/public"), "/public", b"/public"),
        ("absolute, as h11 has it", http("http://api.example.com/public", path="/public"), "/public", b"/public"),
        ("no raw path", http("/public/a b", raw_path=None), "/public/a b", b"/public/a%20b"),
        ("raw path with query", http("/public", raw_path=b"/public?x=1", query_string=b"x=1"), "/public", b"/public"),
        ("below a root", http("/public/a", root_path="/public"), "/public/a", b"/public/a"),
        ("the root itself", http("/public", root_path="/public"), "/public", b"/public"),
        ("root left out", http("/a", root_path="/public"), "/public/a", b"/public/a"),
        ("root with a slash", http("/a", root_path="/public/"), "/public/a", b"/public/a"),
        ("root with a slash, told", http("/public/a", root_path="/public/"), "/public/a", b"/public/a"),
        ("root with a slash, as uvicorn has it", http("/public//a%20b", root_path="/public/"), "/public/a b", b"/public/a%20b"),
        ("that without a raw path", http("/public//a", root_path="/public/", raw_path=None), "/public/a", b"/public/a"),
        ("a slash for a root", http("//public/a", root_path="/"), "/public/a", b"/public/a"),
        ("no root", http("/public/a", root_path=None), "/public/a", b"/public/a"),
        ("root is no segment", http("/publics", root_path="/public"), "/public/publics", b"/public/publics"),
    ],
)
def test_the_application_sees_the_path_that_was_decided(
    key: SigningKey, name: str, scope: Scope, path: str, raw_path: bytes
) -> None:
    made = Exchange(authorizer(key), scope)
    assert made.status == 204
    assert made.seen is not None
    assert (made.seen["path"], made.seen["raw_path"]) == (path, raw_path)
    assert made.decision.path == raw_path.decode()


@pytest.mark.parametrize(
    ("name", "scope", "status"),
    [
        ("rewritten outside", http("/public/a", path="/public/admin"), 403),
        ("rewritten outside, the other way", http("/public/admin", path="/public/a"), 204),
        ("no raw path", http("/public/admin", raw_path=None), 403),
        ("a percent sign that is left", http("/public/a", path="/public/%61dmin"), 400),
        ("a question mark that is left", http("/public/a", path="/public/a?b"), 400),
        ("no text", http("/public/a", path="/public/\udcff"), 400),
        ("no path at all", http("*", method="OPTIONS"), 401),
        ("root with a slash", http("/admin/x", root_path="/public/"), 403),
        ("root with a slash, as uvicorn has it", http("/public//admin/x", root_path="/public/"), 403),
        ("root with a slash, and one of the client's", http("/public///admin/x", root_path="/public/"), 400),
        ("root twice", http("/admin/x", root_path="/public"), 403),
        ("root written by the client", http("/public/admin/x", root_path="/public"), 403),
    ],
)
def test_what_is_decided_is_what_is_served(key: SigningKey, name: str, scope: Scope, status: int) -> None:
    assert Exchange(authorizer(key), scope).status == status


def test_a_slash_that_is_kept_encoded_is_not_served_as_one(key: SigningKey) -> None:
    gate = authorizer(key, POLICY + "request: {encoded_slash: keep}\n")
    made = Exchange(gate, http("/public/a%2fadmin"))
    assert (made.status, made.error, made.seen) == (400, "bad_path", None)


def test_paths_that_the_policy_folds_or_merges_are_served_so(key: SigningKey) -> None:
    folded = Exchange(authorizer(key, POLICY + "request: {backend: windows}\n"), http("/Public/A", root_path="/Public"))
    assert folded.seen is not None
    assert (folded.seen["path"], folded.seen["root_path"]) == ("/Public/a", "/Public")
    merged = Exchange(authorizer(key, POLICY + "request: {empty_segments: merge}\n"), http("/public//a"))
    assert merged.seen is not None
    assert merged.seen["path"] == "/public/a"


@pytest.mark.parametrize(
    ("name", "client", "forwarded_for", "hops", "status"),
    [
        ("peer", ("192.0.2.7", 1), [], 0, 204),
        ("another peer", ("192.0.2.8", 1), [], 0, 401),
        ("nobody is trusted", ("192.0.2.8", 1), [b"192.0.2.7"], 0, 401),
        ("one hop", ("10.0.0.1", 1), [b"192.0.2.7"], 1, 204),
        ("forged before it", ("10.0.0.1", 1), [b"192.0.2.7, 192.0.2.8"], 1, 401),
        ("forged in a field of its own", ("10.0.0.1", 1), [b"192.0.2.7", b"192.0.2.8"], 1, 401),
        ("two hops", ("10.0.0.1", 1), [b"192.0.2.7 ,10.0.0.2"], 2, 204),
        ("fewer than trusted", ("192.0.2.7", 1), [b"192.0.2.7"], 2, 401),
        ("none", ("192.0.2.7", 1), [], 1, 401),
        ("an empty field is none", ("192.0.2.7", 1), [b" "], 1, 401),
        ("an empty field beside another", ("10.0.0.1", 1), [b"", b"192.0.2.7"], 1, 204),
        ("with a port", ("10.0.0.1", 1), [b"192.0.2.7:4711"], 1, 204),
        ("in IPv6", ("::ffff:192.0.2.7", 1), [], 0, 204),
        ("in brackets", ("10.0.0.1", 1), [b"[::ffff:192.0.2.7]:4711"], 1, 204),
        ("no address", ("10.0.0.1", 1), [b"unknown"], 1, 400),
        ("an empty entry", ("10.0.0.1", 1), [b"192.0.2.7,"], 1, 400),
        ("a Unix socket", None, [], 0, 401),
        ("a name", ("testclient", 1), [], 0, 401),
        ("a zone", ("fe80::1%eth0", 1), [], 0, 401),
    ],
)
def test_the_address_is_the_one_that_can_be_trusted(
    key: SigningKey, name: str, client: Any, forwarded_for: list[bytes], hops: int, status: int
) -> None:
    fields = [(b"x-forwarded-for", value) for value in forwarded_for]
    made = Exchange(authorizer(key), http("/near", fields, client=client), trusted_hops=hops)
    assert made.status == status


def test_the_host_may_be_left_out(key: SigningKey) -> None:
    assert Exchange(authorizer(key), http("/hosted")).status == 204
    assert Exchange(authorizer(key), http("/hosted"), has_hosts=False).status == 401
    assert Exchange(authorizer(key), http("/public") | {"headers": []}, has_hosts=False).status == 204
    two = Exchange(authorizer(key), http("/public", [(b"Host", b"b")]), has_hosts=False)
    assert two.status == 204 and two.decision.host is None
    assert (b"host", b"api.example.com") in two.fields


def test_a_scope_without_query_is_served(key: SigningKey) -> None:
    scope = http("/public")
    del scope["query_string"]
    assert Exchange(authorizer(key), scope).status == 204


def test_a_preflight_passes_where_the_policy_lets_it(key: SigningKey) -> None:
    asked = [(b"origin", b"https://app.example.com"), (b"access-control-request-method", b"GET")]
    scope = http("/orders/7", asked, method="OPTIONS")
    assert Exchange(authorizer(key), scope).status == 401
    assert Exchange(authorizer(key, POLICY + "request: {cors_preflight: pass}\n"), scope).status == 204


def test_what_a_rule_would_have_done_is_logged(key: SigningKey, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "doorward")
    made = Exchange(authorizer(key), http("/orders/export", [bearer(key, roles=["viewer"])]))
    assert made.status == 204
    assert caplog.messages == ["report: rule no-export would have refused GET /orders/export for 'ann'"]


def test_each_request_is_recorded_once(key: SigningKey) -> None:
    events: list[Any] = []
    gate = authorizer(key, on_decision=events.append)
    Exchange(gate, http("/orders"))
    Exchange(gate, http("/public"))
    assert [(event.path, event.reason.value) for event in events] == [("/orders", "no_token"), ("/public", "allowed")]


def websocket(target: str, headers: Fields | None = None, /, **changes: Any) -> dict[str, Any]:
    scope = http(target, headers, **{"type": "websocket", **changes})
    del scope["method"]
    return scope


def test_a_websocket_is_decided_by_its_handshake(key: SigningKey) -> None:
    made = Exchange(authorizer(key), websocket("/orders", [bearer(key, roles=["viewer"])]))
    assert made.sent == [{"type": "websocket.accept"}]
    assert made.decision.subject == "ann"
    refused = Exchange(authorizer(key), websocket("/orders"))
    assert refused.sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]
    assert refused.received == 1  # the handshake, which servers want to be taken first
    answered = Exchange(authorizer(key), websocket("/orders", extensions={"websocket.http.response": {}}))
    assert [message["type"] for message in answered.sent] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert (answered.status, answered.error) == (401, "no_token")


def test_what_is_no_request_is_not_let_through(key: SigningKey) -> None:
    with pytest.raises(RuntimeError, match="pubsub"):
        Exchange(authorizer(key), {"type": "pubsub"})


@pytest.fixture
def idp(key: SigningKey) -> Iterator[Provider]:
    with provider() as running:
        running.key_set = key_set(key)
        yield running


@pytest.fixture
def gate(idp: Provider, tmp_path: Any) -> Iterator[Gate]:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY.replace(ISSUER, idp.issuer))
    made = Gate(path, options=FollowOptions(cooldown=0.0))
    yield made
    made.close()


def lifespan(gate: Gate, during: Callable[[], None]) -> list[str]:
    events = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Message:
        return {"type": next(events)}

    async def send(message: Message) -> None:
        raise AssertionError

    seen: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])
        during()
        seen.append((await receive())["type"])

    asyncio.run(DoorwardMiddleware(application, gate)({"type": "lifespan"}, receive, send))
    return seen


def test_a_gate_lives_as_long_as_the_application(gate: Gate) -> None:
    assert not gate.status().ready
    ready: list[bool] = []
    seen = lifespan(gate, lambda: ready.append(gate.status().ready and gate.keys.ask() != []))
    assert seen == ["lifespan.startup", "lifespan.shutdown"]
    assert ready == [True]
    assert gate.keys.ask() == []  # closed


def test_a_gate_starts_with_the_first_request_where_servers_have_no_lifespan(
    gate: Gate, idp: Provider, key: SigningKey
) -> None:
    token = (b"authorization", key.bearer(idp.issuer, roles=["viewer"])["Authorization"].encode())
    assert Exchange(gate, http("/orders", [token])).status == 204


def test_a_token_by_a_new_key_waits_for_it(idp: Provider, tmp_path: Any, key: SigningKey) -> None:

    new = SigningKey(tmp_path, "new")
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY.replace(ISSUER, idp.issuer))
    token = (b"authorization", new.bearer(idp.issuer, roles=["viewer"])["Authorization"].encode())
    with Gate(path, options=FollowOptions(cooldown=0.0, patience=10.0)) as gate:
        assert gate.keys.wait(10)
        idp.key_set = key_set(key, new)
        assert Exchange(gate, http("/orders", [token])).status == 204
    assert [path for path, _ in idp.requests].count("/jwks") == 2
