# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from scene import ISSUER, NOW, POLICY

import doorward
from doorward import Policy, PolicyError

WRONG = """doorward: 1
roles: {editor: }
rules:
  - {id: a, allow: [edtior], endpoints: [GET /a]}
  - {id: b, allow: [editor], endpoints: [GTE]}
"""


def test_loads_tells_what_it_loaded() -> None:
    policy = Policy.loads(POLICY, name="policy.yaml")
    assert (policy.rule_count, policy.role_count, policy.diagnostics) == (5, 2, ())
    assert policy.endpoint_count == 5
    assert policy.revision == Policy.loads(POLICY.encode()).revision != Policy.loads(POLICY + " ").revision
    assert repr(policy) == f"<doorward.Policy {policy.revision}: 5 rules>"
    (issuer,) = policy.issuers
    assert issuer == doorward.Issuer(ISSUER, (ISSUER,), "jwks_file", "jwks.json", ("HS256",))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_text_may_be_octets(kind: type) -> None:
    assert Policy.loads(kind(POLICY.encode())).revision == Policy.loads(POLICY).revision


def test_a_wrong_policy_raises_with_every_mistake() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.loads(WRONG, name="p.yaml")
    first, *others = raised.value.diagnostics
    assert (first.severity, first.code, first.file, first.line, first.column) == (
        "error", "unknown_role", "p.yaml", 4, 21)
    assert first.message == "unknown role `edtior`"
    assert first.hint == "a role that `roles` declares; did you mean `editor`?"
    assert str(first).startswith("p.yaml:4:21: error: unknown role `edtior` [unknown_role]\n")
    assert len(others) >= 1
    assert str(raised.value) == "\n".join(map(str, raised.value.diagnostics))
    assert isinstance(raised.value, ValueError)


def test_errors_and_diagnostics_can_be_pickled() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.loads(WRONG)
    copy = pickle.loads(pickle.dumps(raised.value))
    assert copy.diagnostics == raised.value.diagnostics
    token_error = doorward.TokenError(doorward.Reason.TOKEN_EXPIRED, "why")
    assert str(pickle.loads(pickle.dumps(token_error))) == "token_expired: why"


def test_load_reads_a_file_in_the_format_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"doorward": 1, "rules": []}')
    (tmp_path / "p.yaml").write_text("doorward: 1\nrules: []\n")
    assert Policy.load(tmp_path / "p.json").rule_count == 0
    assert Policy.load(str(tmp_path / "p.yaml")).rule_count == 0
    assert Policy.load(os.fsencode(tmp_path / "p.yaml")).rule_count == 0
    with pytest.raises(PolicyError):
        Policy.load(tmp_path / "p.yaml", format="json")


def test_load_names_the_file_in_its_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    with pytest.raises(PolicyError) as raised:
        Policy.load(path)
    assert raised.value.diagnostics[0].file == str(path)


def test_load_says_what_files_say(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Policy.load(tmp_path / "none.yaml")
    with pytest.raises(IsADirectoryError):
        Policy.load(tmp_path)
    odd = os.fsencode(tmp_path) + b"/\xff.yaml"
    Path(os.fsdecode(odd)).write_text(WRONG)
    with pytest.raises(PolicyError) as raised:
        Policy.load(os.fsdecode(odd))
    assert raised.value.diagnostics[0].line == 4


@pytest.mark.parametrize(("call", "error"), [
    (lambda: Policy(), TypeError),
    (lambda: Policy.loads(17), TypeError),  # type: ignore[arg-type]
    (lambda: Policy.loads("", format="toml"), ValueError),  # type: ignore[arg-type]
    (lambda: Policy.loads("\ud800"), UnicodeEncodeError),
    (lambda: Policy.load(17), TypeError),  # type: ignore[arg-type]
    (lambda: pickle.dumps(Policy.loads(POLICY)), TypeError),
    (lambda: setattr(Policy, "load", None), TypeError),
])
def test_wrong_use_raises(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_warnings_are_kept() -> None:
    policy = Policy.loads("doorward: 1\nroles: {unused: }\nrules: [{id: a, allow: [everyone], endpoints: [GET /a]}]")
    assert [d.severity for d in policy.diagnostics] == ["warning"] * len(policy.diagnostics)


class TestCallers:
    policy = Policy.loads(POLICY)

    def decide(self, caller: doorward.Caller, method: str = "GET", target: str = "/orders/7") -> doorward.Decision:
        return self.policy.decide(caller, method=method, target=target, now=NOW)

    def test_roles_are_inherited(self) -> None:
        decision = self.decide(self.policy.caller_with_roles(["editor", b"no such role"]))
        assert (decision.allowed, decision.rule, decision.roles) == (True, "read", ("viewer", "editor"))

    def test_claims_are_mapped(self) -> None:
        claims = {"sub": "bob", "groups": ["editor"], "scope": "orders.write"}
        for given in (claims, '{"sub": "bob", "groups": ["editor"], "scope": "orders.write"}'):
            decision = self.decide(self.policy.caller_with_claims(given), "PUT")
            assert (decision.allowed, decision.subject, dict(decision.claims)) == (True, "bob", claims)

    def test_wrong_claims_raise(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            self.policy.caller_with_claims('{"sub": 1, "sub": 2}')
        with pytest.raises(ValueError, match="issuer"):
            self.policy.caller_with_claims({}, issuer="https://elsewhere.example/")
        with pytest.raises(TypeError):
            self.policy.caller_with_claims(17)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            self.policy.caller_with_roles("viewer")

    def test_nobody_is_known(self) -> None:
        decision = self.decide(self.policy.anonymous_caller())
        assert (decision.status, decision.reason) == (401, "no_token")

    def test_a_caller_of_another_policy_is_denied(self) -> None:
        decision = self.decide(Policy.loads(POLICY + " ").caller_with_roles(["viewer"]))
        assert (decision.status, decision.reason) == (500, "internal")

    def test_caller_and_policy_outlive_their_names(self) -> None:
        policy = Policy.loads(POLICY)
        decision = policy.decide(policy.caller_with_claims({"sub": "x" * 100, "groups": ["viewer"]}), method="GET", target="/orders/7")
        del policy
        assert (decision.subject, decision.rule, decision.roles) == ("x" * 100, "read", ("viewer",))

    def test_explains(self) -> None:
        caller = self.policy.caller_with_roles([])
        explanation = self.policy.explain(caller, method="GET", target="/orders/7")
        assert str(explanation) == explanation.text
        assert "lacking, any of: viewer" in explanation.text
        assert explanation.to_dict()["reason"] == "default_deny"

    def test_arguments_are_checked(self) -> None:
        caller = self.policy.anonymous_caller()
        wrong_calls: list[Callable[[], object]] = [
            lambda: self.policy.decide(method="GET", target="/"),  # type: ignore[call-arg]
            lambda: self.policy.decide(None, method="GET", target="/"),  # type: ignore[arg-type]
            lambda: self.policy.decide(caller, "GET", target="/"),  # type: ignore[call-arg]
            lambda: self.policy.decide(caller, method="GET", target="/", token="x"),  # type: ignore[call-arg]
            lambda: self.policy.decide(caller, caller=caller, method="GET", target="/"),  # type: ignore[misc]
        ]
        for wrong in wrong_calls:
            with pytest.raises(TypeError):
                wrong()
