# SPDX-License-Identifier: Apache-2.0
"""Clients that are slow, or many, or send too much: each holds something for a while only."""

import threading
import time

import harness
from client import Connection, Gone, ask, chunk, request
from harness import Proxy, ProxyTest, eventually
from upstream import Exchange


def trickle(connection, octets, pause=0.1):
    """Sends an octet at a time until the other side hangs up; returns how many it took."""
    for sent, octet in enumerate(octets):
        try:
            connection.socket.sendall(bytes([octet]))
        except OSError:
            return sent
        connection.socket.settimeout(pause)
        try:
            if not connection.more():
                return sent
            connection.socket.settimeout(harness.TIMEOUT)
            return sent
        except TimeoutError:
            pass
    return len(octets)


class SlowClients(ProxyTest):
    # A whole head within a second, an octet of a body every second, an exchange within three.
    settings = {"limits": {"header_timeout": "1s", "idle_timeout": "1s", "total_timeout": "3s"}, "upstream": {"idle_timeout": "60s"}}

    def setUp(self):
        super().setUp()
        self.assertEqual(ask(self.proxy.port).status, 200)
        self.upstream.take()

    def tearDown(self):
        self.assertEqual(ask(self.proxy.port).status, 200)
        eventually("no connection but that of /metrics", lambda: self.proxy.metric("doorward_connections") == 0)

    def test_a_head_that_trickles_is_given_up(self):
        octets = request(headers=[("X-Long", "x" * 5000)])
        with Connection(self.proxy.port) as connection:
            sent = trickle(connection, octets)
            self.assertLess(sent, len(octets))
            self.assertIn(connection.at_end()[:12], (b"HTTP/1.1 408", b""))
        self.assertEqual(self.upstream.take(), [])

    def test_a_connection_without_a_request_is_given_up(self):
        with Connection(self.proxy.port) as connection:
            connection.at_end()

    def test_a_connection_between_requests_is_given_up(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual(connection.ask().status, 200)
            self.assertEqual(connection.at_end(), b"")

    def test_a_body_that_stops_is_given_up(self):
        for framing, begun in (("Content-Length", "10"), b"hello"), (("Transfer-Encoding", "chunked"), b"5\r\nhe"):
            with Connection(self.proxy.port) as connection:
                connection.send(request("POST", headers=[framing]) + begun)
                self.assertIn(connection.at_end()[:12], (b"HTTP/1.1 408", b""))
            self.upstream.wait_for(lambda upstream: not any(received.body_length == 10 for received in upstream.requests))

    def test_a_body_that_trickles_is_given_up_in_the_end(self):
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=[("Content-Length", "5000")]))
            self.assertLess(trickle(connection, b"x" * 5000), 5000)

    def test_a_client_that_does_not_read_is_given_up(self):
        ended = threading.Event()

        def answer(exchange):
            try:
                exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                while True:
                    exchange.send(b"x" * 65536)
            except OSError:
                ended.set()
                raise

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request())
            self.assertTrue(ended.wait(harness.TIMEOUT))
        self.upstream.answer = Exchange.echo

    def test_a_slow_client_holds_up_no_other(self):
        with Connection(self.proxy.port) as slow:
            slow.send(request()[:20])
            for _ in range(20):
                self.assertEqual(ask(self.proxy.port).status, 200)

    def test_many_slow_clients_hold_up_nobody(self):
        slow = [Connection(self.proxy.port) for _ in range(100)]
        for connection in slow:
            connection.send(b"GET /public/x HTTP/1.1\r\nHost: a")
        self.assertEqual(ask(self.proxy.port).status, 200)
        for connection in slow:
            connection.at_end()
            connection.__exit__()

    def test_a_handshake_that_stops_is_given_up(self):
        proxy = Proxy(self.site, self.upstream, listeners=("tls",), limits={"header_timeout": "1s"})
        for octets in (b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"):
            with self.subTest(octets), Connection(proxy.port) as connection:
                connection.send(octets)
                connection.at_end()
        self.assertEqual(ask(proxy.port, tls=self.site.authority.client_context()).status, 200)
        proxy.stop()


class SlowUpstreams(ProxyTest):
    settings = {"upstream": {"idle_timeout": "1s"}, "limits": {"total_timeout": "3s"}}

    def test_one_that_never_answers_is_given_up(self):
        self.upstream.answer = lambda exchange: exchange.wait_for_end()
        answer = ask(self.proxy.port)
        self.assertEqual((answer.status, answer.json()["error"]), (504, "upstream_timeout"))

    def test_one_that_stops_in_the_head_is_given_up(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Le")
            exchange.wait_for_end()

        self.upstream.answer = answer
        self.assertEqual(ask(self.proxy.port).status, 504)

    def test_one_that_stops_in_the_body_is_cut_off(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            exchange.wait_for_end()

        self.upstream.answer = answer
        with self.assertRaises(Gone):
            ask(self.proxy.port)

    def test_one_that_trickles_is_cut_off_in_the_end(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                exchange.send(chunk(b"x"))
                time.sleep(0.1)

        self.upstream.answer = answer
        with self.assertRaises(Gone):
            ask(self.proxy.port)

    def test_an_upload_that_nobody_reads_is_given_up(self):
        held = threading.Event()
        self.addCleanup(held.set)

        def answer(exchange):
            held.wait(harness.TIMEOUT)
            exchange.close()

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=[("Content-Length", "500000000")]))
            sender = threading.Thread(target=lambda: connection.try_to_send(b"x" * 100_000_000), daemon=True)
            sender.start()
            self.assertIn(connection.at_end()[:12], (b"HTTP/1.1 504", b""))
            sender.join(harness.TIMEOUT)
            self.assertFalse(sender.is_alive())


class Sizes(ProxyTest):
    settings = {"limits": {"header_bytes": "4KiB", "header_count": 20, "connections": 10}}

    def test_a_head_around_its_limit(self):
        rest = len(request(headers=[("X-Long", "")]))
        for name, size, status in (("below", 4095, 200), ("at", 4096, 200), ("above", 4097, 431), ("far above", 1_000_000, 431)):
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.try_to_send(request(headers=[("X-Long", "x" * (size - rest))]))
                self.assertEqual(connection.answer().status, status)
                if status != 200:
                    self.assertEqual(connection.at_end(), b"")

    def test_a_target_that_is_too_long(self):
        with Connection(self.proxy.port) as connection:
            connection.try_to_send(request(target="/public/" + "x" * 5000))
            self.assertIn(connection.answer().status, (414, 431))
            self.assertEqual(connection.at_end(), b"")

    def test_fields_around_their_limit(self):
        for name, count, status in (("below", 19, 200), ("at", 20, 200), ("above", 21, 431)):
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.send(request(headers=[(f"A{i}", "") for i in range(count - 1)]))  # Host is one too
                self.assertEqual(connection.answer().status, status)

    def test_a_head_without_end_is_cut_off(self):
        with Connection(self.proxy.port) as connection:
            connection.try_to_send(b"GET /public/x HTTP/1.1\r\n" + b"A: b\r\n" * 100_000)
            self.assertEqual(connection.answer().status, 431)

    def test_connections_above_the_limit_are_closed(self):
        eventually("all connections gone", lambda: self.proxy.metric("doorward_connections") == 0)
        held = [Connection(self.proxy.port) for _ in range(10)]
        for connection in held:
            self.assertEqual(connection.ask().status, 200)
        with Connection(self.proxy.port) as one_more:
            one_more.try_to_send(request())
            self.assertEqual(one_more.at_end(), b"")
        for connection in held:  # those that were there first are served on
            self.assertEqual(connection.ask().status, 200)
        held.pop().__exit__()

        def served():
            try:
                return ask(self.proxy.port).status == 200
            except (Gone, OSError):
                return False

        eventually("a place for another", served)
        for connection in held:
            connection.__exit__()


if __name__ == "__main__":
    harness.main()
