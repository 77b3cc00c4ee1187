# SPDX-License-Identifier: Apache-2.0
"""What Flask's views see of the decision that the middleware left behind.

>>> @app.delete("/orders/<id>")                               # doctest: +SKIP
... @require_role("editor")
... def delete_order(id): ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from doorward import Decision

__all__ = ["decision", "require_role"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


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

    Others get 403, and 401 without a token. A role that the policy does not declare is held by nobody.
    """
    if not roles:
        raise TypeError("which roles?")

    def decorate(view: Callable[_P, _R]) -> Callable[_P, _R]:
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
