# SPDX-License-Identifier: Apache-2.0
"""What reaches a WSGI application is what was decided; the rest is answered before it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.simple_server import WSGIRequestHandler, make_server

import flask
import pytest
from identity import SigningKey, key_set, provider
from orders import ISSUER, POLICY, authorizer
from werkzeug.serving import make_server as make_werkzeug_server

from doorward import Authorizer
from doorward.flask import decision as flask_decision
from doorward.flask import require_role
from doorward.gate import Gate
from doorward.wsgi import DoorwardMiddleware, Environ, StartResponse


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "k")


class Exchange:
    """One call of the middleware, and what came of it."""

    def __init__(self, gate: Authorizer | Gate, environ: Environ, **options: Any) -> None:
        self.seen: Environ | None = None

        def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            self.seen = environ
            start_response("204 No Content", [])
            return []

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            self.status, self.headers = int(status.partition(" ")[0]), dict(headers)

        self.body = b"".join(DoorwardMiddleware(application, gate, **options)(environ, start_response))

    @property
    def error(self) -> str:
        return str(json.loads(self.body)["error"])

    def path(self) -> tuple[str, str]:
        assert self.seen is not None
        return self.seen["SCRIPT_NAME"], self.seen["PATH_INFO"]


def environ(target: str, /, **changes: Any) -> Environ:
    """What gunicorn makes of a request."""
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": target,
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "api.example.com",
        **changes,
    }


def bearer(key: SigningKey, **claims: Any) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": key.bearer(ISSUER, **claims)["Authorization"]}


def test_the_verified_caller_reaches_the_application(key: SigningKey) -> None:
    made = Exchange(authorizer(key), environ("/orders/7?x=1", **bearer(key, roles=["editor"])))
    assert made.status == 204
    assert made.seen is not None
    decision = made.seen["doorward"]
    assert (decision.subject, decision.roles, decision.rule) == ("ann", ("viewer", "editor"), "read")
    assert (made.seen["HTTP_X_USER_ID"], made.seen["HTTP_X_USER_ROLES"]) == ("ann", "viewer,editor")
    assert made.seen["RAW_URI"] == "/orders/7?x=1"


@pytest.mark.parametrize("name", ["HTTP_X_USER_ID", "HTTP_X.USER_ID", "HTTP_X_USER.ID", "HTTP_X_HTTP_METHOD_OVERRIDE"])
def test_whatever_was_folded_into_a_name_makes_way(key: SigningKey, name: str) -> None:
    made = Exchange(authorizer(key), environ("/public", **{name: "root", "HTTP_X_USER": "kept"}))
    assert made.seen is not None
    assert name not in made.seen
    assert made.seen["HTTP_X_USER"] == "kept"
    assert made.seen["doorward"].subject is None


def test_fields_that_look_like_others_are_dropped(key: SigningKey) -> None:
    policy = POLICY + "  strip: [X-Internal-*]\n"
    policy = policy.replace("[GET /near]", "[POST /near]")
    policy = policy.replace('source.ip == ip("192.0.2.7")', 'request.headers["content-type"] == "text/plain"')
    sent = {"CONTENT_TYPE": "text/plain", "HTTP_CONTENT_TYPE": "text/html", "HTTP_CONTENT_LENGTH": "7"}
    made = Exchange(authorizer(key, policy), environ("/near", REQUEST_METHOD="POST", HTTP_X_INTERNAL_A="x", **sent))
    assert made.status == 204
    assert made.seen is not None
    assert made.seen["CONTENT_TYPE"] == "text/plain"
    assert {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_X_INTERNAL_A"}.isdisjoint(made.seen)


@pytest.mark.parametrize(
    ("name", "request_", "status", "error", "challenge"),
    [
        ("no token", environ("/orders"), 401, "no_token", "Bearer"),
        ("denied", environ("/public/admin"), 403, "denied_by_rule", None),
        ("dots", environ("/public/%2e%2e/admin"), 400, "bad_segment", None),
        ("encoded slash", environ("/public%2Fadmin"), 400, "bad_path", None),
        ("no host", {k: v for k, v in environ("/public").items() if k != "HTTP_HOST"}, 400, "bad_host", None),
        ("joined hosts", environ("/public", HTTP_HOST="a.example.com,b.example.com"), 400, "bad_host", None),
        ("joined tokens", environ("/orders", HTTP_AUTHORIZATION="Bearer a,Bearer b"), 401, "token_malformed", None),
        ("a line break", environ("/public", HTTP_X="a\r\nb"), 400, "bad_header", None),
        ("no name", environ("/public", **{"HTTP_X Y": "a"}), 400, "bad_header", None),
    ],
)
def test_a_refusal_says_why(
    key: SigningKey, name: str, request_: Environ, status: int, error: str, challenge: str | None
) -> None:
    made = Exchange(authorizer(key), dict(request_))
    assert made.seen is None
    assert (made.status, made.error) == (status, error)
    if challenge is not None:
        assert made.headers["WWW-Authenticate"] == challenge
    assert made.headers["Content-Type"] == "application/problem+json"
    assert int(made.headers["Content-Length"]) == len(made.body)


def test_head_gets_no_body(key: SigningKey) -> None:
    made = Exchange(authorizer(key), environ("/orders", REQUEST_METHOD="HEAD"))
    assert (made.status, made.body) == (401, b"")


@pytest.mark.parametrize(
    ("name", "request_", "script_name", "path_info"),
    [
        ("plain", environ("/public/a"), "", "/public/a"),
        ("decoded", environ("/%70ublic/a"), "", "/public/a"),
        ("letters", environ("/public/caf%c3%a9"), "", "/public/caf\xc3\xa9"),
        ("absolute", environ("http://api.example.com/public", PATH_INFO="/public"), "", "/public"),
        ("uWSGI's name", environ("/public/a b", RAW_URI=None, REQUEST_URI="/public/a%20b"), "", "/public/a b"),
        ("not told", environ("/public/a b", RAW_URI=None), "", "/public/a b"),
        ("merged by the server", environ("//public//a", PATH_INFO="/public/a"), "", "/public/a"),
        ("mounted", environ("/public/a", SCRIPT_NAME="/public", PATH_INFO="/a"), "/public", "/a"),
        ("mounted, its root", environ("/public", SCRIPT_NAME="/public", PATH_INFO=""), "/public", ""),
        ("mounted, stripped before", environ("/a", SCRIPT_NAME="/public", PATH_INFO="/a"), "/public", "/a"),
    ],
)
def test_the_application_sees_the_path_that_was_decided(
    key: SigningKey, name: str, request_: Environ, script_name: str, path_info: str
) -> None:
    made = Exchange(authorizer(key), dict(request_))
    assert made.status == 204
    assert made.path() == (script_name, path_info)


@pytest.mark.parametrize(
    ("name", "request_", "status"),
    [
        ("rewritten outside", environ("/public/a", PATH_INFO="/public/admin"), 403),
        ("rewritten outside, the other way", environ("/public/admin", PATH_INFO="/public/a"), 204),
        ("absolute, of another host", environ("http://other.example.com/public", PATH_INFO="/public"), 400),
        ("mounted elsewhere", environ("/admin/x", SCRIPT_NAME="/public"), 403),
        ("not told, with a percent sign left", environ("/", RAW_URI=None, PATH_INFO="/public/%61dmin"), 400),
        ("no UTF-8", environ("/", RAW_URI=None, PATH_INFO="/public/\xff"), 400),
        ("empty", environ("", RAW_URI=None, PATH_INFO=""), 401),
    ],
)
def test_what_is_decided_is_what_is_served(key: SigningKey, name: str, request_: Environ, status: int) -> None:
    assert Exchange(authorizer(key), dict(request_)).status == status


def test_paths_that_the_policy_folds_are_served_so(key: SigningKey) -> None:
    gate = authorizer(key, POLICY + "request: {backend: windows}\n")
    made = Exchange(gate, environ("/Public/A", SCRIPT_NAME="/Public", PATH_INFO="/A"))
    assert made.path() == ("/Public", "/a")
    assert made.seen is not None
    assert made.seen["RAW_URI"] == "/public/a"


@pytest.mark.parametrize(
    ("name", "changes", "hops", "status"),
    [
        ("peer", {"REMOTE_ADDR": "192.0.2.7"}, 0, 204),
        ("nobody is trusted", {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 0, 401),
        ("one hop", {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 192.0.2.7"}, 1, 204),
        ("forged before it", {"HTTP_X_FORWARDED_FOR": "192.0.2.7, 1.1.1.1"}, 1, 401),
        ("fewer than trusted", {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 2, 401),
        ("none", {"REMOTE_ADDR": "192.0.2.7"}, 1, 401),
        ("a Unix socket", {"REMOTE_ADDR": ""}, 0, 401),
        ("werkzeug's word for one", {"REMOTE_ADDR": "<local>"}, 0, 401),
    ],
)
def test_the_address_is_the_one_that_can_be_trusted(
    key: SigningKey, name: str, changes: Environ, hops: int, status: int
) -> None:
    assert Exchange(authorizer(key), environ("/near", **changes), trusted_hops=hops).status == status


def test_a_gate_starts_with_the_first_request(key: SigningKey, tmp_path: Path) -> None:
    with provider() as idp:
        idp.key_set = key_set(key)
        path = tmp_path / "policy.yaml"
        path.write_text(POLICY.replace(ISSUER, idp.issuer))
        gate = Gate(path)
        token = key.bearer(idp.issuer, roles=["viewer"])["Authorization"]
        assert Exchange(gate, environ("/orders", HTTP_AUTHORIZATION=token)).status == 204
        gate.close()


def flask_application(gate: Authorizer) -> flask.Flask:
    app = flask.Flask(__name__)

    @app.get("/orders")
    def orders() -> dict[str, Any]:
        return {"subject": flask_decision().subject, "told": flask.request.headers.get("X-User-ID")}

    @app.get("/orders/edit")
    @require_role("editor")
    def edit() -> str:
        return "edited"

    @app.get("/public/edit")
    @require_role("editor", "admin")
    def public_edit() -> str:
        return "edited"

    @app.get("/public/<path:path>")
    def public(path: str) -> dict[str, Any]:
        return {"path": path, "told": flask.request.headers.get("X-User-ID")}

    app.wsgi_app = DoorwardMiddleware(app.wsgi_app, gate)  # type: ignore[method-assign]
    return app


@pytest.mark.parametrize("name", ["QUERY_STRING", "HTTP_ACCEPT", "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "REQUEST_METHOD", "RAW_URI"])
def test_whatever_a_careless_server_hands_over_is_answered(key: SigningKey, name: str) -> None:
    for text in ("\ud800", "\u20ac", "\xff"):
        status = Exchange(authorizer(key), environ("/public/a", **{name: text}), trusted_hops=1).status
        assert status == 400 if name in ("HTTP_HOST", "HTTP_X_FORWARDED_FOR", "REQUEST_METHOD") else status in (204, 400)


def test_the_host_may_be_left_out(key: SigningKey) -> None:
    assert Exchange(authorizer(key), environ("/hosted")).status == 204
    assert Exchange(authorizer(key), environ("/hosted"), has_hosts=False).status == 401
    made = Exchange(authorizer(key), environ("/public", HTTP_HOST="a b"), has_hosts=False)
    assert made.status == 204 and made.seen is not None and made.seen["HTTP_HOST"] == "a b"


def test_flask_knows_the_caller(key: SigningKey) -> None:
    client = flask_application(authorizer(key)).test_client()
    assert client.get("/orders", headers=key.bearer(ISSUER, roles=["viewer"])).json == {"subject": "ann", "told": "ann"}
    refused = client.get("/orders")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_flask_asks_for_a_role(key: SigningKey) -> None:
    client = flask_application(authorizer(key)).test_client()
    assert client.get("/orders/edit", headers=key.bearer(ISSUER, roles=["editor"])).text == "edited"
    assert client.get("/orders/edit", headers=key.bearer(ISSUER, roles=["viewer"])).status_code == 403
    anonymous = client.get("/public/edit")
    assert (anonymous.status_code, anonymous.headers["WWW-Authenticate"].strip().lower()) == (401, "bearer")


def test_flask_serves_no_view_that_a_role_was_meant_to_guard(key: SigningKey) -> None:
    app, pages = flask.Flask(__name__), flask.Blueprint("pages", __name__)

    @require_role("viewer")
    @app.get("/public/above")
    def above() -> str:
        return "let in"

    @require_role("viewer")
    @pages.get("/public/page")
    def page() -> str:
        return "let in"

    def logged(view: Callable[[], str]) -> Callable[[], str]:
        return wraps(view)(lambda: view())

    @require_role("viewer")
    @logged
    @app.get("/public/wrapped")
    def wrapped() -> str:
        return "let in"

    @require_role("viewer")
    @app.get("/public/between")
    @require_role("editor")
    def between() -> str:
        return "let in"

    @app.get("/public/below")
    @logged
    @require_role("viewer")
    @logged
    @require_role("editor")
    def below() -> str:
        return "let in"

    app.register_blueprint(pages)
    app.wsgi_app = DoorwardMiddleware(app.wsgi_app, authorizer(key))  # type: ignore[method-assign]
    headers = key.bearer(ISSUER, roles=["editor"])
    for path in ("above", "page", "wrapped", "between"):
        assert app.test_client().get(f"/public/{path}", headers=headers).status_code == 500
    assert app.test_client().get("/public/below", headers=headers).text == "let in"
    assert app.test_client().get("/public/nothing").status_code == 404
    app.testing = True
    with pytest.raises(RuntimeError, match="guards nothing of `above`: put it below the route"):
        app.test_client().get("/public/above", headers=headers)


def test_flask_without_the_middleware_serves_nothing_that_asks_for_a_role(key: SigningKey) -> None:
    app = flask.Flask(__name__)
    app.testing = True

    @app.get("/")
    @require_role("editor")
    def edit() -> str:
        return "edited"

    refused = authorizer(key).authorize(method="GET", target="/orders")
    for left_behind in ("editor", refused):
        with pytest.raises(RuntimeError, match="no DoorwardMiddleware"):
            app.test_client().get("/", environ_overrides={"doorward": left_behind})
    with pytest.raises(TypeError):
        require_role()


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Any, server_name: str) -> Iterator[int]:
    """Runs `app` on a real server, on a port that the system chooses."""
    if server_name == "wsgiref":
        server: Any = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    else:
        server = make_werkzeug_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("server_name", ["wsgiref", "werkzeug"])
@pytest.mark.parametrize(
    ("target", "status", "path"),
    [
        ("/public/a%20b", 200, "a b"),
        ("/%70ublic/a", 200, "a"),
        ("/public/caf%C3%A9?x=%2F", 200, "café"),
        ("/public/admin", 403, None),
        ("/public/%61dmin", 403, None),
        ("/public/x/../admin", 400, None),
        ("/public/x/%2e%2e/admin", 400, None),
        ("/public/%2561dmin", 400, None),
        ("//public/admin", 403, None),  # both servers make one slash of it
        ("/public//admin", 400, None),
        ("/public/admin;x", 400, None),
        ("/public/%ff", 400, None),
        ("/public/%00", 400, None),
    ],
)
def test_a_path_on_the_wire(key: SigningKey, server_name: str, target: str, status: int, path: str | None) -> None:
    with served(flask_application(authorizer(key)), server_name) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.putrequest("GET", target)
        for name in ("X-User-ID", "X_User_ID", "x-user_id", "X.User.ID"):
            connection.putheader(name, "root")
        connection.endheaders()
        response = connection.getresponse()
        body = json.loads(response.read())
        connection.close()
    assert response.status == status
    if path is not None:
        assert body == {"path": path, "told": None}
