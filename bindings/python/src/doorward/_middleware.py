# SPDX-License-Identifier: Apache-2.0
"""What the middleware for ASGI and for WSGI have in common."""

from __future__ import annotations

import http
import ipaddress
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import quote, unquote

from doorward import Authorizer, Decision, Reason
from doorward.gate import Gate

_log = logging.getLogger("doorward")
_App = TypeVar("_App")


@dataclass(frozen=True)
class Refusal:
    """The answer to a request that may not pass."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def problem(reason: Reason, www_authenticate: str | None = None) -> Refusal:
    """Makes an answer as RFC 9457 has it: what went wrong in general, and nothing of the policy."""
    status = reason.status
    text = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": reason.text,
        "error": reason.value,
    }
    body = json.dumps(text).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if www_authenticate is not None:
        headers.append(("WWW-Authenticate", www_authenticate))
    if status == 503:
        headers.append(("Retry-After", "1"))
    return Refusal(status, tuple(headers), body)


def refuse(decision: Decision) -> Refusal:
    """Makes the answer to a request that was refused."""
    return problem(decision.reason, decision.www_authenticate)


class Middleware(Generic[_App]):
    """What a middleware knows: whom it serves, who decides, and how requests are seen and answered."""

    def __init__(
        self,
        app: _App,
        gate: Gate | Authorizer,
        *,
        trusted_hops: int = 0,
        has_hosts: bool = True,
        refuse: Callable[[Decision], Refusal] = refuse,
    ) -> None:
        self._app = app
        self._gate = gate if isinstance(gate, Gate) else None
        self._authorizer = gate.authorizer if isinstance(gate, Gate) else gate
        self._trusted_hops = trusted_hops
        self._has_hosts = has_hosts
        self._refuse = refuse


def request_target(raw: str | None, path: str, query: str) -> str:
    """Returns the target that is decided: as it was received, if that is what the application will see.

    `raw` is the path or target as received, where the server tells; `path` is what the application will look
    at, decoded. Where something before us changed `path`, or the server does not tell, the target is made of
    `path` itself: then what the client wrote is lost, and `%2F` counts as the slash that it became.
    """
    received = (raw or "").partition("?")[0]
    if unquote(received) != path and unquote(_origin_form(received)) != path:
        received = quoted(path)
    return f"{received}?{query}" if query else received


def quoted(path: str) -> str:
    """Encodes a decoded path, so that decoding it gives the same again."""
    return quote(path, safe="/!$&'()*+,=:@", errors="surrogatepass")


def _origin_form(target: str) -> str:
    """Cuts scheme and authority from an absolute target; the library compares them with the host."""
    scheme, separator, rest = target.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return target
    return "/" + rest.partition("/")[2]


def path_to_serve(decision: Decision, prefix: str) -> tuple[str, str] | None:
    """Returns the canonical path and how it reads decoded, which begins with `prefix` as it is spelled.

    None where the application would see other segments than were decided: a `%2F` that the policy keeps
    is a slash once it is decoded, and a mount point may not be what it was.
    """
    canonical = decision.path or ""
    decoded = unquote(canonical)
    if "%2F" in canonical:
        return None
    if not decoded.startswith(prefix):
        if decoded[: len(prefix)].lower() != prefix.lower():
            return None
        decoded = prefix + decoded[len(prefix) :]
    return canonical, decoded


def refuse_other_segments(decision: Decision) -> Refusal:
    """Refuses what was allowed, but would be served as another path."""
    _log.warning("%s %s is refused: decoded, it is another path than was decided", decision.method, decision.path)
    return problem(Reason.BAD_PATH)


def client_address(peer: str | None, forwarded_for: Iterable[str], trusted_hops: int) -> str | None:
    """Returns the client's address: the peer's, or what trusted proxies in front have seen.

    Where fewer of them than `trusted_hops` have written, the request came another way than it should, and
    the address is not known: None. So is that of a peer without one (a Unix socket). What is no address among
    the entries is returned as it stands, for the library to refuse.
    """
    if trusted_hops == 0:
        return _peer_address(peer) if peer else None
    entries = [entry.strip(" \t") for value in forwarded_for if value.strip(" \t") for entry in value.split(",")]
    return _without_port(entries[-trusted_hops]) if len(entries) >= trusted_hops else None


@lru_cache(maxsize=1024)
def _peer_address(peer: str) -> str | None:
    text = peer.partition("%")[0]  # without a link-local address's zone
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return None
    return text


def _without_port(entry: str) -> str:
    """Cuts the port from "192.0.2.1:4711" and "[2001:db8::1]:4711", as some proxies write them."""
    if entry.startswith("["):
        address, closed, port = entry[1:].partition("]")
        return address if closed and (not port or port[1:].isdigit() and port[0] == ":") else entry
    address, _, port = entry.partition(":")
    return address if port.isdigit() else entry


def log_reports(decision: Decision) -> None:
    """Logs what rules with `mode: report` would have turned round."""
    for rule in decision.report:
        _log.info(
            "report: rule %s would have %s %s %s for %r",
            rule,
            "refused" if decision.allowed else "allowed",
            decision.method,
            decision.path,
            decision.subject,
        )
