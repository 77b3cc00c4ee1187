# SPDX-License-Identifier: Apache-2.0
"""The vectors of tests/data, through Python: the same answers for the same reasons."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

import doorward

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def token_reasons() -> dict[str, str]:
    lines = (DATA / "token_reasons.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES", "HS") for bits in (256, 384, 512)] + ["EdDSA"]


def verifier(keys: doorward.KeySet, options: dict[str, Any]) -> doorward.Verifier:
    """Every option must be known: one that were overlooked would make its row prove nothing."""
    options = dict(options)
    made = doorward.Verifier(
        keys,
        issuer=options.pop("issuer", None),
        audiences=[options.pop("audience")] if "audience" in options else None,
        algorithms=[a for a in options.pop("allowed_algs", ALGORITHMS) if a in ALGORITHMS],
        leeway=options.pop("leeway", 0),
        token_type=options.pop("required_typ", None),
        allow_missing_expiry=not options.pop("require_exp", True),
        max_token_bytes=options.pop("max_token_bytes", 1 << 20),
    )
    assert not options
    return made


def judge(made: doorward.Verifier, token: str, now: int) -> str:
    try:
        made.verify(token, now=now)
    except doorward.TokenError as error:
        return str(error.reason)
    return "allowed"


def test_tokens_are_judged_for_the_right_reason() -> None:
    reasons = token_reasons()
    found = rows("tokens.jsonl")
    assert len(found) == len(reasons) == 1298
    wrong = []
    for row in found:
        options = dict(row["options"])
        now = options.pop("now")
        keys = doorward.KeySet(json.dumps(row["jwks"]), origin="local")
        reason = judge(verifier(keys, options), row["token"], now)
        if reason != reasons[row["id"]] or (reason == "allowed") != (row["expect"] == "accept"):
            wrong.append((row["id"], reason))
    assert wrong == []


@functools.cache
def path_authorizer(profile: str, override_headers: str) -> doorward.Authorizer:
    extra = {"default": {}, "fold": {"path_case": "fold"}, "windows": {"backend": "windows"}}[profile]
    request = {"override_headers": override_headers, **extra}
    rule = {"id": "all", "allow": ["everyone"], "endpoints": ["/**"]}
    return doorward.Authorizer(doorward.Policy.loads(json.dumps({"doorward": 1, "request": request, "rules": [rule]})))


REASONS = {"M": "bad_method", "F": "bad_header", "H": "bad_host", "T": "bad_target", "P": "bad_path", "S": "bad_segment"}


@pytest.mark.parametrize("row", rows("paths.jsonl"), ids=lambda row: str(row["id"]))
@pytest.mark.parametrize("kind", ["str", "bytes"])
def test_paths_have_their_safe_outcome(row: dict[str, Any], kind: str) -> None:
    request = row["request"]
    host = request.get("host")
    hosts = [] if host is None else [host] if isinstance(host, str) else host
    headers = [("Host", h) for h in hosts if len(hosts) > 1] + [(n, v) for n, v in request.get("headers", [])]

    def text(value: str) -> str | bytes:
        return value.encode() if kind == "bytes" else value

    def decide(override_headers: str) -> doorward.Decision:
        return path_authorizer(row["profile"], override_headers).authorize(
            method=text(request["method"]), host=text(hosts[0] if hosts else ""), target=text(request["target"]),
            headers=[(text(name), text(value)) for name, value in headers])

    step = row.get("reject_step") or ""
    if row["safe_outcome"].startswith("treated_as:"):
        decision = decide("strip")
        assert decision.reason != "bad_path" and decision.status != 400, decision
        assert decision.path == row["safe_outcome"].removeprefix("treated_as:")
        assert decision.method == request["method"]
        return
    assert row["safe_outcome"] == "reject_400"
    decision = decide("reject" if step in ("F2", "F3", "M4") else "strip")
    assert decision.reason == ("bad_header" if step in ("F2", "F3", "M4") else REASONS[step[0]])
    assert decision.status == 400
    assert decision.path is None
