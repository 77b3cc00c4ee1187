# SPDX-License-Identifier: Apache-2.0
"""Upstreams that die, lie, or are not there: what the client learns, and that no answer goes to another's request."""

import socket

import harness
from client import Connection, Gone, ask, request
from harness import Proxy, ProxyTest, Site, eventually
from upstream import Exchange, Upstream

OK = b"HTTP/1.1 200 OK\r\n"
POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

# What is no answer that everybody reads in the same way.
BROKEN_HEADS = [
    ("nothing", b""),
    ("half a head", b"HTTP/1.1 200 OK\r\nContent-Le"),
    ("garbage", b"\x00\x01\x02\x03 garbage\r\n\r\n"),
    ("another protocol", b"220 mail.example ESMTP\r\n\r\n"),
    ("a request", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("HTTP/2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("no status", b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
    ("status of two digits", b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
    ("status of four digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
    ("status 099", b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
    ("length and chunked", OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("equal lengths", OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    ("different lengths", OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    ("a list of lengths", OK + b"Content-Length: 5, 5\r\n\r\nhello"),
    ("a plus", OK + b"Content-Length: +5\r\n\r\nhello"),
    ("length above 64 bits", OK + b"Content-Length: 18446744073709551621\r\n\r\nhello"),
    ("an unknown coding", OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("chunked twice", OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("LF alone", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
    ("CR in a value", OK + b"A: b\rSet-Cookie: c\r\nContent-Length: 0\r\n\r\n"),
    ("NUL in a value", OK + b"A: \x00\r\nContent-Length: 0\r\n\r\n"),
    ("obs-fold", OK + b"A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
    ("space before the colon", OK + b"Content-Length : 5\r\n\r\nhello"),
    ("no colon", OK + b"Content-Length 5\r\n\r\nhello"),
    ("too large a head", OK + b"A: " + b"b" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n"),
]
# Answers that begin well.
BROKEN_BODIES = [
    ("length", OK + b"Content-Length: 10\r\n\r\nhello"),
    ("chunked, before the last", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    ("chunked, in a chunk", OK + b"Transfer-Encoding: chunked\r\n\r\na\r\nhello"),
    ("chunked, before the end", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
    ("chunked, a bad size", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\nhello\r\n0\r\n\r\n"),
    ("chunked, no line end after data", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n"),
    ("chunked, a huge size", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10000000000000005\r\nhello\r\n0\r\n\r\n"),
]


def sends(octets):
    def answer(exchange):
        exchange.send(octets)
        exchange.close()

    return answer


class Broken(ProxyTest):
    settings = {"upstream": {"idle_timeout": "2s"}}

    def test_a_broken_head_is_a_bad_gateway(self):
        for name, octets in BROKEN_HEADS:
            self.upstream.answer = sends(octets)
            with self.subTest(name):
                answer = ask(self.proxy.port)
                self.assertEqual(answer.status, 502)
                self.assertIn(answer.json()["error"], ("upstream_protocol", "upstream_unreachable", "upstream_closed"))
                self.assertEqual(answer.json()["request_id"], answer.header("X-Request-ID"))
                self.assertNotIn(b"Set-Cookie", answer.body)

    def test_a_reset_is_a_bad_gateway(self):
        self.upstream.answer = Exchange.reset
        self.assertEqual(ask(self.proxy.port).status, 502)

    def test_a_broken_body_is_seen_to_be_broken(self):
        for name, octets in BROKEN_BODIES:
            self.upstream.answer = sends(octets)
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.send(request())
                try:
                    self.assertEqual(connection.answer().status, 502)
                except Gone:
                    pass  # the head was on its way already: the answer ends before it is complete

    def test_no_answer_goes_to_another_request(self):
        """What stands behind an answer, now or later, answers nobody."""
        plain = OK + b"Content-Length: 2\r\n\r\nok"
        rows = [
            ("after a length", "GET", plain + POISON),
            ("after chunks", "GET", OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + POISON),
            ("after HEAD", "HEAD", OK + b"Content-Length: %d\r\n\r\n" % len(POISON) + POISON),
            ("after 204", "GET", b"HTTP/1.1 204 No\r\n\r\n" + POISON),
            ("after 204 with a length", "GET", b"HTTP/1.1 204 No\r\nContent-Length: %d\r\n\r\n" % len(POISON) + POISON),
            ("after 304", "GET", b"HTTP/1.1 304 No\r\nContent-Length: %d\r\n\r\n" % len(POISON) + POISON),
            ("after a refusal to read on", "POST", b"HTTP/1.1 413 Much\r\nContent-Length: 0\r\n\r\n" + POISON),
        ]
        for name, method, octets in rows:
            self.upstream.answer = lambda exchange: exchange.send(octets)
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.ask(method, body=b"abc" if method == "POST" else None)
                self.upstream.answer = Exchange.echo
                for number in range(4):
                    self.assertEqual(ask(self.proxy.port, "GET", f"/public/{number}").json()["target"], f"/public/{number}")

    def test_an_answer_that_nobody_asked_for_answers_nobody(self):
        said = []

        def answer(exchange):
            exchange.echo()
            if exchange.number not in said:
                said.append(exchange.number)
                exchange.send(POISON)

        self.upstream.answer = answer
        for number in range(10):
            self.assertEqual(ask(self.proxy.port, "GET", f"/public/{number}").json()["target"], f"/public/{number}")

    def test_a_client_that_leaves_takes_its_answer_along(self):
        """The upstream is in the middle of an answer when the client goes; the next client gets its own."""
        for _ in range(5):
            self.upstream.answer = lambda exchange: exchange.send(OK + b"Content-Length: 100\r\n\r\nhello")
            with Connection(self.proxy.port) as connection:
                connection.send(request())
                connection.head()
            self.upstream.answer = Exchange.echo
            self.assertEqual(ask(self.proxy.port, "GET", "/public/mine").json()["target"], "/public/mine")


class Reuse(ProxyTest):
    settings = {"threads": 1}

    def dies_on_the_second(self, exchange):
        """Answers one request on each connection, and closes when a second one has come."""
        if exchange.number in self.seen:
            exchange.close()
        self.seen.add(exchange.number)
        exchange.echo()

    def setUp(self):
        super().setUp()
        self.seen = set()

    def test_a_request_without_a_body_is_sent_again(self):
        self.upstream.answer = self.dies_on_the_second
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            with self.subTest(method):
                self.assertEqual(ask(self.proxy.port, method).status, 200)

    def test_a_request_that_may_have_been_done_is_not_done_twice(self):
        self.upstream.answer = self.dies_on_the_second
        self.assertEqual(ask(self.proxy.port).status, 200)
        for _ in range(4):
            self.upstream.take()
            status = ask(self.proxy.port, "POST", body=b"pay").status
            self.assertIn(status, (200, 502))
            self.assertOne(self.upstream.take())

    def test_a_fresh_connection_that_dies_is_not_tried_for_ever(self):
        self.upstream.answer = Exchange.close
        self.assertEqual(ask(self.proxy.port).status, 502)
        self.assertLessEqual(len(self.upstream.take()), 2)

    def test_a_connection_closed_meanwhile_is_not_used(self):
        def once(exchange):
            exchange.echo()
            exchange.close()

        self.upstream.answer = once
        for _ in range(5):
            self.assertEqual(ask(self.proxy.port, "POST", body=b"pay").status, 200)
            self.upstream.wait_for(lambda upstream: not upstream.open)

    def test_close_is_heeded(self):
        self.upstream.answer = lambda exchange: (exchange.read_body(), exchange.reply(200, [("Connection", "close")], b"x"), exchange.close())
        with Connection(self.proxy.port) as connection:
            for _ in range(3):
                self.assertEqual(connection.ask("POST", body=b"abc").body, b"x")
        self.assertEqual(len({received.connection for received in self.upstream.take()}), 3)


class Unreachable(ProxyTest):
    def closed_port(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return listener.getsockname()[1]

    def test_nobody_listens(self):
        proxy = Proxy(self.site, servers=[f"http://127.0.0.1:{self.closed_port()}"])
        answer = ask(proxy.port)
        self.assertEqual((answer.status, answer.json()["error"]), (502, "upstream_unreachable"))
        line = proxy.wait_for_audit("exchange", answer.header("X-Request-ID"))
        self.assertEqual((line["status"], line["error"]), (502, "upstream_unreachable"))
        proxy.stop()

    def test_nobody_answers_the_call(self):
        """A listener whose queue is full drops what would connect."""
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            waiting = []
            for _ in range(8):
                stream = socket.socket()
                stream.setblocking(False)
                stream.connect_ex(listener.getsockname())
                waiting.append(stream)
            proxy = Proxy(self.site, servers=[f"http://127.0.0.1:{listener.getsockname()[1]}"], upstream={"connect_timeout": "500ms"})
            self.assertIn(ask(proxy.port).status, (502, 504))
            proxy.stop()
            for stream in waiting:
                stream.close()

    def test_a_name_that_does_not_resolve(self):
        proxy = Proxy(self.site, servers=["http://nowhere.invalid:80"])
        self.assertIn(ask(proxy.port).status, (502, 504))
        proxy.stop()


class Pool(ProxyTest):
    """Two servers, whose health is asked for; health checks are not what the tests count."""

    HEALTH = {"health": {"path": "/healthz", "interval": "100ms", "timeout": "5s", "unhealthy_after": 2, "healthy_after": 2}}

    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.upstream, cls.other = Upstream(), Upstream()
        cls.proxy = Proxy(cls.site, cls.upstream, cls.other, upstream=cls.HEALTH)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.other.stop()

    def healthy(self, upstream):
        return self.proxy.metric("doorward_upstream_healthy", server=f"127.0.0.1:{upstream.port}")

    def served(self, upstream):
        return len([received for received in upstream.take() if received.target != "/healthz"])

    def share(self, count=20):
        """How many of `count` requests each server got, all of them answered."""
        for upstream in (self.upstream, self.other):
            upstream.take()
        for _ in range(count):
            self.assertEqual(ask(self.proxy.port).status, 200)
        return self.served(self.upstream), self.served(self.other)

    def test_servers_die_and_come_back(self):
        eventually("both healthy", lambda: self.healthy(self.upstream) == self.healthy(self.other) == 1)
        first, second = self.share()
        self.assertEqual(first + second, 20)
        self.assertGreater(min(first, second), 0)

        self.other.stop()
        eventually("one is down", lambda: self.healthy(self.other) == 0)
        self.assertEqual(self.share(), (20, 0))
        failed = self.proxy.metric("doorward_upstream_errors_total", server=f"127.0.0.1:{self.other.port}", error="connect")
        self.assertGreaterEqual(failed, 2, "connections of health checks count too")

        self.upstream.answer = lambda exchange: exchange.reply(503)
        eventually("none is up", lambda: self.healthy(self.upstream) == 0)
        answer = ask(self.proxy.port)
        self.assertEqual((answer.status, answer.json()["error"]), (503, "no_healthy_upstream"))

        self.upstream.answer = Exchange.echo
        type(self).other = Upstream(port=self.other.port)
        eventually("both are back", lambda: self.healthy(self.upstream) == self.healthy(self.other) == 1)
        first, second = self.share()
        self.assertGreater(min(first, second), 0)


if __name__ == "__main__":
    harness.main()
