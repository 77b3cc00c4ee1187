# SPDX-License-Identifier: Apache-2.0
"""Fetching is bounded in time and in size, and goes nowhere that it was not sent."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from identity import Provider, provider, send

from doorward.keys import Document, FetchError, FetchLimits, HttpFetch


@pytest.fixture
def server() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-keyout", str(path), "-out", str(path) + ".crt", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(str(path) + ".crt").read_text())
    return path


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    server: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.2", 0), backlog=0) as silent:
        address = silent.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # which fill its queue
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        there = socket.getaddrinfo("localhost", urlsplit(server.jwks_uri).port, type=socket.SOCK_STREAM)
        first = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)
        unknown = (-1, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)  # a family that this machine lacks
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [unknown, first, *there])
        assert HttpFetch(FetchLimits(timeout=4.0))(server.jwks_uri).body == server.key_set
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [first, first])
        assert "not answered within 0.2 s" in str(refusal(server, FetchLimits(timeout=0.2)))
        for client in waiting:
            client.close()


def refusal(server: Provider, limits: FetchLimits | None = None, url: str | None = None) -> FetchError:
    with pytest.raises(FetchError) as raised:
        HttpFetch(limits or FetchLimits())(url or server.jwks_uri)
    return raised.value


def test_a_document_comes_with_its_tag_and_its_age(server: Provider) -> None:
    server.key_set = b'{"keys": [1]}'
    server.headers = {"Cache-Control": "public, max-age=600", "Age": "100"}
    document = HttpFetch()(server.jwks_uri)
    assert (document.body, document.fresh_for) == (server.key_set, 500.0)
    assert document.etag is not None
    assert HttpFetch()(server.jwks_uri, document.etag) == Document(None, document.etag, 500.0)


@pytest.mark.parametrize(
    ("cache_control", "fresh_for"),
    [
        ("", None),
        ("public", None),
        ("public\r\nCache-Control: max-age=5", 5.0),
        ("max-age=0", 0.0),
        ("MAX-AGE=60", 60.0),
        ('max-age="60"', 60.0),
        ("no-store, max-age=60", 0.0),
        ("no-cache", 0.0),
        ("max-age=-1", None),
        ("max-age=1e3", None),
        ("max-age=٣", None),
        ("max-age=9999999999", None),
    ],
)
def test_freshness_is_what_cache_control_says(server: Provider, cache_control: str, fresh_for: float | None) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nCache-Control: " + cache_control.encode() + b"\r\n\r\n{}")
        return True

    server.behave = behave
    assert HttpFetch()(server.jwks_uri).fresh_for == fresh_for


@pytest.mark.parametrize("size", [99, 100, 101])
@pytest.mark.parametrize("told", [True, False])
def test_a_body_is_read_up_to_its_limit(server: Provider, size: int, told: bool) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        length = f"Content-Length: {size}\r\n" if told else ""
        handler.wfile.write(f"HTTP/1.0 200 OK\r\n{length}\r\n".encode() + b"x" * size)
        return True

    server.behave = behave
    limits = FetchLimits(max_bytes=100)
    if size > 100:
        assert "larger than 100 octets" in str(refusal(server, limits))
    else:
        assert HttpFetch(limits)(server.jwks_uri).body == b"x" * size


def test_a_body_without_end_is_cut(server: Provider) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            handler.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    server.behave = behave
    assert "larger than 65536 octets" in str(refusal(server, FetchLimits(max_bytes=65536)))


@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"],
    ids=["status line", "header", "body"],
)
def test_who_drips_is_left_at_the_deadline(server: Provider, beginning: bytes) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(beginning)
        for _ in range(600):
            handler.wfile.write(b"x")
            time.sleep(0.05)
        return True

    server.behave = behave
    begun = time.monotonic()
    assert "not answered within 0.3 s" in str(refusal(server, FetchLimits(timeout=0.3)))
    assert time.monotonic() - begun < 5


def test_a_body_that_ends_early_is_none(server: Provider) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        send(handler, 200, b'{"keys":', {"Content-Length": "100"})
        return True

    server.behave = behave
    refusal(server)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 304, 400, 404, 500])
def test_only_200_is_an_answer(server: Provider, status: int) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        send(handler, status, b"", {"Location": "/other"})
        return True

    server.behave = behave
    assert str(refusal(server)) == f"{server.jwks_uri}: answered {status}"
    assert len(server.requests) == 1


@pytest.mark.parametrize(("retry_after", "seconds"), [("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
def test_retry_after_is_passed_on(server: Provider, retry_after: str, seconds: float | None) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        send(handler, 503, b"", {"Retry-After": retry_after})
        return True

    server.behave = behave
    assert refusal(server).retry_after == seconds


def test_a_compressed_body_is_refused(server: Provider) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    assert "compressed" in str(refusal(server))
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("answer", [b"\x1b[31mno HTTP\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"", b"x" * 70000])
def test_what_is_no_http_is_an_error_that_can_be_printed(server: Provider, answer: bytes) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(answer)
        return True

    server.behave = behave
    text = str(refusal(server))
    assert text.isprintable()
    assert len(text) < 300


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://localhost/jwks",
        "jwks.json",
        "https://",
        "https://user:secret@localhost/",
        "https://localhost:port/",
        "https://localhost:99999/",
        "https://[::1/",
        "http://localhost/\r\nX: y",
    ],
)
def test_what_is_no_url_is_not_fetched(server: Provider, url: str) -> None:
    refusal(server, url=url)


def test_plain_http_goes_no_further_than_this_machine(server: Provider) -> None:
    assert "not fetched by TLS" in str(refusal(server, url="http://login.example.com/jwks"))
    assert "not fetched by TLS" in str(refusal(server, url="http://127.0.0.1.example.com/jwks"))
    permitted = refusal(server, FetchLimits(allow_plain_http=True, timeout=5), url="http://no-such-host.invalid/jwks")
    assert "not fetched by TLS" not in str(permitted)


def test_nobody_listens(server: Provider) -> None:
    assert "refused" in str(refusal(server, url="http://127.0.0.1:1/jwks"))


def test_a_certificate_is_verified_against_its_authority_and_its_name(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with provider(context) as server:
        assert HttpFetch(ssl_context=trusting)(server.jwks_uri).body == server.key_set
        with pytest.raises(FetchError, match="certificate"):
            HttpFetch()(server.jwks_uri)
        with pytest.raises(FetchError, match="certificate"):
            HttpFetch(ssl_context=trusting)(server.jwks_uri.replace("localhost", "127.0.0.1"))
