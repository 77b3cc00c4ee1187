# SPDX-License-Identifier: Apache-2.0
"""FastAPI dependencies that look at the decision which the middleware left behind.

>>> @app.delete("/orders/{id}", dependencies=[Depends(require_role("editor"))])   # doctest: +SKIP
... def delete_order(id: int, caller: Caller): ...

Rules belong into the policy, where they are seen, tested and logged together. `require_role` is for the handler
that serves several endpoints, and for those who want it said a second time beside the code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import Depends, HTTPException
from fastapi.requests import HTTPConnection
from starlette.exceptions import WebSocketException

from doorward import Decision

__all__ = ["Caller", "decision", "require_role"]

_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1


def decision(connection: HTTPConnection) -> Decision:
    """Returns the decision by which the request came here: `subject`, `roles`, `claims` and so on.

    Raises RuntimeError where no DoorwardMiddleware stands before the application.
    """
    found = connection.scope.get("state", {}).get("doorward")
    if not isinstance(found, Decision) or not found.allowed:
        raise RuntimeError("no DoorwardMiddleware stands before this application")
    return found


async def _decision(connection: HTTPConnection) -> Decision:
    return decision(connection)  # not by FastAPI's threads, which a plain function would be sent to


Caller: TypeAlias = Annotated[Decision, Depends(_decision)]
"""The decision, as the type of a parameter: `def orders(caller: Caller) -> ...`."""


def require_role(*roles: str) -> Callable[[HTTPConnection], Awaitable[Decision]]:
    """Makes a dependency that lets pass who holds one of `roles`, directly or by inheritance.

    Others get 403, and 401 without a token. A role that the policy does not declare is held by nobody.
    """
    if not roles:
        raise TypeError("which roles?")

    async def required(connection: HTTPConnection) -> Decision:
        found = decision(connection)
        if not set(roles).isdisjoint(found.roles):
            return found
        named = " or ".join(roles)
        if connection.scope["type"] == "websocket":
            raise WebSocketException(_POLICY_VIOLATION, f"needs the role {named}")
        if found.issuer is None:
            raise HTTPException(401, "needs a token", {"WWW-Authenticate": "Bearer"})
        raise HTTPException(403, f"needs the role {named}")

    return required
