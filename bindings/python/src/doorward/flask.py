# SPDX-License-Identifier: Apache-2.0
"""What Flask's views see of the decision that the middleware left behind.

>>> @app.delete("/orders/<id>")                               # doctest: +SKIP
... @require_role("editor")
... def delete_order(id): ...

`require_role` stands below the route, since Flask serves what is below the route. A view that it stands above is
answered 500: as it is, everybody would be let in.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, request, request_started
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from doorward import Decision

__all__ = ["decision", "require_role"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

# What `require_role` was put around, which Flask must not serve without it.
_guarded_views: weakref.WeakSet[Callable[..., Any]] = weakref.WeakSet()


def decision() -> Decision:
    """Returns the decision by which the current request came here: `subject`, `roles`, `claims` and so on.

    Raises RuntimeError where no DoorwardMiddleware stands before the application.
    """
    found = request.environ.get("doorward")
    if not isinstance(found, Decision) or not found.allowed:
        raise RuntimeError("no DoorwardMiddleware stands before this application")
    return found


def require_role(*roles: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Lets a view be called by who holds one of `roles`, directly or by inheritance.

    Others get 403, and 401 without a token. A role that the policy does not declare is held by nobody. It
    belongs below the route; where it stands above, requests are answered 500 and a RuntimeError is logged.
    """
    if not roles:
        raise TypeError("which roles?")

    def decorate(view: Callable[_P, _R]) -> Callable[_P, _R]:
        _remember(view)

        @wraps(view)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            found = decision()
            if set(roles).isdisjoint(found.roles):
                if found.issuer is None:
                    raise Unauthorized("needs a token", www_authenticate=WWWAuthenticate("bearer"))
                abort(403, f"needs the role {' or '.join(roles)}")
            result: _R = current_app.ensure_sync(view)(*args, **kwargs)
            return result

        return guarded

    return decorate


def _remember(view: Callable[..., Any]) -> None:
    inner: Callable[..., Any] | None = view
    while inner is not None:
        _guarded_views.add(inner)
        inner = getattr(inner, "__wrapped__", None)


def _refuse_unguarded(app: Flask, **_: object) -> None:
    """Raises where the view of the current request is one that `require_role` was meant to guard."""
    if app.view_functions.get(request.endpoint or "") in _guarded_views:
        raise RuntimeError(f"`require_role` guards nothing of `{request.endpoint}`: put it below the route")


request_started.connect(_refuse_unguarded)
