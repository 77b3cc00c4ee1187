# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import collections
import datetime
import gc
import ipaddress
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from scene import ED25519, ISSUER, NOW, P256, POLICY, bearer, jwks, make_authorizer, token

import doorward
from doorward import Authorizer, KeySet, Policy, Reason


HOSTED = """
doorward: 1
rules:
  - {id: all, allow: [everyone], endpoints: [/**]}
  - {id: admin, deny: [everyone], endpoints: [admin.example/**]}
"""


class Endless:
    """Has names and values, yet is no mapping; as a sequence it has no end."""

    def keys(self) -> list[str]:
        return ["a"]

    def __getitem__(self, name: object) -> str:
        return "ab"


class Vague(datetime.tzinfo):
    """A zone that does not say how far it is from UTC."""

    def utcoffset(self, moment: datetime.datetime | None) -> None:
        return None

    dst = tzname = utcoffset


def decide(authorizer: Authorizer, target: str = "/orders/7", **arguments: Any) -> doorward.Decision:
    return authorizer.authorize(**{"method": "GET", "target": target, "headers": bearer(token()), "now": NOW, **arguments})


class TestDecision:
    def test_tells_all_of_an_allowed_request(self) -> None:
        text = token(roles_of=[1, 2.5, None, True, {"a": ["b"]}])
        headers = [*bearer(text), ("x-user-id", "mallory"), ("Accept", "*/*")]
        decision = decide(make_authorizer(), "/orders/trial?x=1", headers=headers, host="API.example.com:443")
        assert decision.allowed is True
        assert (decision.status, decision.reason, decision.rule) == (200, Reason.ALLOWED, "read")
        assert (decision.method, decision.host, decision.path) == ("GET", "api.example.com", "/orders/trial")
        assert (decision.subject, decision.issuer, decision.roles) == ("ann", ISSUER, ("viewer",))
        assert decision.report == ("trial",)
        assert decision.set_headers == (("X-User-ID", "ann"),)
        assert "x-user-id" in decision.remove_headers
        assert decision.www_authenticate is None
        assert decision.policy_revision == Policy.loads(POLICY).revision
        assert "read" in decision.message
        assert decision.claims["roles_of"] == [1, 2.5, None, True, {"a": ["b"]}]
        assert repr(decision) == "<doorward.Decision 200 allowed by rule 'read'>"

    def test_tells_why_a_request_is_refused(self) -> None:
        decision = decide(make_authorizer(), headers=())
        assert decision.allowed is False
        assert (decision.status, decision.reason, decision.rule) == (401, "no_token", None)
        assert decision.www_authenticate == "Bearer"
        assert (decision.subject, decision.issuer, dict(decision.claims)) == (None, None, {})
        assert (decision.set_headers, decision.roles) == ((), ())

    def test_tells_little_of_what_was_refused_unread(self) -> None:
        decision = decide(make_authorizer(), "/a/../b")
        assert (decision.status, decision.reason) == (400, "bad_segment")
        assert (decision.path, decision.host, decision.method) == (None, None, None)

    def test_has_no_truth_value(self) -> None:
        with pytest.raises(TypeError, match="allowed"):
            bool(decide(make_authorizer()))

    def test_is_made_by_the_library_alone(self) -> None:
        for kind in (doorward.Decision, doorward.Claims, doorward.VerifiedToken, doorward.Caller):
            with pytest.raises(TypeError):
                kind()

    @pytest.mark.parametrize(("claims", "target", "method", "reason", "status"), [
        ({}, "/orders/frozen", "GET", "denied_by_rule", 403),
        ({}, "/elsewhere", "GET", "default_deny", 403),
        ({"groups": ["editor"]}, "/orders/7", "PUT", "insufficient_scope", 403),
        ({"exp": NOW}, "/orders/7", "GET", "token_expired", 401),
        ({"iss": "https://evil.example/"}, "/orders/7", "GET", "token_issuer_unknown", 401),
    ])
    def test_names_its_reason(self, claims: dict[str, Any], target: str, method: str, reason: str, status: int) -> None:
        decision = decide(make_authorizer(), target, method=method, headers=bearer(token(**claims)))
        assert (decision.reason, decision.status) == (reason, status)


class TestArguments:
    @pytest.mark.parametrize("headers", [
        bearer(token()),
        tuple(bearer(token())),
        [[b"authorization", f"Bearer {token()}".encode()]],
        [(bytearray(b"Authorization"), memoryview(f"Bearer {token()}".encode()))],
        dict(bearer(token())),
        collections.UserDict(bearer(token())),
        collections.ChainMap(dict(bearer(token()))),
        (pair for pair in bearer(token())),
    ], ids=["list", "tuple", "octets", "buffers", "dict", "mapping", "chain", "generator"])
    def test_headers_come_in_many_shapes(self, headers: Any) -> None:
        assert decide(make_authorizer(), headers=headers).allowed

    def test_texts_of_derived_classes_are_taken(self) -> None:
        class Text(str):
            pass

        class Octets(bytes):
            pass

        headers = [(Text("Authorization"), Octets(f"Bearer {token()}".encode()))]
        assert decide(make_authorizer(), Text("/orders/7"), method=Octets(b"GET"), headers=headers).allowed

    @pytest.mark.parametrize("now", [
        NOW, float(NOW), NOW + 0.5, datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc), True * NOW,
    ])
    def test_time_comes_in_many_shapes(self, now: Any) -> None:
        assert decide(make_authorizer(), now=now).allowed

    @pytest.mark.parametrize(("now", "reason"), [
        (NOW + 3600 - 1, "allowed"), (NOW + 3600 - 0.001, "allowed"), (NOW + 3600, "token_expired"),
        (NOW + 3600 + 1, "token_expired"), (2**63 - 1, "token_expired"), (-(2**63), "token_issued_in_future"),
    ])
    def test_time_counts_exactly(self, now: Any, reason: str) -> None:
        assert decide(make_authorizer(), now=now).reason == reason

    def test_without_time_the_clock_counts(self) -> None:
        assert decide(make_authorizer(), now=None).reason == "token_expired"

    @pytest.mark.parametrize(("now", "error"), [
        (float("nan"), ValueError), (float("inf"), ValueError), (-1e300, ValueError), (2**63, ValueError),
        (datetime.datetime(2026, 1, 1), ValueError), (datetime.datetime(2026, 1, 1, tzinfo=Vague()), ValueError),
        (datetime.time(12, tzinfo=datetime.timezone.utc), TypeError), (datetime.date(2026, 1, 1), TypeError), ("now", TypeError), (1j, TypeError),
    ])
    def test_what_is_no_time_raises(self, now: Any, error: type[Exception]) -> None:
        with pytest.raises(error):
            decide(make_authorizer(), now=now)

    @pytest.mark.parametrize(("arguments", "error"), [
        ({"method": None}, TypeError),
        ({"method": 17}, TypeError),
        ({"target": ["/"]}, TypeError),
        ({"host": 17}, TypeError),
        ({"source_ip": 17}, TypeError),
        ({"source_ip": ipaddress.ip_address("192.0.2.1")}, TypeError),
        ({"headers": 17}, TypeError),
        ({"headers": "Accept"}, TypeError),
        ({"headers": ["ab"]}, TypeError),
        ({"headers": [("a",)]}, TypeError),
        ({"headers": [("a", "b", "c")]}, TypeError),
        ({"headers": [["a"]]}, TypeError),
        ({"headers": [("a", None)]}, TypeError),
        ({"headers": {"a": ["b"]}}, TypeError),
        ({"headers": Endless()}, TypeError),
        ({"headers": [("a", "\ud800")]}, UnicodeEncodeError),
        ({"target": "/\udcff"}, UnicodeEncodeError),
        ({"token": 17}, TypeError),
        ({"caller": "ann"}, TypeError),
        ({"no_such": 1}, TypeError),
    ])
    def test_wrong_types_raise(self, arguments: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            decide(make_authorizer(), **arguments)

    @pytest.mark.parametrize(("name", "arguments", "reason", "host"), [
        ("left out, and none came", {}, "allowed", None),
        ("left out", {"headers": {"Host": "admin.example"}}, "denied_by_rule", "admin.example"),
        ("left out, in octets", {"headers": [(b"hOST", b"Admin.Example:443")]}, "denied_by_rule", "admin.example"),
        ("left out, another", {"headers": [("a", "b"), ("HOST", "b.example")]}, "allowed", "b.example"),
        ("left out, broken", {"headers": {"Host": "a b"}}, "bad_host", None),
        ("left out, empty", {"headers": {"Host": ""}}, "bad_host", None),
        ("left out, two", {"headers": [("Host", "b.example"), ("Host", "b.example")]}, "bad_host", None),
        ("a name that is longer", {"headers": {"Hosts": "admin.example"}}, "allowed", None),
        ("given", {"host": "admin.example"}, "denied_by_rule", "admin.example"),
        ("given twice", {"host": "admin.example", "headers": {"Host": "admin.example"}}, "denied_by_rule", "admin.example"),
        ("given otherwise", {"host": "b.example", "headers": {"Host": "admin.example"}}, "bad_host", None),
        ("none at all", {"host": None}, "allowed", None),
        ("none, and one came", {"host": None, "headers": {"host": "b.example"}}, "bad_host", None),
        ("none, and two came", {"host": None, "headers": [("Host", "b.example"), ("Host", "b.example")]}, "bad_host", None),
    ])
    def test_no_rule_that_names_a_host_is_passed_by(
        self, name: str, arguments: dict[str, Any], reason: str, host: str | None
    ) -> None:
        policy = doorward.Policy.loads(HOSTED)
        authorizer, caller = doorward.Authorizer(policy), policy.anonymous_caller()
        for decision in (
            authorizer.authorize(method="GET", target="/", **arguments),
            policy.decide(caller, method="GET", target="/", **arguments),
        ):
            assert (decision.reason, decision.host) == (reason, host)
        for explanation in (
            authorizer.explain(method="GET", target="/", **arguments),
            policy.explain(caller, method="GET", target="/", **arguments),
        ):
            assert explanation.to_dict()["reason"] == reason

    def test_method_and_target_are_demanded(self) -> None:
        authorizer: Any = make_authorizer()
        with pytest.raises(TypeError, match=r"authorize\(\) lacks the argument 'target'"):
            authorizer.authorize(method="GET")
        with pytest.raises(TypeError, match=r"authorize\(\) takes 0 positional arguments, and 1 were given"):
            authorizer.authorize("GET", target="/")
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'verb'"):
            authorizer.authorize(verb="GET", target="/")

    def test_keywords_need_not_be_interned(self) -> None:
        keywords = {"".join(["met", "hod"]): "GET", "".join(["tar", "get"]): "/health"}
        assert make_authorizer().authorize(**keywords).allowed  # type: ignore[arg-type]

    def test_a_token_may_come_by_itself(self) -> None:
        authorizer = make_authorizer()
        assert decide(authorizer, headers=(), token=token()).allowed
        assert decide(authorizer, headers=(), token=token().encode()).allowed
        assert decide(authorizer, headers=(), token="x").reason == "token_malformed"

    def test_a_caller_may_be_known(self) -> None:
        authorizer = make_authorizer()
        policy = authorizer.policy
        assert policy is not None
        caller = policy.caller_with_roles(["viewer"])
        assert decide(authorizer, headers=(), caller=caller).allowed
        with pytest.raises(TypeError, match="exclude"):
            decide(authorizer, caller=caller, token=token())
        authorizer.set_policy(Policy.loads(POLICY + " "))
        assert decide(authorizer, headers=(), caller=caller).reason == "internal"


class TestState:
    def test_without_a_policy_there_is_none(self) -> None:
        authorizer = Authorizer()
        assert authorizer.policy is None
        assert decide(authorizer).reason == "no_policy"
        policy = Policy.loads(POLICY)
        authorizer.set_policy(policy)
        assert authorizer.policy is policy
        assert decide(authorizer).reason == "keys_unavailable"
        authorizer.set_keys(ISSUER, jwks(), origin="local")
        assert decide(authorizer).allowed
        authorizer.set_policy(None)
        assert decide(authorizer).reason == "no_policy"

    def test_keys_come_in_many_shapes_and_go(self) -> None:
        authorizer = make_authorizer()
        authorizer.set_keys(ISSUER, None)
        assert decide(authorizer).reason == "keys_unavailable"
        authorizer.set_keys(ISSUER, KeySet(jwks(), origin="local"))
        assert decide(authorizer).allowed
        (warning, *_) = authorizer.set_keys(ISSUER, jwks())
        assert (warning.severity, warning.code != "") == ("warning", True)
        assert decide(authorizer).reason == "token_key_unknown"

    @pytest.mark.parametrize("keys", [KeySet(jwks(), origin="local"), '{"keys": []}', None])
    def test_an_issuer_that_no_policy_names_is_told(self, keys: Any) -> None:
        diagnostics = make_authorizer().set_keys("https://login.example.con/", keys)
        assert diagnostics[-1].code == "issuer_not_in_policy"
        assert "did you mean" in diagnostics[-1].hint

    def test_a_broken_key_set_changes_nothing(self) -> None:
        authorizer = make_authorizer()
        with pytest.raises(doorward.KeySetError) as raised:
            authorizer.set_keys(ISSUER, b"\xff")
        assert raised.value.diagnostics[0].severity == "error"
        assert decide(authorizer).allowed
        with pytest.raises(ValueError, match="origin"):
            authorizer.set_keys(ISSUER, jwks(), origin="near")  # type: ignore[arg-type]

    def test_revocations_count_at_once(self) -> None:
        ways: list[Callable[[Authorizer], None]] = [
            lambda a: a.revoke_token_id(ISSUER, "j1", until=NOW + 3600, now=NOW),
            lambda a: a.revoke_session(ISSUER, b"s1", until=NOW + 3600.0, now=NOW),
            lambda a: a.revoke_subject(ISSUER, "ann", until=NOW + 3600, now=NOW),
            lambda a: a.revoke_subject(ISSUER, "ann", until=NOW + 3600, issued_until=NOW - 60, now=NOW),
        ]
        for revoke in ways:
            authorizer = make_authorizer()
            headers = bearer(token(jti="j1", sid="s1"))
            assert decide(authorizer, headers=headers).allowed
            revoke(authorizer)
            assert authorizer.revocation_count == 1
            assert decide(authorizer, headers=headers).reason == "token_revoked"
            with pytest.raises(doorward.TokenError) as raised:
                authorizer.verify(token(jti="j1", sid="s1"), now=NOW)
            assert raised.value.reason is Reason.TOKEN_REVOKED

    def test_tokens_issued_later_are_not_revoked(self) -> None:
        authorizer = make_authorizer()
        authorizer.revoke_subject(ISSUER, "ann", until=NOW + 3600, issued_until=NOW - 61, now=NOW)
        assert decide(authorizer).allowed

    def test_a_full_list_of_revocations_raises(self) -> None:
        authorizer = make_authorizer(max_revocations=1)
        authorizer.revoke_token_id(ISSUER, "a", until=NOW + 1, now=NOW)
        with pytest.raises(doorward.RevocationsFullError):
            authorizer.revoke_token_id(ISSUER, "b", until=NOW + 1, now=NOW)
        with pytest.raises(TypeError):
            authorizer.revoke_token_id(ISSUER, "b", until=None)  # type: ignore[arg-type]

    def test_counts(self) -> None:
        authorizer = make_authorizer()
        for _ in range(3):
            decide(authorizer)
        decide(authorizer, "/a/../b")
        assert authorizer.decision_counts() == {Reason.ALLOWED: 3, Reason.BAD_SEGMENT: 1}
        stats = authorizer.token_cache_stats()
        assert (stats.hits, stats.misses, stats.insertions, stats.entries) == (2, 1, 1, 1)

    def test_without_a_cache_tokens_are_verified_each_time(self) -> None:
        authorizer = make_authorizer(token_cache_entries=0)
        assert decide(authorizer).allowed and decide(authorizer).allowed
        assert authorizer.token_cache_stats() == doorward.TokenCacheStats(0, 0, 0, 0, 0, 0)

    def test_long_tokens_are_refused(self) -> None:
        size = len(token())
        for limit, reason in ((size - 1, "token_too_large"), (size, "allowed"), (size + 1, "allowed")):
            assert decide(make_authorizer(max_token_bytes=limit)).reason == reason

    @pytest.mark.parametrize(("options", "error"), [
        ({"max_revocations": -1}, ValueError), ({"max_token_bytes": -1}, ValueError), ({"token_cache_entries": -1}, ValueError),
        ({"token_cache_bytes": -1}, ValueError), ({"max_es256_tables": -1}, ValueError), ({"max_ed25519_tables": -1}, ValueError),
        ({"max_token_bytes": 2**70}, OverflowError),
        ({"on_decision": 17}, TypeError), ({"policy": "doorward: 1"}, TypeError), ({"unknown": 1}, TypeError),
    ])
    def test_wrong_options_raise(self, options: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            Authorizer(**options)

    def test_prepares_keys(self) -> None:
        authorizer = make_authorizer(ed25519_tables=True, max_ed25519_tables=1)
        assert authorizer.prepare_keys() == doorward.KeyPreparation(0, 0, 0, 0, 0)
        authorizer.set_keys(ISSUER, {"keys": [P256, *ED25519]})
        expected = int("ed25519_tables" in doorward.available_acceleration())
        assert authorizer.prepare_keys() == doorward.KeyPreparation(0, 1, expected, 0, 2 - expected)

    def test_explains(self) -> None:
        explanation = make_authorizer().explain(method="PUT", target="/orders/7", headers=bearer(token()), now=NOW)
        found = explanation.to_dict()
        assert (found["reason"], found["roles"]) == ("default_deny", ["viewer"])

    def test_verifies(self) -> None:
        verified = make_authorizer().verify(token(), now=NOW)
        assert (verified.subject, verified.issuer, verified.algorithm) == ("ann", ISSUER, "HS256")


class TestAudit:
    def test_an_event_comes_with_each_decision(self) -> None:
        events: list[doorward.AuditEvent] = []
        authorizer = make_authorizer(on_decision=events.append)
        for _ in range(2):  # verified, and remembered
            decide(authorizer, "/orders/trial", host="a.example", source_ip="192.0.2.1")
        authorizer.authorize(method=b"G\xffT", target="/", host=b"\xfe", now=NOW + 0.25)
        assert events[0] == events[1] == doorward.AuditEvent(
            time=NOW, policy_revision=Policy.loads(POLICY).revision, allowed=True, reason=Reason.ALLOWED, status=200,
            rule="read", report=("trial",), issuer=ISSUER, subject="ann", method="GET", host="a.example",
            path="/orders/trial", source_ip="192.0.2.1")
        assert (events[2].method, events[2].host, events[2].path, events[2].time) == ("G\\xffT", "\\xfe", None, NOW + 0.25)

    def test_what_a_function_raises_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Any] = []
        monkeypatch.setattr(sys, "unraisablehook", seen.append)

        def fail(event: doorward.AuditEvent) -> None:
            raise RuntimeError("no disk")

        authorizer = make_authorizer(on_decision=fail)
        assert decide(authorizer).allowed and decide(authorizer).allowed
        assert [str(s.exc_value) for s in seen] == ["no disk", "no disk"]

    def test_a_function_may_decide(self) -> None:
        inner = make_authorizer()
        seen: list[bool] = []
        authorizer = make_authorizer(on_decision=lambda event: seen.append(decide(inner).allowed))
        assert decide(authorizer).allowed and decide(authorizer).allowed
        assert seen == [True, True]

    def test_a_cycle_is_collected(self) -> None:
        class Sink:
            authorizer: Authorizer

            def __call__(self, event: doorward.AuditEvent) -> None:
                pass

        sink = Sink()
        sink.authorizer = make_authorizer(on_decision=sink)
        decide(sink.authorizer)
        gone = weakref.ref(sink)
        del sink
        gc.collect()
        assert gone() is None
