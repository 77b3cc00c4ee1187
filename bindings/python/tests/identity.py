# SPDX-License-Identifier: Apache-2.0
"""Keys that sign tokens, and a small identity provider on loopback that misbehaves as it is told."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

AUDIENCE = "https://api.example.com"


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class SigningKey:
    """An RSA key of OpenSSL's command, which signs by RS256."""

    def __init__(self, folder: Path, kid: str) -> None:
        self.kid = kid
        self._file = folder / f"{kid}.pem"
        _openssl("genrsa", "-out", str(self._file), "2048")
        modulus = _openssl("rsa", "-in", str(self._file), "-noout", "-modulus").decode().strip().partition("=")[2]
        self.jwk = {"kty": "RSA", "kid": kid, "alg": "RS256", "e": "AQAB", "n": base64url(bytes.fromhex(modulus))}

    def token(self, issuer: str, **claims: Any) -> str:
        """Makes a token that is good for an hour, but for what `claims` say."""
        payload = {"iss": issuer, "aud": AUDIENCE, "sub": "ann", "exp": int(time.time()) + 3600, **claims}
        header = {"alg": "RS256", "kid": self.kid}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
        signature = _openssl("dgst", "-sha256", "-sign", str(self._file), input=signed.encode())
        return f"{signed}.{base64url(signature)}"

    def bearer(self, issuer: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(issuer, **claims)}"}


def _openssl(*arguments: str, input: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *arguments], input=input, capture_output=True, check=True).stdout


def key_set(*keys: SigningKey) -> bytes:
    return json.dumps({"keys": [key.jwk for key in keys]}).encode()


class Provider:
    """Serves `key_set` at /jwks and a discovery document; `behave` is called first, and may answer itself."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.issuer = f"{scheme}://localhost:{server.server_address[1]}"
        self.jwks_uri = self.issuer + "/jwks"
        self.discovery: Any = {"issuer": self.issuer, "jwks_uri": self.jwks_uri}
        self.key_set = b'{"keys": []}'
        self.headers: dict[str, str] = {}
        self.behave: Callable[[BaseHTTPRequestHandler], bool] = lambda handler: False
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.asked = threading.Condition()

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> None:
        with self.asked:
            assert self.asked.wait_for(lambda: len(self.requests) >= count, timeout), self.requests

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self.asked:
            self.requests.append((handler.path, dict(handler.headers)))
            self.asked.notify_all()
        if self.behave(handler):
            return
        if handler.path == "/jwks":
            etag = f'"{hash(self.key_set)}"'
            if handler.headers.get("If-None-Match") == etag:
                send(handler, 304, b"", {"ETag": etag, **self.headers})
            else:
                send(handler, 200, self.key_set, {"ETag": etag, **self.headers})
        elif handler.path == "/.well-known/openid-configuration":
            send(handler, 200, json.dumps(self.discovery).encode(), {})
        else:
            send(handler, 404, b"", {})


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if "Content-Length" not in headers and status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def provider(ssl_context: Any = None) -> Iterator[Provider]:
    """Runs a provider on a port that the system chooses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # clients that go away are part of the tests

    with Server(("localhost", 0), Handler) as server:
        if ssl_context is not None:
            server.socket = ssl_context.wrap_socket(server.socket, server_side=True)
        running = Provider(server, "https" if ssl_context is not None else "http")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
