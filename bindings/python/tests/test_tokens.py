# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import collections.abc
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from scene import AUDIENCE, ED25519, ISSUER, NOW, P256, jwks, make_verifier, sign, token

import doorward
from doorward import KeySet, KeySetError, Reason, TokenError, Verifier

RSA_1024 = {"kty": "RSA", "kid": "weak", "e": "AQAB", "n": "u" * 171}


class TestKeySet:
    def test_tells_which_keys_serve_and_why_others_do_not(self) -> None:
        keys = KeySet({"keys": [P256, RSA_1024, {"kty": "unknown"}]}, name="keys.json")
        assert len(keys) == 1
        assert keys.keys == (doorward.Key("ec", ("ES256",)),)
        assert {d.severity for d in keys.diagnostics} == {"warning"}
        assert len(keys.diagnostics) == 2
        assert keys.diagnostics[0].file == "keys.json"
        assert repr(keys) == "<doorward.KeySet: 1 keys>"

    @pytest.mark.parametrize("kind", [str, str.encode, lambda t: bytearray(t, "ascii"), json.loads])
    def test_comes_in_many_shapes(self, kind: Any) -> None:
        assert len(KeySet(kind(json.dumps({"keys": [P256]})))) == 1

    def test_secrets_serve_where_they_are_local(self, tmp_path: Path) -> None:
        assert [len(KeySet(jwks(), origin=o)) for o in ("remote", "local")] == [0, 1]
        (tmp_path / "jwks.json").write_text(json.dumps(jwks()))
        assert len(KeySet.load(tmp_path / "jwks.json")) == 1
        assert len(KeySet.load(tmp_path / "jwks.json", origin="remote")) == 0

    @pytest.mark.parametrize("text", ["", "[]", '{"keys": 1}', b"\xff", '{"keys": []}x'])
    def test_a_text_that_is_none_raises(self, text: Any) -> None:
        with pytest.raises(KeySetError) as raised:
            KeySet(text)
        assert raised.value.diagnostics[0].severity == "error"

    def test_prepares(self) -> None:
        keys = KeySet({"keys": [P256, *ED25519]})
        assert keys.prepare() == doorward.KeyPreparation(0, 1, 0, 0, 2)
        expected = int("es256_tables" in doorward.available_acceleration())
        assert keys.prepare(es256_tables=True) == doorward.KeyPreparation(expected, 1 - expected, 0, 0, 2)

    @pytest.mark.parametrize(("options", "with_tables", "others"), [
        ({"es256_tables": True}, 0, "openssl"),
        ({"ed25519_tables": True}, 2, "openssl"),
        ({"ed25519_tables": True, "max_ed25519_tables": 0}, 0, "openssl"),
        ({"ed25519_tables": True, "max_ed25519_tables": 1, "max_es256_tables": 0}, 1, "openssl"),
        ({"ed25519_libsodium": True}, 0, "libsodium"),
        ({"ed25519_libsodium": True, "ed25519_tables": True, "max_ed25519_tables": 1}, 1, "libsodium"),
    ])
    def test_prepares_ed25519(self, options: dict[str, Any], with_tables: int, others: str) -> None:
        available = doorward.available_acceleration()
        tables = with_tables if "ed25519_tables" in available else 0
        libsodium = 2 - tables if f"ed25519_{others}" in available else 0
        assert KeySet({"keys": ED25519}).prepare(**options) == doorward.KeyPreparation(0, 0, tables, libsodium, 2 - tables - libsodium)

    @pytest.mark.parametrize("name", ["max_es256_tables", "max_ed25519_tables"])
    def test_less_than_no_tables_raises(self, name: str) -> None:
        with pytest.raises(ValueError, match=name):
            KeySet({"keys": []}).prepare(**{name: -1})  # type: ignore[arg-type]

    @pytest.mark.parametrize(("call", "error"), [
        (lambda: KeySet(17), TypeError),  # type: ignore[arg-type]
        (lambda: KeySet({1: 2, "keys": {3}}), TypeError),  # type: ignore[dict-item]
        (lambda: KeySet("{}", origin="near"), ValueError),  # type: ignore[arg-type]
        (lambda: KeySet.load("none.json"), FileNotFoundError),
    ])
    def test_wrong_use_raises(self, call: Any, error: type[Exception]) -> None:
        with pytest.raises(error):
            call()


class TestVerifier:
    @pytest.mark.parametrize(("options", "claims", "reason"), [
        ({}, {}, None),
        ({"issuer": ISSUER, "audiences": ["x", AUDIENCE]}, {}, None),
        ({"issuer": None, "audiences": None}, {"iss": "a", "aud": "b"}, None),
        ({"issuer": "https://other/"}, {}, "token_issuer_unknown"),
        ({"audiences": ["x"]}, {}, "token_audience"),
        ({}, {"exp": NOW}, "token_expired"),
        ({"leeway": 1}, {"exp": NOW}, None),
        ({"max_age": 59}, {}, "token_too_old"),
        ({"max_age": 60}, {}, None),
        ({"max_age": 61}, {}, None),
        ({"token_type": "at+jwt"}, {}, "token_type"),
        ({}, {"cnf": {"jkt": "x"}}, "token_confirmation"),
        ({"ignore_confirmation": True}, {"cnf": {"jkt": "x"}}, None),
        ({"max_token_bytes": 64}, {}, "token_too_large"),
    ])
    def test_options_count(self, options: dict[str, Any], claims: dict[str, Any], reason: str | None) -> None:
        verifier = make_verifier(**options)
        if reason is None:
            assert verifier.verify(token(**claims), now=NOW).subject == "ann"
            return
        with pytest.raises(TokenError) as raised:
            verifier.verify(token(**claims), now=NOW)
        assert raised.value.reason == reason

    def test_symmetric_algorithms_must_be_named(self) -> None:
        with pytest.raises(TokenError) as raised:
            Verifier(KeySet(jwks(), origin="local")).verify(token(), now=NOW)
        assert raised.value.reason is Reason.TOKEN_ALGORITHM

    def test_a_token_without_end_must_be_allowed(self) -> None:
        endless = sign(json.dumps({"sub": "ann"}).encode())
        with pytest.raises(TokenError) as raised:
            make_verifier().verify(endless, now=NOW)
        assert raised.value.reason is Reason.TOKEN_WITHOUT_EXPIRY
        assert make_verifier(allow_missing_expiry=True).verify(endless).subject == "ann"

    def test_tells_all_of_a_token(self) -> None:
        verified = make_verifier().verify(token().encode(), now=NOW)
        assert (verified.subject, verified.issuer, verified.algorithm) == ("ann", ISSUER, "HS256")
        assert dict(verified.header) == {"alg": "HS256", "kid": "k1"}
        assert json.loads(verified.payload) == verified.claims.to_dict()
        assert repr(verified) == f"<doorward.VerifiedToken of 'ann' by '{ISSUER}'>"

    def test_a_plain_signature_has_any_payload(self) -> None:
        verified = make_verifier(signature_only=True).verify(sign(b"\x00\xff"))
        assert (verified.payload, dict(verified.claims), verified.subject) == (b"\x00\xff", {}, None)

    def test_errors_never_hold_the_token(self) -> None:
        text = token()[:-2] + "AA"
        with pytest.raises(TokenError) as raised:
            make_verifier().verify(text, now=NOW)
        assert raised.value.reason is Reason.TOKEN_SIGNATURE
        assert not any(part in str(raised.value) for part in text.split("."))

    @pytest.mark.parametrize(("options", "error"), [
        ({"algorithms": ["none"]}, ValueError), ({"algorithms": "HS256"}, TypeError), ({"algorithms": [1]}, TypeError),
        ({"audiences": "x"}, TypeError), ({"audiences": 1}, TypeError), ({"issuer": 1}, TypeError), ({"leeway": -1}, ValueError),
        ({"max_age": -1}, ValueError), ({"max_age": "1"}, TypeError), ({"leeway": 2**64}, OverflowError),
        ({"max_token_bytes": -1}, ValueError), ({"unknown": 1}, TypeError),
        ({"audiences": []}, ValueError), ({"audiences": ()}, ValueError), ({"issuer": ""}, ValueError),
    ])
    def test_wrong_options_raise(self, options: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            Verifier(KeySet(jwks(), origin="local"), **options)

    def test_the_longest_times_are_taken(self) -> None:
        verifier = make_verifier(leeway=2**62, max_age=2**63 - 1)
        assert verifier.verify(token(), now=NOW).subject == "ann"

    def test_keys_are_a_key_set(self) -> None:
        with pytest.raises(TypeError, match="keys must be KeySet, not dict"):
            Verifier(jwks())  # type: ignore[arg-type]


class TestClaims:
    claims = make_verifier().verify(token(deep={"list": [1, {"two": 2}]}, big=2**53, less=-0.5, no=None), now=NOW).claims

    def test_are_a_mapping(self) -> None:
        assert isinstance(self.claims, collections.abc.Mapping)
        assert list(self.claims) == list(self.claims.keys()) == list(self.claims.to_dict())
        assert len(self.claims) == len(list(self.claims.values())) == 10
        assert ("sub", "ann") in self.claims.items()
        assert {**self.claims} == dict(self.claims) == self.claims

    def test_are_converted(self) -> None:
        assert self.claims["deep"] == {"list": [1, {"two": 2}]}
        assert (self.claims["big"], self.claims["less"], self.claims["no"]) == (2**53, -0.5, None)
        self.claims["deep"]["list"].clear()
        assert self.claims["deep"] == {"list": [1, {"two": 2}]}

    def test_what_is_missing_is_missing(self) -> None:
        unknown: list[Any] = ["nothing", "", "\ud800", 17, None]
        for name in unknown:
            assert name not in self.claims
            assert self.claims.get(name) is None
            assert self.claims.get(name, 7) == 7
            with pytest.raises(KeyError):
                self.claims[name]

    def test_compare_by_value(self) -> None:
        again = make_verifier().verify(token(**self.claims), now=NOW).claims
        assert self.claims == again
        assert (self.claims != again) is False
        assert self.claims != {}
        assert self.claims != 17
        with pytest.raises(TypeError):
            hash(self.claims)
        with pytest.raises(TypeError):
            self.claims < again  # type: ignore[operator]  # noqa: B015

    def test_match(self) -> None:
        match self.claims:
            case {"sub": subject, "deep": {"list": [one, *_]}}:
                assert (subject, one) == ("ann", 1)
            case _:
                pytest.fail("no mapping")

    def test_show_themselves(self) -> None:
        assert repr(self.claims) == f"Claims({self.claims.to_dict()!r})"


def test_reasons_are_those_of_the_library() -> None:
    """The extension finds a member for each reason of its own as it loads, and tells it status and text."""
    assert len(Reason) == 42
    assert all(reason.status in (200, 400, 401, 403, 421, 500, 503) and reason.text for reason in Reason)
    assert pickle.loads(pickle.dumps(Reason.NO_TOKEN)) is Reason.NO_TOKEN
    assert f"{Reason.NO_TOKEN}" == "no_token"
