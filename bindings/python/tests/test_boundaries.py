# SPDX-License-Identifier: Apache-2.0
"""Anything at all is handed in: there is an answer or an exception that is documented, and never a crash."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from scene import NOW, POLICY, make_authorizer, make_verifier, token

import doorward

TEXTS = st.one_of(st.text(), st.binary(), st.text(st.characters()), st.binary(max_size=30).map(bytearray))
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.complex_numbers()),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner), st.sets(st.integers())),
    max_leaves=8,
)
METHODS = st.one_of(st.sampled_from(["GET", "PUT", "OPTIONS"]), TEXTS)
TARGETS = st.one_of(st.text(st.sampled_from("/.%2eF5c;?#*~@:\\\0 é"), max_size=40).map("/".__add__), TEXTS)
NAMES = st.one_of(st.sampled_from(["Host", "Authorization", "X-User-ID", "Cookie", "X-HTTP-Method-Override"]), TEXTS)
VALUES = st.one_of(st.sampled_from([f"Bearer {token()}", "Bearer a.b.c", "bearer"]), TEXTS)

AUTHORIZER = make_authorizer()
VERIFIER = make_verifier()

often = settings(max_examples=150, deadline=None)


@often
@given(METHODS, TARGETS, st.one_of(st.none(), TEXTS), st.lists(st.tuples(NAMES, VALUES)), st.one_of(st.none(), TEXTS))
def test_any_request_is_answered(method: Any, target: Any, host: Any, headers: Any, source_ip: Any) -> None:
    try:
        decision = AUTHORIZER.authorize(
            method=method, target=target, host=host, headers=headers, source_ip=source_ip, now=NOW)
    except UnicodeEncodeError:
        return  # a lone surrogate, which no octets stand for
    assert decision.allowed == (decision.status == 200) == (decision.reason == "allowed")
    assert decision.status in (200, 400, 401, 403)
    assert all(isinstance(getattr(decision, n), object) for n in dir(decision))
    assert decision.claims.to_dict() == dict(decision.claims)
    if decision.path is not None:
        assert decision.path.isascii()


@often
@given(st.dictionaries(st.sampled_from(["method", "target", "host", "headers", "source_ip", "now", "token", "caller"]), ANYTHING))
def test_any_arguments_are_answered_or_raise(arguments: dict[str, Any]) -> None:
    for function in (AUTHORIZER.authorize, AUTHORIZER.explain):
        try:
            assert function(**arguments) is not None
        except (TypeError, ValueError, OverflowError):
            pass


@often
@given(ANYTHING, ANYTHING)
def test_any_token_is_judged(text: Any, now: Any) -> None:
    for function in (VERIFIER.verify, AUTHORIZER.verify):
        try:
            function(text, now=now)
        except (doorward.TokenError, TypeError, ValueError, OverflowError):
            pass


@often
@given(st.integers(0, 300), st.binary(min_size=1, max_size=3))
def test_any_damage_to_a_token_is_noticed(at: int, octets: bytes) -> None:
    good = token().encode()
    damaged = good[:at] + octets + good[at + len(octets):]
    try:
        verified = VERIFIER.verify(damaged, now=NOW)
    except doorward.TokenError as error:
        assert error.reason.status == 401
    else:
        assert damaged == good and verified.subject == "ann"


@often
@given(st.one_of(ANYTHING, st.text().map(lambda t: POLICY.replace("viewer", t, 1))))
def test_any_policy_loads_or_raises(text: Any) -> None:
    try:
        doorward.Policy.loads(text)
    except doorward.PolicyError as error:
        assert any(d.severity == "error" for d in error.diagnostics)
        assert str(error)
    except (TypeError, UnicodeEncodeError):
        pass


@often
@given(ANYTHING)
def test_any_key_set_is_read_or_raises(text: Any) -> None:
    try:
        doorward.KeySet(text, origin="local")
    except (doorward.KeySetError, TypeError, ValueError, OverflowError):
        pass


@often
@given(ANYTHING, ANYTHING)
def test_any_claims_make_a_caller_or_raise(claims: Any, issuer: Any) -> None:
    policy = AUTHORIZER.policy
    assert policy is not None
    try:
        caller = policy.caller_with_claims(claims, issuer=issuer)
    except (TypeError, ValueError, OverflowError):
        return
    assert policy.decide(caller, method="GET", target="/health", now=NOW).allowed
