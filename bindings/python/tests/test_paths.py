# SPDX-License-Identifier: Apache-2.0
"""Whatever a client, a server or a layer outside makes of a path: an application serves none but what was allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorward import Authorizer, Policy
from doorward.asgi import DoorwardMiddleware as AsgiMiddleware
from doorward.asgi import Message, Receive, Scope, Send
from doorward.wsgi import DoorwardMiddleware as WsgiMiddleware

_POLICIES = [
    Policy.loads(
        "doorward: 1\nrules:\n"
        "  - {id: all, allow: [everyone], endpoints: [/**]}\n"
        "  - {id: admin, deny: [everyone], endpoints: [/admin/**, /app/admin/**]}\n" + request
    )
    for request in ("", "request: {encoded_slash: keep, empty_segments: merge, semicolon: literal, backend: windows}\n")
]
_PIECES = ["/", "//", "admin", "%61dmin", "ADMIN", "app", "/app", "a", ".", "..", "%2e", "%2F", "%2f", "%5c", "\\", "%"]
_PIECES += ["%25", "%252f", ";", ";x=1", "%3b", "%00", " ", "%20", "é", "%c3%a9", "%ff", "#", "http://h", "*", "~1"]
_texts = st.lists(st.sampled_from(_PIECES), max_size=5).map("".join)
_raws = st.one_of(st.none(), _texts, _texts.map(lambda text: "/a/" + text))
_roots = st.sampled_from(["", "/app", "/App", "/app/admin"])
_policies = st.sampled_from(_POLICIES)


def check(policy: Policy, served: str, root: str) -> None:
    """Checks a path that an application was given: root included, decoded, and as frameworks route it."""
    assert served.startswith(root)
    segments = served.split("/")
    assert ".." not in segments and "." not in segments and "" not in segments[1:-1]
    assert policy.decide(policy.anonymous_caller(), method="GET", target=quote(served, safe="/!$&'()*+,=:@;")).allowed


@settings(max_examples=200, deadline=None)
@given(policy=_policies, raw=_raws, path=_raws, root=_roots)
@example(policy=_POLICIES[0], raw="/admin", path=None, root="/app")
@example(policy=_POLICIES[0], raw="/app/admin", path=None, root="/app")
@example(policy=_POLICIES[0], raw="/a", path="/admin", root="")
@example(policy=_POLICIES[1], raw="/a%2fadmin", path=None, root="")
@example(policy=_POLICIES[1], raw="/APP//admin", path=None, root="/app")
def test_an_asgi_application_serves_what_was_allowed(
    policy: Policy, raw: str | None, path: str | None, root: str
) -> None:
    seen: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def ignore(message: Message) -> None:
        pass

    async def nothing() -> Message:
        raise AssertionError

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": unquote(raw or "/") if path is None else path,
        "raw_path": None if raw is None else raw.encode(),
        "query_string": b"",
        "root_path": root,
        "headers": [(b"host", b"h")],
    }
    asyncio.run(AsgiMiddleware(application, Authorizer(policy))(scope, nothing, ignore))
    for given_ in seen:
        check(policy, given_["path"], root)
        assert unquote(given_["raw_path"].decode()).lower() == given_["path"].lower()


@settings(max_examples=200, deadline=None)
@given(policy=_policies, raw=_raws, path=_raws, root=_roots)
@example(policy=_POLICIES[0], raw="/admin", path="/admin", root="/app")
@example(policy=_POLICIES[1], raw="/app//admin", path="//admin", root="/app")
def test_a_wsgi_application_serves_what_was_allowed(
    policy: Policy, raw: str | None, path: str | None, root: str
) -> None:
    seen: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        return []

    path_info = unquote_to_bytes(raw or "/") if path is None else path.encode()
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": root,
        "PATH_INFO": path_info.decode("latin-1"),
        "HTTP_HOST": "h",
        **({} if raw is None else {"RAW_URI": raw.encode().decode("latin-1")}),
    }
    WsgiMiddleware(application, Authorizer(policy))(environ, lambda status, headers: None)
    for given_ in seen:
        served = (given_["SCRIPT_NAME"] + given_["PATH_INFO"]).encode("latin-1").decode()
        assert given_["SCRIPT_NAME"] == root
        check(policy, served or "/", root)
