# SPDX-License-Identifier: Apache-2.0
"""WebSocket upgrades: decided as any request, then a tunnel."""

import base64
import hashlib
import os
import threading

import harness
from client import Connection, request
from harness import ProxyTest
from upstream import Exchange

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
TEXT, CLOSE = 1, 8


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()


def frame(opcode, payload, mask=None):
    """A frame of RFC 6455 section 5.2, masked where a client sends it."""
    head = bytes([0x80 | opcode])
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 1 << 16:
        head += bytes([bit | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + len(payload).to_bytes(8, "big")
    return head + (mask + masked(payload, mask) if mask else payload)


def masked(payload, mask):
    repeated = mask * (len(payload) // 4 + 1)
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated[: len(payload)], "big")).to_bytes(len(payload), "big")


def read_frame(exactly):
    """Reads a frame by `exactly(size)`; returns opcode and payload."""
    first, second = exactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(exactly(2 if size == 126 else 8), "big")
    mask = exactly(4) if second & 0x80 else None
    payload = exactly(size)
    return first & 0xF, masked(payload, mask) if mask else payload


def echo_frames(exchange):
    """A WebSocket server: answers each message with itself in reverse, and closes when asked to."""
    received = exchange.request
    if (received.header("Upgrade") or "").lower() != "websocket" or "upgrade" not in (received.header("Connection") or "").lower():
        return exchange.echo()
    accept = accept_of(received.header("Sec-WebSocket-Key"))
    exchange.send(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    while True:
        opcode, payload = read_frame(lambda size: b"".join(exchange.parts(size)))
        exchange.send(frame(opcode, payload if opcode == CLOSE else payload[::-1]))
        if opcode == CLOSE:
            exchange.close()


def upgrade_fields(key="dGhlIHNhbXBsZSBub25jZQ=="):
    return [("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key)]


class WebSocket(ProxyTest):
    settings = {"limits": {"idle_timeout": "2s"}}

    def setUp(self):
        super().setUp()
        self.upstream.answer = echo_frames

    def handshake(self, connection, headers=(), target="/socket", token="viewer"):
        key = base64.b64encode(os.urandom(16)).decode()
        token = self.site.token() if token == "viewer" else token
        connection.send(request("GET", target, [*upgrade_fields(key), *headers], token=token))
        answer = connection.answer()
        if answer.status == 101:
            self.assertEqual(answer.header("Sec-WebSocket-Accept"), accept_of(key))
            self.assertEqual(answer.header("Upgrade").lower(), "websocket")
            self.assertIn("upgrade", answer.header("Connection").lower())
        return answer

    def say(self, connection, payload):
        connection.send(frame(TEXT, payload, os.urandom(4)))
        self.assertEqual(read_frame(connection.exactly), (TEXT, payload[::-1]))

    def test_messages_go_both_ways_until_it_is_closed(self):
        with Connection(self.proxy.port) as connection:
            answer = self.handshake(connection)
            self.assertEqual(answer.status, 101)
            for payload in (b"hello", b"", b"x" * 125, b"y" * 126, b"z" * 70_000, bytes(range(256)) * 4096):
                self.say(connection, payload)
            connection.send(frame(CLOSE, b"\x03\xe8", os.urandom(4)))
            self.assertEqual(read_frame(connection.exactly), (CLOSE, b"\x03\xe8"))
            self.assertEqual(connection.at_end(), b"")
        line = self.proxy.wait_for_audit("exchange", answer.header("X-Request-ID") or self.upstream.take()[0].header("X-Request-ID"))
        self.assertEqual((line["status"], line["upstream_status"]), (101, 101))
        self.assertGreater(line["bytes_received"], 300_000)
        self.assertGreater(line["bytes_sent"], 300_000)

    def test_the_upgrade_carries_the_verified_identity(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual(self.handshake(connection, [("X-User-ID", "root")]).status, 101)
        received = self.assertOne(self.upstream.take())
        self.assertEqual(received.header("X-User-ID"), "ada")
        self.assertEqual(received.header("Sec-WebSocket-Version"), "13")

    def test_a_message_may_come_with_the_handshake(self):
        with Connection(self.proxy.port) as connection:
            connection.send(request("GET", "/socket", upgrade_fields(), token=self.site.token()) + frame(TEXT, b"early", b"mask"))
            self.assertEqual(connection.answer().header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            self.assertEqual(read_frame(connection.exactly), (TEXT, b"ylrae"))

    def test_an_upgrade_that_may_not_pass_is_refused(self):
        rows = [("no token", "/socket", None, 401), ("no rule", "/other", "viewer", 403), ("dots", "/public/../socket", None, 400)]
        for name, target, token, status in rows:
            with self.subTest(name), Connection(self.proxy.port) as connection:
                self.assertEqual(self.handshake(connection, target=target, token=token).status, status)
        self.assertEqual(self.upstream.take(), [])

    def test_an_upstream_that_declines_answers_as_ever(self):
        self.upstream.answer = lambda exchange: exchange.reply(426, [("Sec-WebSocket-Version", "13")], b"no")
        with Connection(self.proxy.port) as connection:
            answer = self.handshake(connection)
            self.assertEqual((answer.status, answer.body), (426, b"no"))

    def test_other_upgrades_are_not_forwarded(self):
        self.upstream.answer = Exchange.echo
        cases = [
            ("h2c", [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQ")]),
            ("h2c among others", [("Connection", "Upgrade"), ("Upgrade", "h2c, websocket")]),
            ("not named in Connection", [("Upgrade", "websocket")]),
            ("TLS", [("Connection", "Upgrade"), ("Upgrade", "TLS/1.2")]),
        ]
        for name, headers in cases:
            with self.subTest(name), Connection(self.proxy.port) as connection:
                self.assertIn(connection.ask("GET", "/public/x", headers).status, (200, 400))
                for received in self.upstream.take():
                    self.assertIsNone(received.header("Upgrade"))
                    self.assertIsNone(received.header("HTTP2-Settings"))

    def test_an_upgrade_nobody_asked_for_is_no_tunnel(self):
        """An upstream that says 101 to an ordinary request could serve what was never decided."""
        self.upstream.answer = lambda exchange: exchange.send(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        with Connection(self.proxy.port) as connection:
            self.assertEqual(connection.ask().status, 502)

    def test_no_upgrade_with_another_method_or_a_body(self):
        for method, body in (("POST", b"abc"), ("POST", b""), ("GET", b"abc")):
            with self.subTest((method, body)), Connection(self.proxy.port) as connection:
                connection.send(request(method, "/public/x", upgrade_fields(), body))
                self.assertIn(connection.answer().status, (200, 400))

    def test_either_end_may_vanish(self):
        for who in ("client", "upstream"):
            ended = threading.Event()

            def answer(exchange):
                try:
                    if who == "upstream":
                        exchange.send(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
                        exchange.close()
                    echo_frames(exchange)
                except (EOFError, OSError):
                    ended.set()
                    raise

            self.upstream.answer = answer
            with self.subTest(who):
                with Connection(self.proxy.port) as connection:
                    connection.send(request("GET", "/socket", upgrade_fields(), token=self.site.token()))
                    self.assertEqual(connection.head().status, 101)
                    if who == "upstream":
                        connection.at_end()
                self.assertTrue(ended.wait(harness.TIMEOUT))

    def test_an_end_that_says_no_more_ends_the_tunnel(self):
        """Though the other one goes on: as long as it may speak, no idle timeout is in play."""
        ended = threading.Event()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
            try:
                while not ended.wait(0.05):
                    exchange.send(frame(TEXT, b"tick"))
            except OSError:
                ended.set()

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request("GET", "/socket", upgrade_fields(), token=self.site.token()))
            self.assertEqual(connection.head().status, 101)
            self.assertEqual(read_frame(connection.exactly), (TEXT, b"tick"))
            connection.finish()
            connection.at_end()
            self.assertTrue(ended.wait(harness.TIMEOUT))

    def test_a_silent_tunnel_ends(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual(self.handshake(connection).status, 101)
            self.say(connection, b"hello")
            connection.at_end()


if __name__ == "__main__":
    harness.main()
