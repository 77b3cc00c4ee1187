# SPDX-License-Identifier: Apache-2.0
"""Middleware for WSGI applications: Flask, Django, and whatever speaks WSGI (PEP 3333).

>>> app.wsgi_app = DoorwardMiddleware(app.wsgi_app, Gate("policy.yaml"))      # doctest: +SKIP

A request that may pass reaches the application with the decision in `environ["doorward"]`, with the
canonical path, without the headers that the policy removes and with those that it sets. One that may not is
answered here.

WSGI has one name, HTTP_X_USER_ID, for the fields X-User-ID, X_User_ID and every other spelling, of which some
servers let the last win. What the policy removes or sets is removed or set under that name, whichever
field it came from.
"""

from __future__ import annotations

import http
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from doorward import Decision
from doorward._middleware import (
    Middleware,
    Refusal,
    client_address,
    log_reports,
    path_to_serve,
    refuse_other_segments,
    request_target,
)

__all__ = ["DoorwardMiddleware", "Refusal"]

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
App: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

# Fields that have a name of their own, and no prefix. HTTP_CONTENT_TYPE is what somebody wrote Content_Type for.
_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")
# The target as received: of gunicorn and werkzeug, of uWSGI, mod_wsgi, waitress and werkzeug.
_RAW_TARGETS = ("RAW_URI", "REQUEST_URI")


class DoorwardMiddleware(Middleware[App]):
    """Decides each request before `app` sees it.

    `gate` is a Gate, which is started with the first request (and so in each worker of a server that forks),
    or an Authorizer that somebody else looks after. `trusted_hops`, `has_hosts` and `refuse` are those of
    `doorward.asgi.DoorwardMiddleware`.
    """

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._gate is not None:
            self._gate.start()
        for name in _UNPREFIXED:
            environ.pop("HTTP_" + name, None)
        environ["doorward"] = decision = self._decide(environ)
        log_reports(decision)
        if not decision.allowed:
            return _answer(environ, start_response, self._refuse(decision))
        served = path_to_serve(decision, _text(environ.get("SCRIPT_NAME", "")))
        if served is None:
            return _answer(environ, start_response, refuse_other_segments(decision))
        _apply(environ, decision, *served)
        return self._app(environ, start_response)

    def _decide(self, environ: Environ) -> Decision:
        request = self._request(environ)
        decision = self._authorizer.authorize(**request)
        if self._gate is not None and self._gate.keys.await_keys_for(decision.reason):
            decision = self._authorizer.authorize(**request)
        return decision

    def _request(self, environ: Environ) -> dict[str, Any]:
        raw = next((environ[name] for name in _RAW_TARGETS if environ.get(name)), None)
        path = _text(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
        forwarded_for = environ.get("HTTP_X_FORWARDED_FOR")
        return {
            "method": _octets(environ["REQUEST_METHOD"]),
            "target": request_target(raw, path or "/", _only_octets(environ.get("QUERY_STRING", ""))),
            "host": _octets(environ.get("HTTP_HOST", "")) if self._has_hosts else None,
            "headers": [(_octets(name), _octets(environ[key])) for key, name in self._fields(environ)],
            "source_ip": client_address(
                environ.get("REMOTE_ADDR"),
                () if forwarded_for is None else (_only_octets(forwarded_for),),
                self._trusted_hops,
            ),
        }


    def _fields(self, environ: Environ) -> list[tuple[str, str]]:
        fields = _fields(environ)
        return fields if self._has_hosts else [(key, name) for key, name in fields if name != "HOST"]


def _octets(text: str) -> bytes:
    """What a string of PEP 3333 stands for."""
    return text.encode("latin-1", "replace")


def _only_octets(text: str) -> str:
    """A string of PEP 3333, which a careless server may have made of other characters than octets."""
    return _octets(text).decode("latin-1")


def _text(octets: str) -> str:
    """A path of PEP 3333 as applications read it."""
    return _octets(octets).decode("utf-8", "replace")


def _native(text: str) -> str:
    """The reverse: text as a string of PEP 3333."""
    return text.encode("utf-8").decode("latin-1")


def _fields(environ: Environ) -> list[tuple[str, str]]:
    """Keys of the environment that stand for fields of the request, and the fields' names."""
    fields = [(key, key[5:].replace("_", "-")) for key in environ if key.startswith("HTTP_")]
    fields += [(key, key.replace("_", "-")) for key in _UNPREFIXED if environ.get(key)]
    return fields


def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in _UNPREFIXED else "HTTP_" + key


def _apply(environ: Environ, decision: Decision, canonical: str, path: str) -> None:
    """Makes of the environment what the application is to see."""
    for name in decision.remove_headers:
        environ.pop(_key(name), None)
    for name, value in decision.set_headers:
        environ[_key(name)] = value
    script_name = _text(environ.get("SCRIPT_NAME", ""))
    environ["PATH_INFO"] = _native(path[len(script_name) :])
    query = environ.get("QUERY_STRING")
    for raw in _RAW_TARGETS:
        if raw in environ:
            environ[raw] = f"{canonical}?{query}" if query else canonical


def _answer(environ: Environ, start_response: StartResponse, refusal: Refusal) -> Iterable[bytes]:
    start_response(f"{refusal.status} {http.HTTPStatus(refusal.status).phrase}", list(refusal.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [refusal.body]
