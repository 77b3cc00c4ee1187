# SPDX-License-Identifier: Apache-2.0
"""What Python holds stays valid, whatever comes after; what it lets go is gone."""

from __future__ import annotations

import gc
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from scene import ISSUER, NOW, POLICY, bearer, jwks, make_authorizer, make_verifier, token

import doorward

# More than the answers that stand in the memory they were made in.
MANY = 1000


def everything(decision: doorward.Decision) -> list[Any]:
    names = [name for name in dir(decision) if not name.startswith("_")]
    return [decision.claims.to_dict() if name == "claims" else getattr(decision, name) for name in names]


def authorize(authorizer: doorward.Authorizer, number: int) -> doorward.Decision:
    headers = [*bearer(token(sub=f"user-{number}", more=["x" * 50])), ("x-User-id", str(number))]
    return authorizer.authorize(method="GET", target=f"/orders/{number}", host=f"h{number}.example", headers=headers, now=NOW)


def test_decisions_stay_as_they_were() -> None:
    authorizer = make_authorizer()
    first = authorize(authorizer, 0)
    before, claims = everything(first), first.claims
    later = [authorize(authorizer, number) for number in range(1, MANY)]
    authorizer.set_policy(None)
    del authorizer
    gc.collect()
    assert everything(first) == before
    assert claims["sub"] == "user-0"
    assert [len(claims), "sub" in claims, "bus" in claims, claims.get("bus"), list(claims)[0]] == [7, True, False, None, "iss"]
    assert claims.get("more") == ["x" * 50]
    with pytest.raises(KeyError):
        claims["bus"]
    claims["more"].clear()
    claims.to_dict()["groups"].clear()
    assert (claims["more"], claims["groups"]) == (["x" * 50], ["viewer"])
    for number, decision in enumerate(later, 1):
        assert (decision.subject, decision.path) == (f"user-{number}", f"/orders/{number}")
        assert decision.claims["sub"] == f"user-{number}"
        assert decision.remove_headers[-1] == "x-User-id"
        assert repr(decision) == "<doorward.Decision 200 allowed by rule 'read'>"


def test_headers_may_change_afterwards() -> None:
    pair: Any = ["X-User-" + "iD", "ann"]
    headers = [pair, ("Authorization", f"Bearer {token()}")]
    name = bytearray(b"x-user-id")
    headers.append((name, b"x"))
    decision = make_authorizer().authorize(method="GET", target="/orders/" + str(7), headers=headers, now=NOW)
    pair.clear()
    headers.clear()
    name[:] = b"0123456789" * 100
    gc.collect()
    assert {"X-User-iD", "x-user-id"} <= set(decision.remove_headers)
    assert decision.path == "/orders/7"


def test_tokens_stay_as_they_were() -> None:
    verifier = make_verifier()
    tokens = [verifier.verify(token(sub=str(number)), now=NOW) for number in range(MANY)]
    claims = [verified.claims for verified in tokens]
    headers = [verified.header for verified in tokens]
    del verifier, tokens
    assert [c["sub"] for c in claims] == [str(number) for number in range(MANY)]
    assert all(h["kid"] == "k1" for h in headers)


def resident_kilobytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def grows_by(work: Any, times: int) -> int:
    if "libasan" in os.environ.get("LD_PRELOAD", ""):
        work(times // 100 + 1)  # AddressSanitizer gives no memory back at once
        return 0
    work(times // 10)
    gc.collect()
    before = resident_kilobytes()
    work(times)
    gc.collect()
    return resident_kilobytes() - before


def test_memory_is_flat_over_a_million_calls() -> None:
    authorizer = make_authorizer()
    headers = bearer(token())

    def work(times: int) -> None:
        for _ in range(times):
            authorizer.authorize(method="GET", target="/orders/7", headers=headers, now=NOW)

    assert grows_by(work, 1_000_000) < 1024


def test_memory_is_flat_whatever_is_asked() -> None:
    authorizer = make_authorizer(token_cache_entries=16)
    verifier = make_verifier()
    policy = doorward.Policy.loads(POLICY)
    tokens = [token(sub=str(number)) for number in range(100)]

    def work(times: int) -> None:
        kept: list[doorward.Decision] = []
        for number in range(times):
            text = tokens[number % len(tokens)]
            decision = authorizer.authorize(method="GET", target="/orders/7", headers=bearer(text), now=NOW)
            everything(decision)
            kept = [*kept[-300:], decision]
            verifier.verify(text, now=NOW).claims.to_dict()
            for wrong in ({"headers": [("a", 1)]}, {"now": "x"}, {"headers": {"a": None}}):
                with pytest.raises(TypeError):
                    authorizer.authorize(method="GET", target="/", **wrong)
            if number % 50 == 0:
                authorizer.set_policy(policy)
                authorizer.set_keys(ISSUER, jwks(), origin="local")
                with pytest.raises(doorward.PolicyError):
                    doorward.Policy.loads("doorward: 2")
                authorizer.explain(method="GET", target="/")

    assert grows_by(work, 5_000) < 2048


def test_old_policies_are_let_go() -> None:
    """Each of these takes some megabytes while it is loaded."""
    rules = ",".join('{"id":"r%d","allow":["everyone"],"endpoints":["GET /%d/{id}"]}' % (n, n) for n in range(5000))
    authorizer = doorward.Authorizer()
    kept = []

    def work(times: int) -> None:
        for number in range(times):
            authorizer.set_policy(doorward.Policy.loads('{"doorward":1,"rules":[%s]}%s' % (rules, " " * number), format="json"))
            decisions = [authorizer.authorize(method="GET", target="/17/x", now=NOW) for _ in range(50)]
            kept.append(decisions[0].rule)

    assert grows_by(work, 30) < 40 * 1024
    assert set(kept) == {"r17"}


def test_threads_decide_while_others_change_everything() -> None:
    events: list[doorward.AuditEvent] = []
    authorizer = make_authorizer(on_decision=events.append, token_cache_entries=64)
    policies = [doorward.Policy.loads(POLICY + " " * n) for n in range(2)]
    tokens = [token(sub=str(number)) for number in range(200)]
    done = threading.Event()

    def change() -> int:
        rounds = 0
        while not done.is_set():
            authorizer.set_policy(policies[rounds % 2])
            authorizer.set_keys(ISSUER, jwks(), origin="local")
            authorizer.revoke_token_id(ISSUER, str(rounds), until=NOW + 1, now=NOW)
            authorizer.token_cache_stats()
            rounds += 1
        return rounds

    def decide(start: int) -> int:
        kept = []
        for number in range(start, start + 2000):
            text = tokens[number % len(tokens)]
            decision = authorizer.authorize(method="GET", target="/orders/7", headers=bearer(text), now=NOW)
            kept.append((decision, number % len(tokens)))
            kept = kept[-400:]
        return sum(decision.subject == str(number) and decision.allowed for decision, number in kept)

    with ThreadPoolExecutor(5) as pool:
        changing = pool.submit(change)
        counts = [f.result() for f in [pool.submit(decide, 50 * n) for n in range(4)]]
        done.set()
        assert changing.result() > 0
    assert counts == [400] * 4
    assert len(events) == 8000
    assert sum(authorizer.decision_counts().values()) == 8000
