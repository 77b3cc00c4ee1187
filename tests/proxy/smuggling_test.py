# SPDX-License-Identifier: Apache-2.0
"""Requests that two servers could read in two ways. For each: the answer, the end of the connection, and that the
upstream saw nothing, or one well-formed request (it reads strictly, see upstream.py), and never the smuggled one."""

import harness
from client import Connection, Gone, request
from harness import ProxyTest

HOST = b"Host: api.example.com\r\n"
SMUGGLED = b"GET /public/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
BODY = b"1e\r\n" + b"x" * 30 + b"\r\n0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def post(fields, body=b"", line=b"POST /public/x HTTP/1.1\r\n"):
    return line + HOST + fields + b"\r\n" + body + SMUGGLED


def with_line(line):
    return post(b"", line=line)


def with_host(*hosts, target=b"/public/x"):
    return b"GET " + target + b" HTTP/1.1\r\n" + b"".join(b"Host: %s\r\n" % host for host in hosts) + b"\r\n" + SMUGGLED


# name, octets, the status; whatever it is, the connection ends and the upstream has seen nothing
LENGTHS = [
    ("length and chunked", post(b"Content-Length: 6\r\n" + CHUNKED, b"0\r\n\r\nG"), 400),
    ("chunked and length", post(CHUNKED + b"Content-Length: 4\r\n", BODY), 400),
    ("length and another coding", post(b"Content-Length: 4\r\nTransfer-Encoding: identity\r\n", b"abcd"), (400, 501)),
    ("length 0 and chunked", post(b"Content-Length: 0\r\n" + CHUNKED, BODY), 400),
    ("equal lengths", post(b"Content-Length: 4\r\nContent-Length: 4\r\n", b"abcd"), 400),
    ("different lengths", post(b"Content-Length: 4\r\nContent-Length: 0\r\n", b"abcd"), 400),
    ("lengths in other case", post(b"Content-Length: 4\r\ncontent-length: 5\r\n", b"abcd"), 400),
    ("a list of equal lengths", post(b"Content-Length: 4, 4\r\n", b"abcd"), 400),
    ("a list of different lengths", post(b"Content-Length: 4,0\r\n", b"abcd"), 400),
    ("a plus", post(b"Content-Length: +4\r\n", b"abcd"), 400),
    ("a minus", post(b"Content-Length: -4\r\n", b"abcd"), 400),
    ("hexadecimal", post(b"Content-Length: 0x4\r\n", b"abcd"), 400),
    ("a fraction", post(b"Content-Length: 4.0\r\n", b"abcd"), 400),
    ("an exponent", post(b"Content-Length: 4e0\r\n", b"abcd"), 400),
    ("a space within", post(b"Content-Length: 4 0\r\n", b"abcd"), 400),
    ("empty length", post(b"Content-Length:\r\n", b"abcd"), 400),
    ("no number", post(b"Content-Length: four\r\n", b"abcd"), 400),
    ("other digits", post("Content-Length: ٤\r\n".encode(), b"abcd"), 400),
    ("above 64 bits", post(b"Content-Length: 18446744073709551620\r\n", b"abcd"), 400),
    ("far above 64 bits", post(b"Content-Length: " + b"9" * 400 + b"\r\n", b"abcd"), 400),
    ("a vertical tab", post(b"Content-Length: \x0b4\r\n", b"abcd"), 400),
    ("space before the colon", post(b"Content-Length : 4\r\n", b"abcd"), 400),
    ("more than is taken", post(b"Content-Length: 1099511627776\r\n"), 413),
]
CODINGS = [
    ("an unknown coding", post(b"Transfer-Encoding: xchunked\r\n", BODY), 501),
    ("identity", post(b"Transfer-Encoding: identity\r\n", BODY), 501),
    ("gzip before chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", BODY), 501),
    ("chunked before identity", post(b"Transfer-Encoding: chunked, identity\r\n", BODY), (400, 501)),
    ("identity before chunked", post(b"Transfer-Encoding: identity, chunked\r\n", BODY), (400, 501)),
    ("chunked twice in a line", post(b"Transfer-Encoding: chunked, chunked\r\n", BODY), (400, 501)),
    ("chunked in two lines", post(CHUNKED + CHUNKED, BODY), 400),
    ("chunked and another line", post(CHUNKED + b"Transfer-encoding: cow\r\n", BODY), (400, 501)),
    ("another line and chunked", post(b"transfer-encoding: cow\r\n" + CHUNKED, BODY), (400, 501)),
    ("empty coding", post(b"Transfer-Encoding:\r\n", BODY), (400, 501)),
    ("an empty element", post(b"Transfer-Encoding: chunked,\r\n", BODY), (400, 501)),
    ("an empty element first", post(b"Transfer-Encoding: ,chunked\r\n", BODY), (400, 501)),
    ("a parameter", post(b"Transfer-Encoding: chunked;q=1\r\n", BODY), (400, 501)),
    ("quoted", post(b'Transfer-Encoding: "chunked"\r\n', BODY), (400, 501)),
    ("a vertical tab first", post(b"Transfer-Encoding: \x0bchunked\r\n", BODY), 400),
    ("a vertical tab last", post(b"Transfer-Encoding: chunked\x0b\r\n", BODY), 400),
    ("a form feed", post(b"Transfer-Encoding: \x0cchunked\r\n", BODY), 400),
    ("NUL in the value", post(b"Transfer-Encoding: chunked\x00\r\n", BODY), 400),
    ("a no-break space", post(b"Transfer-Encoding: \xa0chunked\r\n", BODY), (400, 501)),
    ("space before the colon", post(b"Transfer-Encoding : chunked\r\n", BODY), 400),
    ("tab before the colon", post(b"Transfer-Encoding\t: chunked\r\n", BODY), 400),
    ("NUL in the name", post(b"Transfer-Encoding\x00: chunked\r\n", BODY), 400),
    ("folded value", post(b"Transfer-Encoding:\r\n chunked\r\n", BODY), (400, 501)),
    ("folded into another", post(b"X: y\r\n Transfer-Encoding: chunked\r\n", BODY), 400),
    ("after a bare LF", post(b"X: y\nTransfer-Encoding: chunked\r\n", BODY), 400),
    ("after a bare CR", post(b"X: y\rTransfer-Encoding: chunked\r\n", BODY), 400),
    ("after two CR", post(b"X: y\r\r\nTransfer-Encoding: chunked\r\n", BODY), 400),
    ("in HTTP/1.0", post(CHUNKED, BODY, line=b"POST /public/x HTTP/1.0\r\n"), 400),
]
FIELDS = [
    ("LF everywhere", post(b"").replace(b"\r\n", b"\n"), 400),
    ("LF after the request line", with_line(b"GET /public/x HTTP/1.1\n"), 400),
    ("LF after a field", post(b"A: b\n"), 400),
    ("LF at the end of the head", b"GET /public/x HTTP/1.1\r\n" + HOST + b"\n" + SMUGGLED, 400),
    ("CR in a value", post(b"A: b\rc\r\n"), 400),
    ("CR in a name", post(b"A\r: b\r\n"), 400),
    ("NUL in a value", post(b"A: b\x00c\r\n"), 400),
    ("another control in a value", post(b"A: b\x01c\r\n"), 400),
    ("DEL in a value", post(b"A: b\x7fc\r\n"), 400),
    ("obs-fold by a space", post(b"A: b\r\n c\r\n"), 400),
    ("obs-fold by a tab", post(b"A: b\r\n\tc\r\n"), 400),
    ("a space before the first field", b"GET /public/x HTTP/1.1\r\n " + HOST + b"\r\n" + SMUGGLED, 400),
    ("no colon", post(b"A b\r\n"), 400),
    ("no name", post(b": b\r\n"), 400),
    ("a space in a name", post(b"A B: c\r\n"), 400),
    ("brackets in a name", post(b"A(b): c\r\n"), 400),
    ("a slash in a name", post(b"A/b: c\r\n"), 400),
    ("octets above 127 in a name", post(b"A\xc3\xa4: c\r\n"), 400),
]
REQUEST_LINES = [
    ("two spaces first", with_line(b"GET  /public/x HTTP/1.1\r\n"), 400),
    ("two spaces last", with_line(b"GET /public/x  HTTP/1.1\r\n"), 400),
    ("a space before", with_line(b" GET /public/x HTTP/1.1\r\n"), 400),
    ("a space after", with_line(b"GET /public/x HTTP/1.1 \r\n"), 400),
    ("a tab", with_line(b"GET\t/public/x HTTP/1.1\r\n"), 400),
    ("a fourth part", with_line(b"GET /public/x HTTP/1.1 HTTP/1.1\r\n"), 400),
    ("a space in the target", with_line(b"GET /public/x y HTTP/1.1\r\n"), 400),
    ("no version", with_line(b"GET /public/x\r\n"), 400),
    ("no method", with_line(b"/public/x HTTP/1.1\r\n"), 400),
    ("no target", with_line(b"GET HTTP/1.1\r\n"), 400),
    ("HTTP/2.0", with_line(b"GET /public/x HTTP/2.0\r\n"), 505),
    ("HTTP/1.2", with_line(b"GET /public/x HTTP/1.2\r\n"), 505),
    ("HTTP/0.9", with_line(b"GET /public/x HTTP/0.9\r\n"), 505),
    ("HTTP/1.10", with_line(b"GET /public/x HTTP/1.10\r\n"), (400, 505)),
    ("HTTP/01.1", with_line(b"GET /public/x HTTP/01.1\r\n"), (400, 505)),
    ("HTTP/1", with_line(b"GET /public/x HTTP/1\r\n"), (400, 505)),
    ("http/1.1", with_line(b"GET /public/x http/1.1\r\n"), (400, 505)),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("NUL in the target", with_line(b"GET /public/\x00x HTTP/1.1\r\n"), 400),
    ("octets above 127 in the target", with_line(b"GET /public/\xc3\xa9 HTTP/1.1\r\n"), 400),
    ("a bare CR", with_line(b"GET /public/x\rHTTP/1.1\r\n"), 400),
    ("a colon in the method", with_line(b"GET: /public/x HTTP/1.1\r\n"), 400),
]
HOSTS = [
    ("none", with_host(), 400),
    ("two equal", with_host(b"api.example.com", b"api.example.com"), 400),
    ("two different", with_host(b"api.example.com", b"evil.example"), 400),
    ("absolute form without Host", with_host(target=b"http://api.example.com/public/x"), 400),
    ("two, one in another case", b"GET /public/x HTTP/1.1\r\nHost: a.example\r\nhOST: b.example\r\n\r\n" + SMUGGLED, 400),
]
# Refused by the library, in an orderly way: the connection may stay open.
LIBRARY = [
    ("empty host", with_host(b"")), ("a space", with_host(b"api.example.com evil.example")),
    ("a comma", with_host(b"api.example.com,evil.example")), ("userinfo", with_host(b"api.example.com@evil.example")),
    ("a slash", with_host(b"api.example.com/evil")), ("two ports", with_host(b"api.example.com:80:80")),
    ("port alone", with_host(b":80")), ("port 0", with_host(b"api.example.com:0")), ("port too large", with_host(b"api.example.com:65536")),
    ("half a literal", with_host(b"[::1")), ("percent", with_host(b"%61pi.example.com")), ("hash", with_host(b"api.example.com#x")),
    ("absolute form of another host", with_host(b"api.example.com", target=b"http://evil.example/public/x")),
    ("absolute form with userinfo", with_host(b"api.example.com", target=b"http://api.example.com@evil.example/public/x")),
    ("absolute form of another scheme", with_host(b"api.example.com", target=b"file://api.example.com/public/x")),
    ("authority form", with_host(b"api.example.com", target=b"api.example.com:443")),
    ("asterisk without OPTIONS", with_host(b"api.example.com", target=b"*")),
    ("fragment", with_host(b"api.example.com", target=b"/public/x#y")),
    ("two slashes", with_host(b"api.example.com", target=b"//evil.example/public/x")),
    ("path parameter", with_host(b"api.example.com", target=b"/public;x/y")),
    ("backslash", with_host(b"api.example.com", target=b"/public/..\\x")),
    ("two authorizations", post(b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")),
    ("lower-case method", with_line(b"get /public/x HTTP/1.1\r\n")),
    ("CONNECT", b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n" + SMUGGLED),
]  # fmt: skip
# What stands after the head of a chunked request. The upstream may have begun to receive it, and must never think it complete.
CHUNKS = [
    ("a plus", b"+5\r\nhello\r\n0\r\n\r\n"), ("a minus", b"-5\r\nhello\r\n0\r\n\r\n"), ("0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
    ("no hexadecimal digit", b"g\r\nhello\r\n0\r\n\r\n"), ("no size", b"\r\nhello\r\n0\r\n\r\n"), ("a space before", b" 5\r\nhello\r\n0\r\n\r\n"),
    ("2^64 and 5", b"10000000000000005\r\nhello\r\n0\r\n\r\n"), ("32 digits", b"f" * 32 + b"\r\nhello\r\n0\r\n\r\n"),
    ("LF after the size", b"5\nhello\r\n0\r\n\r\n"), ("CR after the size", b"5\rhello\r\n0\r\n\r\n"),
    ("NUL after the size", b"5\x00\r\nhello\r\n0\r\n\r\n"),
    ("no line end after the data", b"5\r\nhello0\r\n\r\n"), ("more data than said", b"5\r\nhello!\r\n0\r\n\r\n"),
    ("LF after the data", b"5\r\nhello\n0\r\n\r\n"),
    ("LF in an extension", b"5;a\n\r\nhello\r\n0\r\n\r\n"), ("CR in an extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    ("LF at the end", b"5\r\nhello\r\n0\n\n"), ("an endless extension", b"5;" + b"a" * 300_000 + b"\r\nhello\r\n0\r\n\r\n"),
    ("a field after the data", b"5\r\nhello\r\nX: y\r\n\r\n"),
    ("LF in a trailer", b"5\r\nhello\r\n0\r\nA: b\n\r\n"),
    ("a trailer without colon", b"5\r\nhello\r\n0\r\nGET /x HTTP/1.1\r\n\r\n"),
    ("endless trailers", b"5\r\nhello\r\n0\r\n" + b"A: b\r\n" * 50_000 + b"\r\n"),
]  # fmt: skip
# Read in one way by everybody, odd as they are: forwarded as one request of a new framing, or refused.
ODD = [
    ("tab before chunked", post(b"Transfer-Encoding:\tchunked\r\n", BODY)), ("upper case", post(b"TRANSFER-ENCODING: CHUNKED\r\n", BODY)),
    ("space after chunked", post(b"Transfer-Encoding: chunked \t\r\n", BODY)),
    ("zeros before a length", post(b"Content-Length: 0004\r\n", b"abcd")),
    ("an underscore is another field", post(b"Transfer_Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r")),
    ("zeros before a size", post(CHUNKED, b"0000000005\r\nhello\r\n000\r\n\r\n")), ("upper-case size", post(CHUNKED, b"A\r\nhellohello\r\n0\r\n\r\n")),
    ("an extension", post(CHUNKED, b"5;a=b\r\nhello\r\n0;c\r\n\r\n")), ("a quoted extension", post(CHUNKED, b'5;a="0;b"\r\nhello\r\n0\r\n\r\n')),
    ("a space after the size", post(CHUNKED, b"5 \r\nhello\r\n0\r\n\r\n")), ("a trailer", post(CHUNKED, b"5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n")),
    ("obs-fold in a trailer", post(CHUNKED, b"5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n")),
    ("a trailer that would set an identity", post(CHUNKED, b"5\r\nhello\r\n0\r\nX-User-ID: root\r\n\r\n")),
    ("a trailer that would set a length", post(CHUNKED, b"5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n")),
    ("a trailer that would set a coding", post(CHUNKED, b"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n")),
    ("a body with GET", post(b"Content-Length: 4\r\n", b"GET ", line=b"GET /public/x HTTP/1.1\r\n")),
    ("length 0", post(b"Content-Length: 0\r\n")),
]  # fmt: skip


class Smuggling(ProxyTest):
    begun = set()  # targets of requests that were refused half-way: the upstream may tell of them late, or never

    def begin(self, octets, target):
        """The request under a target of its own, since the upstream may have begun to receive it when it is refused."""
        self.begun.add(target)
        return octets.replace(b"/public/x", target.encode(), 1)

    def targets(self):
        """What the upstream received, but for what may be begun."""
        return [received.target for received in self.upstream.take() if received.target not in self.begun]

    def refuse(self, rows):
        """Each is answered once, whatever follows in the same segment, and nothing of it reaches the upstream."""
        for name, octets, wanted in rows:
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.try_to_send(octets)
                answer = connection.answer()
                self.assertIn(answer.status, wanted if isinstance(wanted, tuple) else (wanted,))
                connection.finish()
                self.assertEqual(connection.at_end(), b"")
                self.assertEqual(self.targets(), [])

    def tearDown(self):
        """Nothing waits anywhere: the next request of another client is answered with its own answer."""
        with Connection(self.proxy.port) as connection:
            for number in range(3):
                self.assertEqual(connection.ask("GET", f"/public/own{number}").json()["target"], f"/public/own{number}")
        self.assertEqual(self.targets(), [f"/public/own{number}" for number in range(3)])

    def test_lengths(self):
        self.refuse(LENGTHS)

    def test_codings(self):
        self.refuse(CODINGS)

    def test_fields(self):
        self.refuse(FIELDS)

    def test_request_lines(self):
        self.refuse(REQUEST_LINES)

    def test_hosts(self):
        self.refuse(HOSTS)

    def test_what_the_library_refuses(self):
        for name, octets in LIBRARY:
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.send(octets.removesuffix(SMUGGLED))
                self.assertIn(connection.answer().status, (400, 405, 501) if name == "CONNECT" else (400,))
                self.assertEqual(self.targets(), [])

    def test_chunks(self):
        for name, body in CHUNKS:
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.try_to_send(self.begin(post(CHUNKED, body), "/public/chunks"))
                try:
                    self.assertEqual(connection.answer().status, 400)
                except Gone:
                    self.fail("no answer")
                connection.finish()
                self.assertEqual(connection.at_end(), b"")
                self.assertEqual(self.targets(), [])

    def test_a_last_chunk_that_comes_in_pieces_is_waited_for(self):
        for size, status in ((b"0", 200), (b"00", 200), (b"0;", 400), (b"0 ", 400), (b"0x", 400)):
            with self.subTest(size), Connection(self.proxy.port) as connection:
                connection.send(self.begin(post(CHUNKED, size + b"\r\n").removesuffix(SMUGGLED), "/public/pieces"))
                connection.try_to_send(b"\r\n")
                self.assertEqual(connection.answer().status, status)
            self.assertEqual(self.targets(), [])

    def test_odd_ones_mean_one_thing(self):
        for number, (name, octets) in enumerate(ODD):
            own = f"/public/odd{number}"
            octets = octets.removesuffix(SMUGGLED).replace(b"/public/x", own.encode(), 1)
            with self.subTest(name), Connection(self.proxy.port) as connection:
                connection.send(octets + request("GET", "/public/last", [("Connection", "close")]))
                first = connection.answer()
                self.assertIn(first.status, (200, 400, 501))
                if first.status == 200:
                    self.assertEqual(connection.answer().json()["target"], "/public/last")
                self.assertEqual(connection.at_end(), b"")
                self.assertIn(self.targets(), [[own, "/public/last"]] if first.status == 200 else [[], [own]])
            self.begun.add(own)

    def test_pieces_of_any_size_are_one_request(self):
        octets = post(CHUNKED, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n").removesuffix(SMUGGLED)
        for size in (1, 2, 3, 7):
            with self.subTest(size), Connection(self.proxy.port) as connection:
                for at in range(0, len(octets), size):
                    connection.send(octets[at : at + size])
                self.assertEqual(connection.answer().json()["length"], 11)
                self.assertEqual(self.assertOne(self.upstream.take()).body, b"hello world")


if __name__ == "__main__":
    harness.main()
