# SPDX-License-Identifier: Apache-2.0
"""Many clients at once, each with its own identity and its own rights; and many one after the other, who leave nothing behind."""

import concurrent.futures
import random
import socket
import struct

import harness
from client import Connection, chunk, request
from harness import FULL, ISSUER, Proxy, ProxyTest, eventually

CLIENTS = 200 if FULL else 60
REQUESTS = 20 if FULL else 10
OPENED = 10_000 if FULL else 1_500
ROLES = [(), ("viewer",), ("editor",)]

# method, target, who may: by role; None is a client without a token
MIX = [
    ("GET", "/public/x", {None, *ROLES}),
    ("GET", "/orders/1", {("viewer",), ("editor",)}),
    ("POST", "/orders/1", {("viewer",), ("editor",)}),
    ("PUT", "/orders/1", {("editor",)}),
    ("DELETE", "/orders/1", {("editor",)}),
    ("GET", "/orders/closed/1", set()),
    ("GET", "/nothing", set()),
]


class ManyClients(ProxyTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tls = Proxy(cls.site, cls.upstream, listeners=("tls",))

    @classmethod
    def tearDownClass(cls):
        cls.tls.stop()
        super().tearDownClass()

    def client(self, number, proxy, context):
        """Sends a mix of requests on one connection, and compares each answer with what this client may. Returns what was wrong."""
        dice = random.Random(number)
        role = dice.choice([None, *ROLES])
        token = None if role is None else self.tokens[number % 20, role]
        subject = f"subject-{number % 20}-{'-'.join(role or ())}"
        wrong = []
        with Connection(proxy.port, context) as connection:
            for turn in range(REQUESTS):
                method, path, allowed = dice.choice(MIX)
                target = f"{path}?client={number}&turn={turn}"
                body = dice.randbytes(dice.choice([0, 10, 5000, 100_000])) if method in ("POST", "PUT") else None
                headers = [("X-User-ID", f"forged-{number}")]
                if body is not None and dice.random() < 0.5:
                    octets = request(method, target, [*headers, ("Transfer-Encoding", "chunked")], token=token)
                    connection.send(octets + (chunk(body) if body else b"") + b"0\r\n\r\n")
                else:
                    connection.send(request(method, target, headers, body, token=token))
                answer = connection.answer(method)
                status = 200 if role in allowed else 401 if role is None and path != "/orders/closed/1" else 403
                if answer.status != status:
                    wrong.append((number, role, method, target, answer.status, status))
                elif status == 200:
                    wrong += self.mixed_up(answer.json(), method, target, body, token and subject)
                if answer.header("Connection") == "close":  # a refused body may cost the connection, and nothing else may
                    return wrong if status != 200 else [*wrong, ("closed", answer)]
        return wrong

    @staticmethod
    def mixed_up(echo, method, target, body, subject):
        identities = [value for name, value in echo["headers"] if name.lower() == "x-user-id"]
        seen = (echo["method"], echo["target"], echo["length"], identities)
        wanted = (method, target, len(body or b""), [subject] if subject else [])
        return [] if seen == wanted else [(seen, wanted)]

    @classmethod
    def make_tokens(cls):
        cls.tokens = {(n, role): cls.site.token(f"subject-{n}-{'-'.join(role)}", role) for n in range(20) for role in ROLES}

    def run_clients(self, proxy, context=None):
        self.make_tokens()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            wrong = sum(pool.map(lambda number: self.client(number, proxy, context), range(CLIENTS)), [])
        self.assertEqual(wrong, [])
        return self.upstream.take()

    def test_each_gets_what_it_may_and_is_who_it_is(self):
        received = self.run_clients(self.proxy)
        self.assertGreater(len(received), CLIENTS)

    def test_each_decision_in_the_log_is_its_own(self):
        request_ids = {}
        self.make_tokens()

        def client(number):
            token = self.tokens[number % 20, ("viewer",)]
            with Connection(self.proxy.port) as connection:
                for turn in range(5):
                    name = f"own-{number}-{turn}"
                    request_ids[name] = f"subject-{number % 20}-viewer"
                    connection.ask("GET", f"/orders/{number}-{turn}", [("X-Request-ID", name)], token=token)

        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            list(pool.map(client, range(50)))
        eventually("all lines", lambda: sum(line["request_id"] in request_ids for line in self.proxy.audit("exchange")) == len(request_ids))
        for line in self.proxy.audit("decision"):
            if name := request_ids.get(line["request_id"]):
                wanted = (name, ISSUER, "/orders/" + line["request_id"].removeprefix("own-"))
                self.assertEqual((line["subject"], line["issuer"], line["path"]), wanted)

    def test_the_same_over_tls(self):
        self.run_clients(self.tls, self.site.authority.client_context())


class ComingAndGoing(ProxyTest):
    def leave(self, number, proxy, context=None):
        """Opens a connection and ends it in one of many ways."""
        with Connection(proxy.port, context) as connection:
            way = number % 6
            if way == 0:
                assert connection.ask().status == 200
            elif way == 1:
                assert connection.ask("GET", "/orders/1").status == 401
            elif way == 2:
                connection.send(b"GET /pub")
            elif way == 3:
                connection.send(request("POST", headers=[("Content-Length", "10")]) + b"hello")
            elif way == 4:
                connection.send(request())
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def open_many(self, proxy, count, context=None):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: self.leave(number, proxy, context), range(count)))
        eventually("no connection is left", lambda: proxy.metric("doorward_connections") == 0)

    def settled(self, proxy):
        """Descriptors once the upstream's connections are closed again (idle_timeout) and nothing else is under way."""
        self.upstream.wait_for(lambda upstream: not upstream.open)
        eventually("only the admin's own", lambda: proxy.metric("doorward_connections") == 0)
        return proxy.descriptors()

    def check(self, listeners, count, context=None):
        proxy = Proxy(self.site, self.upstream, listeners=listeners, upstream={"idle_timeout": "2s"}, limits={"connections": 5000})
        self.open_many(proxy, 60, context)
        before, resident = self.settled(proxy), proxy.status("VmRSS")
        self.open_many(proxy, count, context)
        eventually("as many descriptors as before", lambda: self.settled(proxy) <= before)
        if FULL:
            self.assertLess(proxy.status("VmRSS") - resident, 32 * 1024)
        proxy.stop()

    def test_ten_thousand_leave_nothing_behind(self):
        self.check(("plain",), OPENED)

    def test_nor_do_those_over_tls(self):
        self.check(("tls",), OPENED // 10, self.site.authority.client_context())


if __name__ == "__main__":
    harness.main()
