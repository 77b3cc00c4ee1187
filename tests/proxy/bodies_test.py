# SPDX-License-Identifier: Apache-2.0
"""Bodies in both directions: streamed, whole, of any framing, in memory that does not grow with them."""

import hashlib
import threading

import harness
from client import Connection, Gone, ask, chunk, request
from harness import FULL, ProxyTest

MEBIBYTE = 1 << 20
LARGE = 1024 * MEBIBYTE if FULL else 64 * MEBIBYTE
# What the proxy may grow by while a body passes: some buffers of its own and of the system's allocator.
GROWTH_KIB = 16 * 1024 if FULL else 64 * 1024
BLOCK = bytes(range(256)) * 1024  # 256 KiB


def digest_of(blocks):
    digest = hashlib.sha256()
    for _ in range(blocks):
        digest.update(BLOCK)
    return digest.hexdigest()


class Bodies(ProxyTest):
    settings = {"limits": {"body_bytes": "any"}}

    def test_sizes_around_buffers_come_whole(self):
        for size in (0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 1_000_003):
            body = (BLOCK * 4)[:size]
            for framing in ("length", "chunks"):
                with self.subTest(size=size, framing=framing):
                    if framing == "length":
                        answer = ask(self.proxy.port, "POST", body=body)
                    else:
                        with Connection(self.proxy.port) as connection:
                            parts = [chunk(body[at : at + 9973]) for at in range(0, size, 9973)]
                            connection.send(request("POST", headers=[("Transfer-Encoding", "chunked")]) + b"".join(parts) + b"0\r\n\r\n")
                            answer = connection.answer()
                    self.assertEqual((answer.json()["length"], answer.json()["sha256"]), (size, hashlib.sha256(body).hexdigest()))

    def test_answers_of_any_framing_come_whole(self):
        def by_length(exchange, body):
            exchange.reply(body=body)

        def by_chunks(exchange, body):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(body), 9973):
                exchange.send(chunk(body[at : at + 9973]))
            exchange.send(b"0\r\nX-Trailer: 1\r\n\r\n")

        def by_close(exchange, body):
            exchange.send(b"HTTP/1.1 200 OK\r\n\r\n" + body)
            exchange.close()

        for answer_by in (by_length, by_chunks, by_close):
            for size in (0, 1, 65535, 65536, 65537, 1_000_003):
                body = (BLOCK * 4)[:size]
                self.upstream.answer = lambda exchange: answer_by(exchange, body)
                with self.subTest(answer_by.__name__, size=size), Connection(self.proxy.port) as connection:
                    for _ in range(2):
                        self.assertEqual(connection.ask().body, body)

    def test_a_part_of_the_body_is_forwarded_before_the_rest_comes(self):
        arrived = threading.Event()

        def answer(exchange):
            for _ in exchange.body():
                arrived.set()
            exchange.reply()

        self.upstream.answer = answer
        for name, head, first, rest in (
            ("length", [("Content-Length", "10")], b"hello", b"world"),
            ("chunks", [("Transfer-Encoding", "chunked")], chunk(b"hello"), chunk(b"world") + b"0\r\n\r\n"),
        ):
            arrived.clear()
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.send(request("POST", headers=head) + first)
                self.assertTrue(arrived.wait(harness.TIMEOUT))
                connection.send(rest)
                self.assertEqual(connection.answer().status, 200)

    def test_a_part_of_an_answer_is_forwarded_before_the_rest_comes(self):
        go_on = threading.Event()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(b"data: 1\n\n"))
            go_on.wait(harness.TIMEOUT)
            exchange.send(chunk(b"data: 2\n\n") + b"0\r\n\r\n")

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request())
            body = connection.body(connection.head())
            self.assertEqual(next(body), b"data: 1\n\n")
            go_on.set()
            self.assertEqual(b"".join(body), b"data: 2\n\n")

    def test_an_answer_may_begin_before_the_request_has_ended(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in exchange.body():
                exchange.send(chunk(part))
            exchange.send(b"0\r\n\r\n")

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=[("Transfer-Encoding", "chunked")]) + chunk(b"one"))
            head = connection.head()
            self.assertEqual(head.all("Connection"), ["close"])
            body = connection.body(head)
            self.assertEqual(next(body), b"one")
            connection.send(chunk(b"two"))
            self.assertEqual(next(body), b"two")
            connection.send(b"0\r\n\r\n")
            self.assertEqual(list(body), [])
            self.assertEqual(connection.at_end(), b"")

    def test_an_answer_before_the_end_of_a_large_request_arrives(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 413 Too much\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch")
            exchange.wait_for_end()

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=[("Content-Length", str(64 * MEBIBYTE))]) + BLOCK)
            sender = threading.Thread(target=lambda: [connection.try_to_send(BLOCK) for _ in range(255)], daemon=True)
            sender.start()
            answer = connection.answer()
            self.assertEqual((answer.status, answer.body), (413, b"much"))
            self.assertEqual(answer.all("Connection"), ["close"])
            connection.at_end()
            sender.join(harness.TIMEOUT)
            self.assertFalse(sender.is_alive())

    def test_a_body_that_is_cut_off_never_seems_complete(self):
        cut = threading.Event()

        def answer(exchange):
            try:
                exchange.read_body()
                self.upstream.add("complete", self.upstream.malformed)
            except EOFError:
                cut.set()
                raise

        self.upstream.answer = answer
        for name, octets in (
            ("length", request("POST", headers=[("Content-Length", "10")]) + b"hello"),
            ("chunks", request("POST", headers=[("Transfer-Encoding", "chunked")]) + chunk(b"hello")),
            ("a chunk", request("POST", headers=[("Transfer-Encoding", "chunked")]) + b"a\r\nhello"),
        ):
            cut.clear()
            with self.subTest(name):
                with Connection(self.proxy.port) as connection:
                    connection.send(octets)
                    self.upstream.wait_for(lambda upstream: upstream.requests)
                self.assertTrue(cut.wait(harness.TIMEOUT))
                self.assertOne(self.upstream.take())

    def test_one_gibibyte_up(self):
        blocks = LARGE // len(BLOCK)
        for framing in ("length", "chunks"):
            with self.subTest(framing), Connection(self.proxy.port) as connection:
                before = self.proxy.status("VmRSS")
                headers = [("Content-Length", str(LARGE))] if framing == "length" else [("Transfer-Encoding", "chunked")]
                block, end = (BLOCK, b"") if framing == "length" else (chunk(BLOCK), b"0\r\n\r\n")
                connection.send(request("POST", headers=headers))
                for _ in range(blocks if framing == "length" else blocks // 4):
                    connection.send(block)
                connection.send(end)
                answer = connection.answer().json()
                expected = blocks if framing == "length" else blocks // 4
                self.assertEqual((answer["length"], answer["sha256"]), (expected * len(BLOCK), digest_of(expected)))
                self.assertLess(self.proxy.status("VmHWM") - before, GROWTH_KIB)

    def test_one_gibibyte_down(self):
        blocks = LARGE // len(BLOCK)

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
            for _ in range(blocks):
                exchange.send(BLOCK)

        self.upstream.answer = answer
        before = self.proxy.status("VmRSS")
        with Connection(self.proxy.port) as connection:
            connection.send(request())
            digest, length = hashlib.sha256(), 0
            for part in connection.body(connection.head()):
                digest.update(part)
                length += len(part)
        self.assertEqual((length, digest.hexdigest()), (LARGE, digest_of(blocks)))
        self.assertLess(self.proxy.status("VmHWM") - before, GROWTH_KIB)

    def test_a_client_that_does_not_read_fills_no_memory(self):
        """The upstream is held up instead: what it could send at once stays far below what it has."""
        sent, progress = [0], threading.Condition()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
            for _ in range(LARGE // len(BLOCK)):
                exchange.send(BLOCK)
                with progress:
                    sent[0] += len(BLOCK)
                    progress.notify_all()

        self.upstream.answer = answer
        before = self.proxy.status("VmRSS")
        with Connection(self.proxy.port) as connection:
            connection.send(request())
            connection.head()
            with progress:
                while progress.wait(1):  # until nothing has moved for a second
                    pass
            self.assertLess(sent[0], 48 * MEBIBYTE)
            self.assertLess(self.proxy.status("VmRSS") - before, GROWTH_KIB)


class Continue(ProxyTest):
    settings = {"limits": {"body_bytes": 100_000}}
    EXPECT = [("Expect", "100-continue"), ("Content-Length", "5")]

    def test_the_body_is_sent_once_it_is_asked_for(self):
        with Connection(self.proxy.port) as connection:
            for _ in range(2):
                connection.send(request("POST", headers=self.EXPECT))
                self.assertEqual(connection.head().status, 100)
                connection.send(b"hello")
                answer = connection.answer()
                self.assertEqual((answer.status, answer.json()["length"], len(answer.interim)), (200, 5, 0))

    def test_a_body_that_does_not_wait_is_taken(self):
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=self.EXPECT) + b"hello")
            answer = connection.answer()
            self.assertEqual((answer.status, answer.json()["length"]), (200, 5))
            self.assertLessEqual(len(answer.interim), 1)

    def test_a_refusal_comes_without_the_body(self):
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", "/orders/1", self.EXPECT))
            answer = connection.answer()
            self.assertEqual((answer.status, answer.interim), (401, []))
            self.assertEqual(connection.at_end(), b"")
        self.assertEqual(self.upstream.take(), [])

    def test_an_upstream_that_says_continue_is_not_done(self):
        """Each side has a 100 of its own; what else comes before the answer goes on."""

        def answer(exchange):
            exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            exchange.read_body()
            exchange.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
            exchange.reply(body=b"final")

        self.upstream.answer = answer
        for expects in (False, True):
            with self.subTest(expects=expects), Connection(self.proxy.port) as connection:
                for _ in range(2):
                    connection.send(request("POST", headers=self.EXPECT if expects else self.EXPECT[1:]))
                    if expects:
                        self.assertEqual(connection.head().status, 100)
                    connection.send(b"hello")
                    answer = connection.answer()
                    self.assertEqual((answer.status, answer.body), (200, b"final"))
                    self.assertEqual([interim.status for interim in answer.interim], [102, 103])
                    self.assertEqual([interim.header("Link") for interim in answer.interim], [None, "</a.css>"])

    def test_of_an_answer_before_the_answer_goes_on_what_is_no_hop_s(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\n\r\n")
            exchange.reply()

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            hints = connection.ask("GET", headers=[("X-Request-ID", "hints")]).interim[0]
        self.assertEqual(hints.headers, [("Link", "</a.css>"), ("X-Request-ID", "hints")])
        old = ask(self.proxy.port, version="HTTP/1.0")
        self.assertEqual((old.status, old.interim), (200, []))

    def test_so_many_answers_before_the_answer_go_on(self):
        for sent, passed in ((15, 15), (16, 16), (17, 16), (100, 16)):
            self.upstream.answer = lambda exchange: (exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * sent), exchange.reply(body=b"final"))
            with self.subTest(sent):
                answer = ask(self.proxy.port)
                self.assertEqual((answer.status, answer.body), (200, b"final"))
                self.assertEqual([interim.status for interim in answer.interim], [103] * passed)

    def test_the_upstream_may_refuse_before_the_body(self):
        def answer(exchange):
            exchange.send(b"HTTP/1.1 417 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
            exchange.wait_for_end()

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", headers=self.EXPECT))
            answer = connection.answer()
            if answer.status == 200:
                self.fail(answer)
            self.assertEqual((answer.status, answer.body), (417, b"no"))

    def test_an_unknown_expectation_is_refused(self):
        for values in (["200-maybe"], ["100-continue, 200-maybe"], ["100-continue", "200-maybe"], ["100-continue", "100-continue"], [""]):
            with self.subTest(values):
                answer = ask(self.proxy.port, "GET", headers=[("Expect", value) for value in values])
                self.assertEqual((answer.status, answer.json()["error"]), (417, "expectation_failed"))
        self.assertEqual(self.upstream.take(), [])

    def test_a_body_within_the_limit_passes_and_above_does_not(self):
        for size, status in ((99_999, 200), (100_000, 200), (100_001, 413)):
            with self.subTest(size, framing="length"):
                with Connection(self.proxy.port) as connection:
                    connection.try_to_send(request("POST", body=b"x" * size))
                    self.assertEqual(connection.answer().status, status)
            with self.subTest(size, framing="chunks"):
                with Connection(self.proxy.port) as connection:
                    connection.try_to_send(request("POST", headers=[("Transfer-Encoding", "chunked")]) + chunk(b"x" * size) + b"0\r\n\r\n")
                    try:
                        self.assertEqual(connection.answer().status, status)
                    except Gone:
                        self.fail("no answer")
        self.upstream.wait_for(lambda upstream: len(upstream.requests) >= 4)
        self.assertLessEqual(max(received.body_length for received in self.upstream.take()), 100_000)


if __name__ == "__main__":
    harness.main()
