# SPDX-License-Identifier: Apache-2.0
"""The example service runs, for a small provider and for a real one, and its policy holds."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import flask
import pytest
from identity import Provider, SigningKey, key_set, provider

import doorward
from doorward.flask import require_role
from doorward.gate import Gate
from doorward.keys import Document, FetchError, FollowOptions, KeyFollower

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLE = REPOSITORY / "examples" / "python"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "k")


@contextmanager
def service(folder: Path, issuer: str, audience: str = "https://api.example.com") -> Iterator[int]:
    """Starts the example on a port that the system chooses, with another issuer in its policy."""
    policy = (EXAMPLE / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text(
        policy.replace("https://login.example.com/", issuer).replace("https://api.example.com", audience)
    )
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(EXAMPLE), "--port", "0", "--no-access-log"]
    environment = {**os.environ, "ORDERS_POLICY": str(folder / "policy.yaml"), "PYTHONDONTWRITEBYTECODE": "1"}
    log = folder / "service.log"
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment) as process:
        try:
            yield port_of(process, log)
        finally:
            process.terminate()
            process.wait(10)


def port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(300):
        if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found[1])
        assert process.poll() is None, log.read_text()
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError(log.read_text())


def call(port: int, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, json.loads(answer) if answer else None


@pytest.fixture(scope="module")
def idp(key: SigningKey) -> Iterator[Provider]:
    with provider() as running:
        running.key_set = key_set(key)
        yield running


def test_the_policy_holds_on_the_wire(idp: Provider, key: SigningKey, tmp_path: Path) -> None:
    viewer = key.bearer(idp.issuer, sub="vera", roles=["viewer"], email="vera@example.com")
    editor = key.bearer(idp.issuer, sub="ed", groups=["editor"])
    with service(tmp_path, idp.issuer) as port:
        assert call(port, "GET", "/healthz") == (200, "alive")
        assert call(port, "GET", "/readyz") == (200, {"cause": None})
        assert call(port, "GET", "/orders")[0] == 401
        assert call(port, "GET", "/orders/17", viewer)[1] == {"item": "lamp", "changed_by": ""}
        stranger = key.bearer("https://login.example.com/")
        assert call(port, "GET", "/orders/17", stranger)[1]["error"] == "token_issuer_unknown"
        assert call(port, "PUT", "/orders/17", viewer, {"item": "sofa"})[1]["error"] == "default_deny"
        assert call(port, "PUT", "/orders/17", editor, {"item": "sofa"})[1] == {"item": "sofa", "changed_by": "ed"}
        assert call(port, "DELETE", "/orders/17", editor)[0] == 204
        assert call(port, "GET", "/orders/17", editor)[0] == 404
        assert call(port, "GET", "/orders/..%2fadmin", editor)[1]["error"] == "bad_path"
        profile = {"person": "vera", "roles": ["viewer"], "mail": "vera@example.com"}
        assert call(port, "GET", "/people/vera", viewer) == (200, profile)
        assert call(port, "GET", "/people/ed", viewer)[0] == 403
        assert call(port, "GET", "/openapi.json", editor)[0] == 403
    log = (tmp_path / "service.log").read_text()
    assert '{"rule": "edit", "reason": "allowed", "subject": "ed", "path": "/orders/17"}' in log
    assert viewer["Authorization"].removeprefix("Bearer ") not in log


def test_a_changed_policy_is_put_in_force(idp: Provider, key: SigningKey, tmp_path: Path) -> None:
    viewer = key.bearer(idp.issuer, roles=["viewer"])
    with service(tmp_path, idp.issuer) as port:
        assert call(port, "GET", "/orders", viewer)[0] == 200
        path = tmp_path / "policy.yaml"
        path.write_text(path.read_text() + "request: {path_case: fold}\nhosts: [orders.example.com]\n")
        for _ in range(100):
            status, answer = call(port, "GET", "/orders", viewer)
            if status != 200:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        assert (status, answer["error"]) == (421, "misdirected")


def test_the_programs_of_the_document_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy.yaml").write_text((EXAMPLE / "policy.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    text = (REPOSITORY / "docs" / "python-middleware.md").read_text()
    programs = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(programs) == 5
    for program in programs[:2]:
        names: dict[str, Any] = {"__name__": "program"}
        exec(program, names)
        assert names["app"] is not None

    def unreachable(url: str, etag: str | None = None, /) -> Document:
        raise FetchError("unreachable")

    handled: dict[int, Any] = {}
    names = {
        "FollowOptions": FollowOptions,
        "Gate": Gate,
        "KeyFollower": partial(KeyFollower, fetch=unreachable),
        "app": flask.Flask("program"),
        "doorward": doorward,
        "headers": {},
        "require_role": require_role,
        "signal": SimpleNamespace(SIGHUP=signal.SIGHUP, signal=handled.__setitem__),
        "target": "/orders/17",
        "threading": threading,
    }
    for program in programs[2:]:
        exec(program, names)
    assert names["decision"].reason == "no_token"
    names["replace"](doorward.Policy.load("policy.yaml"))
    handled[signal.SIGHUP]()


@contextmanager
def real_provider() -> Iterator[str]:
    """Starts the demo's OpenID provider, which scripts/setup installs, and returns its issuer."""
    command = ["node", str(REPOSITORY / "examples" / "demo" / "provider.mjs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            yield str(json.loads(process.stdout.readline())["issuer"])
        finally:
            process.terminate()


def client_credentials(issuer: str) -> str:
    metadata = json.load(urllib.request.urlopen(issuer + "/.well-known/openid-configuration", timeout=10))
    form = {"grant_type": "client_credentials", "scope": "orders.read", "resource": "https://api.shop.example"}
    basic = base64.b64encode(b"nightly-reports:a%20secret%20of%20the%20demo").decode()
    request = urllib.request.Request(
        metadata["token_endpoint"], urlencode(form).encode(), {"Authorization": f"Basic {basic}"}
    )
    return str(json.load(urllib.request.urlopen(request, timeout=10))["access_token"])


def test_a_real_provider_is_understood(tmp_path: Path) -> None:
    with real_provider() as issuer, service(tmp_path, issuer, "https://api.shop.example") as port:
        assert call(port, "GET", "/readyz") == (200, {"cause": None})
        bearer = {"Authorization": f"Bearer {client_credentials(issuer)}"}
        status, body = call(port, "GET", "/people/nightly-reports", bearer)
        assert (status, body["person"]) == (200, "nightly-reports")
        assert call(port, "GET", "/orders", bearer)[1]["error"] == "default_deny"
