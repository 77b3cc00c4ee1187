# SPDX-License-Identifier: Apache-2.0
"""A client on a bare socket: sends any octets, reads answers strictly, and sees how a connection ends."""

import json
import socket

from message import Fields

TIMEOUT = 120  # what does not come within it never will; generous, since sanitizers are slow
HOST = "api.example.com"


class Gone(Exception):
    """The connection ended where something more was due."""


class Answer(Fields):
    def __init__(self, head):
        first, *fields = head.decode("latin-1").split("\r\n")
        self.version, status, _ = (first + " ").split(" ", 2)
        self.status = int(status)
        self.headers = [tuple(part.strip() for part in field.split(":", 1)) for field in fields]
        self.body = b""

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:200]!r}>"


def request(method="GET", target="/public/x", headers=(), body=None, host=HOST, token=None, version="HTTP/1.1"):
    """The octets of a well-formed request."""
    fields = [("Host", host), *headers]
    if token:
        fields.append(("Authorization", f"Bearer {token}"))
    if body is not None:
        fields.append(("Content-Length", str(len(body))))
    head = f"{method} {target} {version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + (body or b"")


def chunk(octets):
    return b"%x\r\n%s\r\n" % (len(octets), octets)


class Connection:
    """A connection to a port of this machine; over TLS where `tls` is a context."""

    def __init__(self, port, tls=None, server_name=HOST, address="127.0.0.1", timeout=TIMEOUT):
        self.socket = socket.create_connection((address, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            try:
                self.socket = tls.wrap_socket(self.socket, server_hostname=server_name)
            except BaseException:
                self.socket.close()
                raise
        self.read = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def try_to_send(self, octets):
        """Sends what the other side takes before it closes the connection."""
        try:
            self.socket.sendall(octets)
        except (ConnectionError, BrokenPipeError):
            pass

    def finish(self):
        """Says that nothing more comes."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the other side was faster
            pass

    def ask(self, *arguments, **settings):
        """Sends a request and reads its answer."""
        self.send(request(*arguments, **settings))
        method = settings.get("method") or (arguments[0] if arguments else "GET")
        return self.answer(method)

    def more(self):
        """Reads some octets; none at the end of the connection, whatever way it ended."""
        try:
            octets = self.socket.recv(1 << 18)
        except TimeoutError:
            raise
        except OSError:  # a reset, or TLS that was cut off
            return b""
        self.read += octets
        return octets

    def take(self, size):
        octets, self.read = self.read[:size], self.read[size:]
        return octets

    def until(self, mark):
        at = self.read.find(mark)
        while at < 0:
            searched = max(0, len(self.read) - len(mark))
            if not self.more():
                raise Gone(f"{self.read[:300]!r} before {mark!r}")
            at = self.read.find(mark, searched)
        return self.take(at + len(mark))

    def exactly(self, size):
        while len(self.read) < size:
            if not self.more():
                raise Gone(f"{len(self.read)} of {size} octets")
        return self.take(size)

    def head(self):
        return Answer(self.until(b"\r\n\r\n")[:-4])

    def answer(self, method="GET"):
        """Reads the final answer with its body; those with 1xx before it are in its `interim`."""
        interim = []
        answer = self.head()
        while answer.status < 200 and answer.status != 101:
            interim.append(answer)
            answer = self.head()
        answer.interim = interim
        answer.body = b"".join(self.body(answer, method))
        return answer

    def body(self, answer, method="GET"):
        """Yields the body in parts as they come. Raises Gone where it is cut off."""
        lengths, codings = answer.all("Content-Length"), answer.all("Transfer-Encoding")
        if len(lengths) + len(codings) > 1:
            raise AssertionError(f"ambiguous: {answer.headers}")
        if method == "HEAD" or answer.status in (101, 204, 304):
            return
        if codings:
            if codings != ["chunked"]:
                raise AssertionError(codings)
            yield from self.chunks()
        elif lengths:
            yield from self.parts(int(lengths[0]))
        else:
            while self.read or self.more():
                yield self.take(len(self.read))

    def parts(self, size):
        while size:
            if not self.read and not self.more():
                raise Gone(f"{size} octets of the body are missing")
            octets = self.take(size)
            size -= len(octets)
            yield octets

    def chunks(self):
        while size := int(self.until(b"\r\n")[:-2], 16):
            yield from self.parts(size)
            if self.exactly(2) != b"\r\n":
                raise AssertionError("a chunk does not end where it says")
        if self.until(b"\r\n") != b"\r\n":
            raise AssertionError("trailers came through")

    def at_end(self):
        """Waits for the end of the connection; returns what still came before it."""
        while self.more():
            pass
        return self.take(len(self.read))


def ask(port, *arguments, tls=None, server_name=HOST, address="127.0.0.1", **settings):
    """A request on a connection of its own."""
    with Connection(port, tls, server_name, address) as connection:
        return connection.ask(*arguments, **settings)
