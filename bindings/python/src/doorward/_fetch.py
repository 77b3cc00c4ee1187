# SPDX-License-Identifier: Apache-2.0
"""Fetches one small document by HTTP, in bounded time and memory.

The answer is as large as the caller permits and no larger; the deadline covers the whole exchange, so
that a server which sends an octet now and then holds nobody up; certificates are verified; redirects,
compressed bodies and plain HTTP to other machines are refused. Looking up the name is the one step whose
time only the system's resolver bounds. Proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

_CHUNK = 16 * 1024


class FetchError(Exception):
    """A document could not be fetched. The text says why, for people; it never holds a document.

    `retry_after` is how many seconds the server asked to be left alone, where it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class FetchLimits:
    """What a fetch may take."""

    timeout: float = 10.0
    """Seconds for the whole of it, from connecting to the last octet."""
    max_bytes: int = 1024 * 1024
    """The largest body that is read."""
    allow_plain_http: bool = False
    """Fetches by `http://` from other machines too: whoever stands between can then replace keys."""


@dataclass(frozen=True)
class Document:
    """What came."""

    body: bytes | None
    """None: it is the one whose `etag` was sent along (304)."""
    etag: str | None = None
    fresh_for: float | None = None
    """Seconds for which the server lets it be kept; None where it says nothing."""


class Fetch(Protocol):
    """Fetches the document at `url`, or raises FetchError. `etag` is that of the document at hand."""

    def __call__(self, url: str, etag: str | None = None, /) -> Document: ...


@dataclass(frozen=True)
class HttpFetch:
    """The Fetch that is used unless another one is given."""

    limits: FetchLimits = field(default_factory=FetchLimits)
    ssl_context: ssl.SSLContext | None = None
    """None: the system's certificate authorities."""

    def __call__(self, url: str, etag: str | None = None, /) -> Document:
        deadline = _Deadline(self.limits.timeout)
        try:
            return self._exchange(url, etag, deadline)
        except FetchError:
            raise
        except TimeoutError:
            raise FetchError(f"{url}: not answered within {self.limits.timeout:g} s") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"{url}: {_printable(error)}") from error

    def _exchange(self, url: str, etag: str | None, deadline: _Deadline) -> Document:
        connection, path = self._open(url, deadline)
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "doorward"}
        if etag is not None:
            headers["If-None-Match"] = etag
        try:
            connection.request("GET", path, headers={**headers, "Connection": "close"})
            with connection.getresponse() as response:
                return self._read(url, response, etag)
        finally:
            connection.close()

    def _open(self, url: str, deadline: _Deadline) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(url)
        host, is_tls = parts.hostname, parts.scheme == "https"
        if parts.scheme not in ("https", "http") or not host or parts.username is not None:
            raise FetchError(f"{url}: no URL that begins with `https://` and names a host")
        if not is_tls and not self.limits.allow_plain_http and not _is_loopback(host):
            raise FetchError(f"{url}: refused, since it is not fetched by TLS")
        port = parts.port or (443 if is_tls else 80)
        connected = _connect(host, port, deadline)
        if is_tls:
            connected = self._secured(connected, host, deadline)
        connection = http.client.HTTPConnection(host, port)
        connection.default_port = 443 if is_tls else 80  # which is left out of the field Host
        connection.sock = connected
        connection.response_class = _response_class(deadline)
        path = parts.path or "/"
        return connection, f"{path}?{parts.query}" if parts.query else path

    def _secured(self, plain: socket.socket, host: str, deadline: _Deadline) -> ssl.SSLSocket:
        context = self.ssl_context or ssl.create_default_context()
        plain.settimeout(deadline.left())  # which bounds the handshake as a whole
        try:
            return context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def _read(self, url: str, response: http.client.HTTPResponse, etag: str | None) -> Document:
        if response.status == 304 and etag is not None:
            return Document(None, response.headers.get("ETag") or etag, _fresh_for(response.headers))
        if response.status != 200:
            raise FetchError(f"{url}: answered {response.status}", _seconds(response.headers.get("Retry-After")))
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchError(f"{url}: the body is compressed, which was not asked for")
        body = bytearray()
        while chunk := response.read(_CHUNK):
            body += chunk
            if len(body) > self.limits.max_bytes:
                raise FetchError(f"{url}: larger than {self.limits.max_bytes} octets")
        if response.length:  # what Content-Length promised beyond what came
            raise FetchError(f"{url}: the answer ended before its end")
        return Document(bytes(body), response.headers.get("ETag"), _fresh_for(response.headers))


def _printable(error: Exception) -> str:
    """An error's text, of which the server may have written some."""
    text = "".join(c if c.isprintable() else "?" for c in str(error)[:200])
    return text or type(error).__name__


def _is_loopback(host: str) -> bool:
    """Tells whether `host` is this machine, by its spelling alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Returns the seconds that are left, more than 0; raises TimeoutError where none are."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _connect(host: str, port: int, deadline: _Deadline) -> socket.socket:
    """Tries one address after another. Each has an equal part of the time that is left, so that one which
    does not answer leaves some to the others."""
    failure: OSError = OSError(f"no address for `{host}`")
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        candidate = None
        try:
            candidate = socket.socket(family, kind, protocol)
            candidate.settimeout(deadline.left() / (len(addresses) - tried))
            candidate.connect(address)
            return candidate
        except OSError as error:
            if candidate is not None:
                candidate.close()
            failure = error
    raise failure


class _Incoming(io.RawIOBase):
    """What comes by a socket, each read bounded by what is left of a deadline."""

    def __init__(self, source: socket.socket, deadline: _Deadline) -> None:
        self._source, self._deadline = source, deadline
        self._octets = source.makefile("rb", buffering=0)  # which keeps the socket open as long as it is read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._source.settimeout(self._deadline.left())
        return self._octets.readinto(buffer)

    def close(self) -> None:
        self._octets.close()
        super().close()


class _BoundedSocket:
    """As much of a socket as an HTTPResponse asks for."""

    def __init__(self, source: socket.socket, deadline: _Deadline) -> None:
        self._incoming = _Incoming(source, deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._incoming)


def _response_class(deadline: _Deadline) -> Any:
    def make(source: socket.socket, **options: Any) -> http.client.HTTPResponse:
        bounded: Any = _BoundedSocket(source, deadline)
        return http.client.HTTPResponse(bounded, **options)

    return make


def _fresh_for(headers: http.client.HTTPMessage) -> float | None:
    """How long an answer may be kept (RFC 9111 sections 4.2.1 and 5.2.2), by its Cache-Control alone."""
    directives: dict[str, str] = {}
    for directive in ",".join(headers.get_all("Cache-Control", ())).split(","):
        name, _, value = directive.strip().partition("=")
        directives[name.lower()] = value.strip('"')
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    max_age = _seconds(directives.get("max-age"))
    if max_age is None:
        return None
    return max(0.0, max_age - (_seconds(headers.get("Age")) or 0.0))


def _seconds(text: str | None) -> float | None:
    """Reads a whole number of seconds; None for all else, dates too."""
    text = (text or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
