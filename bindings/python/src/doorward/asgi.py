# SPDX-License-Identifier: Apache-2.0
"""Middleware for ASGI applications: FastAPI, Starlette, and whatever speaks ASGI 3.

>>> app.add_middleware(DoorwardMiddleware, gate=Gate("policy.yaml"))          # doctest: +SKIP

A request that may pass reaches the application with the decision in `request.state.doorward`
(`scope["state"]["doorward"]`), with the canonical path, without the headers that the policy removes and with
those that it sets. One that may not is answered here. WebSockets are decided by their handshake.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from doorward import Decision
from doorward._middleware import (
    Middleware,
    Refusal,
    client_address,
    log_reports,
    path_to_serve,
    quoted,
    refuse_other_segments,
    request_target,
)

__all__ = ["DoorwardMiddleware", "Refusal"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1; before the handshake is accepted, servers answer 403


class DoorwardMiddleware(Middleware[App]):
    """Decides each request before `app` sees it.

    `gate` is a Gate, which is started with the application and closed with it, or an Authorizer that somebody
    else looks after. `trusted_hops` is how many proxies in front have appended to X-Forwarded-For: the client's
    address is that many places from its right end, and not known where there are fewer; 0 takes the address that
    the server gives.
    `has_hosts=False` leaves the host out of what is decided, for services that are called without one, or by
    addresses that mean nothing: rules that name a host then match nothing, those that deny included. `refuse` makes other answers than the usual ones.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await self._app(scope, self._with_gate(receive), send)
        elif kind in ("http", "websocket"):
            await self._serve(scope, receive, send)
        else:
            raise RuntimeError(f"no request of type {kind!r} can be decided")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._gate is not None:
            self._gate.start()
        state = scope.setdefault("state", {})  # shared with what stands outside, so that access logs know too
        scope = _with_whole_path(scope)
        state["doorward"] = decision = await self._decide(scope)
        log_reports(decision)
        if not decision.allowed:
            await _answer(scope, receive, send, self._refuse(decision))
        elif (served := path_to_serve(decision, scope.get("root_path") or "")) is None:
            await _answer(scope, receive, send, refuse_other_segments(decision))
        else:
            await self._app(_child_scope(scope, decision, *served), receive, send)

    async def _decide(self, scope: Scope) -> Decision:
        request = self._request(scope)
        decision = self._authorizer.authorize(**request)
        if self._gate is not None and await self._gate.keys.await_keys_for_async(decision.reason):
            decision = self._authorizer.authorize(**request)
        return decision

    def _request(self, scope: Scope) -> dict[str, Any]:
        headers = list(scope["headers"])
        if not self._has_hosts:
            headers = [field for field in headers if field[0].lower() != b"host"]
        raw = scope.get("raw_path")
        client = scope.get("client")
        hops = self._trusted_hops
        forwarded_for = _values(headers, b"x-forwarded-for") if hops else []
        return {
            "method": scope.get("method", "GET"),
            "target": request_target(
                None if raw is None else raw.decode("latin-1"), scope["path"], scope.get("query_string", b"").decode("latin-1")
            ),
            "host": next(iter(_values(headers, b"host")), "") if self._has_hosts else None,
            "headers": headers,
            "source_ip": client_address(client[0] if client else None, forwarded_for, hops),
        }

    def _with_gate(self, receive: Receive) -> Receive:
        """Starts the gate before the application starts, and closes it before that shuts down."""
        gate = self._gate
        if gate is None:
            return receive

        async def receive_after_gate() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                gate.start()
                await gate.keys.wait_async(gate.start_patience)
            elif message["type"] == "lifespan.shutdown":
                gate.close()
            return message

        return receive_after_gate


def _with_whole_path(scope: Scope) -> Scope:
    """Gives the path the `root_path` that it should begin with, where the server or FastAPI left it out.

    Frameworks cut `root_path` off where a path begins with it, and else look at all of it: two paths would lead
    to one handler, and a rule on one of them could be passed by with the other.
    """
    scope = _without_slash_after_root(scope)
    root, path = scope.get("root_path") or "", scope["path"]
    if not root or path == root or path.startswith(root + "/"):
        return scope
    raw = scope.get("raw_path")
    return {**scope, "path": root + path, "raw_path": None if raw is None else quoted(root).encode("ascii") + raw}


def _without_slash_after_root(scope: Scope) -> Scope:
    """Cuts the slash that `root_path` ends in, and from the path where a server has put that before it."""
    given, path, raw = scope.get("root_path") or "", scope["path"], scope.get("raw_path")
    root = given.rstrip("/")
    if root == given:
        return scope
    if path.startswith(given + "/"):
        path = root + path[len(given) :]
    prefix = quoted(given).encode("ascii")
    if raw is not None and raw.startswith(prefix + b"/"):
        raw = prefix.rstrip(b"/") + raw[len(prefix) :]
    return {**scope, "root_path": root, "path": path, "raw_path": raw}


def _values(headers: list[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _child_scope(scope: Scope, decision: Decision, canonical: str, path: str) -> Scope:
    """What the application sees: the scope, but for what the decision changes."""
    added = [(name.lower().encode(), value.encode()) for name, value in decision.set_headers]
    replaced = {name.lower().encode() for name in decision.remove_headers}
    replaced.update(name for name, _ in added)
    headers = [field for field in scope["headers"] if field[0].lower() not in replaced] + added
    return {**scope, "headers": headers, "path": path, "raw_path": canonical.encode("ascii")}


async def _answer(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    prefix = "http.response"
    if scope["type"] == "websocket":
        await receive()  # the handshake
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
            return
        prefix = "websocket.http.response"
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in refusal.headers]
    body = b"" if scope.get("method") == "HEAD" else refusal.body
    await send({"type": f"{prefix}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body})
