# SPDX-License-Identifier: Apache-2.0
"""An upstream that reads strictly, remembers what it received, and answers as a test wants it to."""

import hashlib
import json
import re
import socket
import struct
import threading

from message import Fields

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(rb"[\x20-\x7e\x80-\xff\t]*")
KEPT = 1 << 20  # of a body; more is digested only


class Malformed(Exception):
    """What came is no HTTP/1.1 that every server reads in the same way."""


class Received(Fields):
    """A request as it arrived."""

    def __init__(self, head, connection):
        first, *fields = head.split(b"\r\n")
        parts = first.split(b" ")
        if len(parts) != 3 or not all(parts) or parts[2] != b"HTTP/1.1":
            raise Malformed(f"request line {first!r}")
        self.method, self.target, self.version = (part.decode("latin-1") for part in parts)
        self.headers = [self.field(field) for field in fields]
        self.connection = connection
        self.body, self.body_length, self.body_hash = b"", 0, hashlib.sha256()
        if len(self.all("Host")) != 1:
            raise Malformed(f"Host: {self.all('Host')}")

    @staticmethod
    def field(field):
        name, colon, value = field.partition(b":")
        value = value.strip(b" \t")
        if not colon or not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
            raise Malformed(f"header field {field!r}")
        return name.decode(), value.decode("latin-1")

    def add(self, octets):
        self.body_length += len(octets)
        self.body_hash.update(octets)
        if len(self.body) < KEPT:
            self.body += octets

    def json(self):
        return {
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "length": self.body_length,
            "sha256": self.body_hash.hexdigest(),
            "connection": self.connection,
        }


class Exchange:
    """A request at the upstream, and the means to answer it."""

    def __init__(self, upstream, stream, number):
        self.upstream, self.socket, self.number = upstream, stream, number
        self.read = b""
        self.request = None

    def more(self):
        octets = self.socket.recv(1 << 18)
        self.read += octets
        return octets

    def until(self, mark):
        while mark not in self.read:
            if not self.more():
                raise Malformed(f"the end of the connection after {self.read[:200]!r}") if self.read else EOFError
        octets, self.read = self.read.split(mark, 1)
        return octets

    def parts(self, size):
        while size:
            if not self.read and not self.more():
                raise EOFError
            octets, self.read = self.read[:size], self.read[size:]
            size -= len(octets)
            yield octets

    def next_request(self):
        self.request = None
        self.request = Received(self.until(b"\r\n\r\n"), self.number)
        self.upstream.add(self.request)

    def body(self):
        """Yields the request's body in parts, and adds them up in the request."""
        lengths, codings = self.request.all("Content-Length"), self.request.all("Transfer-Encoding")
        if len(lengths) + len(codings) > 1 or codings not in ([], ["chunked"]):
            raise Malformed(f"ambiguous body: {self.request.headers}")
        if lengths and not re.fullmatch("[0-9]+", lengths[0]):
            raise Malformed(f"Content-Length {lengths[0]!r}")
        for part in self.chunks() if codings else self.parts(int(lengths[0]) if lengths else 0):
            self.request.add(part)
            yield part

    def chunks(self):
        while size := self.chunk_size():
            yield from self.parts(size)
            if self.until(b"\r\n"):
                raise Malformed("a chunk does not end where it says")
        if self.until(b"\r\n"):
            raise Malformed("trailers")

    def chunk_size(self):
        line = self.until(b"\r\n")
        if not re.fullmatch(rb"[0-9a-fA-F]+", line):
            raise Malformed(f"chunk size {line!r}")
        return int(line, 16)

    def read_body(self):
        for _ in self.body():
            pass

    def send(self, octets):
        self.socket.sendall(octets)

    def reply(self, status=200, headers=(), body=b""):
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 {status} Whatever\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        self.send(head.encode("latin-1") + (b"" if self.request.method == "HEAD" else body))

    def echo(self):
        self.read_body()
        self.reply(headers=[("Content-Type", "application/json")], body=json.dumps(self.request.json()).encode())

    def close(self):
        """Ends the connection in order; what is read after it is the end."""
        self.socket.close()
        raise EOFError

    def reset(self):
        """Ends it by a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def wait_for_end(self):
        """Until the proxy hangs up; what it still sends is thrown away."""
        while self.more():
            self.read = b""
        raise EOFError


class Upstream:
    """Listens on a port of the system's choice (or `port`). `answer` is called with each Exchange, on a thread of its connection."""

    def __init__(self, tls=None, port=0, answer=Exchange.echo):
        self.tls, self.answer = tls, answer
        self.changed = threading.Condition()
        self.requests, self.malformed, self.open, self.accepted = [], [], set(), 0
        self.listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def accept(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.accepted += 1
                number = self.accepted
                self.open.add(stream)
                self.changed.notify_all()
            threading.Thread(target=self.serve, args=(stream, number), daemon=True).start()

    def serve(self, stream, number):
        try:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                stream = self.secured(stream)
            exchange = Exchange(self, stream, number)
            while True:
                exchange.next_request()
                self.answer(exchange)
        except Malformed as error:
            self.add(str(error), self.malformed)
        except (EOFError, OSError):
            pass
        finally:
            stream.close()
            with self.changed:
                self.open.discard(stream)
                self.changed.notify_all()

    def secured(self, plain):
        try:
            stream = self.tls.wrap_socket(plain, server_side=True)
        finally:
            with self.changed:
                self.open.discard(plain)
        with self.changed:
            self.open.add(stream)
        return stream

    def add(self, item, to=None):
        with self.changed:
            (self.requests if to is None else to).append(item)
            self.changed.notify_all()

    def take(self):
        """The requests since it was last asked, and makes sure that all of them were well-formed."""
        with self.changed:
            requests, self.requests = self.requests, []
            if self.malformed:
                raise AssertionError(f"malformed at the upstream: {self.malformed}")
            return requests

    def wait_for(self, predicate, timeout=60):
        with self.changed:
            if not self.changed.wait_for(lambda: predicate(self), timeout):
                raise AssertionError("what was waited for did not come to pass at the upstream")

    def stop(self):
        """Closes everything, as a server does that dies."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        with self.changed:
            for stream in self.open:
                try:
                    stream.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
