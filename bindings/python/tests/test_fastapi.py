# SPDX-License-Identifier: Apache-2.0
"""FastAPI and Starlette behind the middleware, on a real server."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import Depends, FastAPI, Header, Request, WebSocket
from identity import SigningKey
from orders import ISSUER, authorizer
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from doorward.asgi import DoorwardMiddleware
from doorward.fastapi import Caller, decision, require_role


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "k")


def orders_application(**options: Any) -> FastAPI:
    app = FastAPI(**options)

    @app.get("/orders")
    def orders(caller: Caller, x_user_id: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        return {"subject": caller.subject, "told": x_user_id}

    @app.get("/orders/edit", dependencies=[Depends(require_role("editor"))])
    async def edit() -> str:
        return "edited"

    @app.get("/public/edit", dependencies=[Depends(require_role("editor", "admin"))])
    async def public_edit() -> str:
        return "edited"

    @app.get("/public/{path:path}")
    async def public(request: Request, path: str, x_user_id: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        return {"path": path, "told": x_user_id, "subject": request.state.doorward.subject}

    @app.websocket("/orders/events")
    async def events(websocket: WebSocket, caller: Caller) -> None:
        await websocket.accept()
        await websocket.send_text(caller.subject or "")
        await websocket.close()

    @app.websocket("/orders/edits")
    async def edits(websocket: WebSocket, caller: Annotated[Any, Depends(require_role("editor"))]) -> None:
        await websocket.accept()
        await websocket.send_text(" ".join(caller.roles))
        await websocket.close()

    return app


@contextmanager
def served(app: Any, **options: Any) -> Iterator[int]:
    """Runs `app` on uvicorn, on a port that the system chooses."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port(key: SigningKey) -> Iterator[int]:
    app = orders_application()
    app.add_middleware(DoorwardMiddleware, gate=authorizer(key), has_hosts=False)
    with served(app) as number:
        yield number


def get(
    port: int, target: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, target, skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{port}")
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, json.loads(body) if body else None, dict(response.headers)


def test_a_handler_knows_the_caller(port: int, key: SigningKey) -> None:
    forged = {"X-User-ID": "root", "x_user_id": "root"}
    status, body, _ = get(port, "/orders", {**key.bearer(ISSUER, roles=["viewer"]), **forged})
    assert (status, body) == (200, {"subject": "ann", "told": "ann"})


def test_a_refusal_comes_as_a_problem(port: int) -> None:
    status, body, headers = get(port, "/orders")
    assert (status, body["error"]) == (401, "no_token")
    assert (headers["www-authenticate"], headers["content-type"]) == ("Bearer", "application/problem+json")
    assert get(port, "/orders", method="HEAD")[:2] == (401, None)


def test_a_role_is_asked_for(port: int, key: SigningKey) -> None:
    assert get(port, "/orders/edit", key.bearer(ISSUER, roles=["editor"]))[:2] == (200, "edited")
    status, body, _ = get(port, "/orders/edit", key.bearer(ISSUER, roles=["viewer"]))
    assert (status, body) == (403, {"detail": "needs the role editor"})
    status, body, headers = get(port, "/public/edit")
    assert (status, body, headers["www-authenticate"]) == (401, {"detail": "needs a token"}, "Bearer")
    assert get(port, "/public/edit", key.bearer(ISSUER, roles=["viewer"]))[0] == 403
    with pytest.raises(TypeError):
        require_role()


def test_without_the_middleware_nobody_is_known(key: SigningKey) -> None:
    with served(orders_application()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/orders", headers={"doorward": "x"})
        assert connection.getresponse().status == 500
        connection.close()
    refused = authorizer(key).authorize(method="GET", target="/orders")
    with pytest.raises(RuntimeError, match="no DoorwardMiddleware"):
        decision(HTTPConnection({"type": "http", "state": {"doorward": refused}}))


@pytest.mark.parametrize(
    ("target", "status", "path"),
    [
        ("/public/a%20b", 200, "a b"),
        ("/%70ublic/a", 200, "a"),
        ("/public/caf%C3%A9?x=%2F", 200, "café"),
        ("/public/admin", 403, None),
        ("/public/%61dmin", 403, None),
        ("/public/admin/", 403, None),
        ("/public%2Fadmin", 400, None),
        ("/public/x/../admin", 400, None),
        ("/public/x/%2e%2e/admin", 400, None),
        ("/public/%2561dmin", 400, None),
        ("//public/admin", 400, None),
        ("/public//admin", 400, None),
        ("/public/admin;x", 400, None),
        ("/public/%ff", 400, None),
        ("/public/%00", 400, None),
    ],
)
def test_a_path_on_the_wire(port: int, target: str, status: int, path: str | None) -> None:
    got, body, _ = get(port, target, {"X-User-ID": "root"})
    assert got == status
    if path is not None:
        assert body == {"path": path, "told": None, "subject": None}


@pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated")
@pytest.mark.parametrize(
    ("name", "app_options", "server_options"),
    [("told by the server", {}, {"root_path": "/public"}), ("told by FastAPI", {"root_path": "/public"}, {})],
)
@pytest.mark.parametrize(
    ("target", "status"),
    # /edit is /public/edit for the policy and for the client; a handler of the name /public/{path} is another.
    [("/public/a", 200), ("/admin", 403), ("/public/admin", 403), ("/public/public/admin", 200)],
)
def test_a_root_path_opens_no_second_way(
    key: SigningKey, name: str, app_options: Any, server_options: Any, target: str, status: int
) -> None:
    app = FastAPI(**app_options)

    @app.get("/{path:path}")
    async def everything(request: Request, path: str) -> dict[str, str]:
        return {"path": path, "decided": request.state.doorward.path}

    app.add_middleware(DoorwardMiddleware, gate=authorizer(key), has_hosts=False)
    with served(app, **server_options) as port:
        got, body, _ = get(port, target)
    if name == "told by the server" and target == "/public/admin":
        status = 200  # the server puts its root before it: /public/public/admin
    assert got == status
    if status == 200:
        assert body["decided"] == "/public/" + body["path"]


def test_a_mounted_application_is_decided_by_its_whole_path(key: SigningKey) -> None:
    def inner(request: Request) -> JSONResponse:
        return JSONResponse({"path": request.url.path, "root": request.scope["root_path"]})

    mounted = DoorwardMiddleware(Starlette(routes=[Route("/{name}", inner)]), authorizer(key), has_hosts=False)
    with served(Starlette(routes=[Mount("/public", mounted), Mount("/other", mounted)])) as port:
        assert get(port, "/public/a")[:2] == (200, {"path": "/public/a", "root": "/public"})
        assert get(port, "/public/admin")[0] == 403
        assert get(port, "/other/a")[0] == 401


def test_an_absolute_target_is_served_by_its_path(key: SigningKey) -> None:
    app = orders_application()
    app.add_middleware(DoorwardMiddleware, gate=authorizer(key))
    with served(app) as port:
        assert get(port, f"http://127.0.0.1:{port}/public/a")[:2] == (200, {"path": "a", "told": None, "subject": None})
        assert get(port, f"http://127.0.0.1:{port}/public/admin")[0] == 403
        assert get(port, "http://other.example.com/public/a")[0] == 400


def test_a_websocket_is_served_or_refused(port: int, key: SigningKey) -> None:
    def ask(path: str, headers: dict[str, str]) -> str:
        with connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers) as socket:
            return str(socket.recv())

    assert ask("/orders/events", key.bearer(ISSUER, roles=["viewer"])) == "ann"
    assert ask("/orders/edits", key.bearer(ISSUER, roles=["editor"])) == "viewer editor"
    for path, headers, status in [
        ("/orders/events", {}, 401),
        ("/public/admin", {}, 403),
        ("/orders/edits", key.bearer(ISSUER, roles=["viewer"]), 403),
    ]:
        with pytest.raises(InvalidStatus) as refused:
            ask(path, headers)
        assert refused.value.response.status_code == status
