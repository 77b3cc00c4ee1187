# SPDX-License-Identifier: Apache-2.0
"""What the upstream learns of the caller: the verified identity, in the place of whatever the client claimed."""

import socket
import struct

import harness
from client import Connection, ask, request
from harness import Proxy, ProxyTest, Site

SPELLINGS = ["X-User-ID", "x-user-id", "X-USER-ID", "X_User_ID", "x_user_id", "X-User_ID", "X_USER-id", "X.User.ID", "x.user-id"]


class Identity(ProxyTest):
    def ask(self, *headers, target="/orders/1", token=None):
        answer = ask(self.proxy.port, "GET", target, headers, token=token)
        self.assertEqual(answer.status, 200, answer)
        return self.assertOne(self.upstream.take())

    def identity(self, received):
        """Every header that a backend may fold to X-User-something."""
        return sorted((name, value) for name, value in received.headers if name.lower().replace("_", "-").replace(".", "-").startswith("x-user"))

    def test_the_verified_identity_is_set(self):
        received = self.ask(token=self.site.token("ben", email="ben@example.com"))
        self.assertEqual(self.identity(received), [("X-User-ID", "ben"), ("X-User-Mail", "ben@example.com")])

    def test_a_forged_identity_becomes_the_true_one(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                received = self.ask((spelling, "ada"), (spelling, "root"), token=self.site.token("ben"))
                self.assertEqual(self.identity(received), [("X-User-ID", "ben")])

    def test_a_forged_identity_without_a_token_is_none(self):
        for spelling in SPELLINGS + ["X-User-Mail", "X-User-Anything", "x_user_anything"]:
            with self.subTest(spelling):
                self.assertEqual(self.identity(self.ask((spelling, "ada"), target="/public/x")), [])

    def test_connection_that_names_very_many_is_refused(self):
        answer = ask(self.proxy.port, "GET", "/public/x", [("Connection", "q," * 40 + "close")])
        self.assertEqual(answer.status, 400)
        self.assertEqual(self.upstream.take(), [])

    def test_connection_names_no_identity_away(self):
        """The old trick: what Connection names is removed by a proxy, after it was set."""
        for names in ("X-User-ID", "close, X-User-ID", "x-user-id, X-User-Mail, Authorization", "X-Request-ID, X-Forwarded-For, Host"):
            with self.subTest(names):
                received = self.ask(("Connection", names), ("X-User-ID", "ada"), token=self.site.token("ben", email="b@example.com"))
                self.assertEqual(self.identity(received), [("X-User-ID", "ben"), ("X-User-Mail", "b@example.com")])
                self.assertEqual(received.header("Host"), "api.example.com")
                self.assertTrue(received.header("X-Request-ID"))
                self.assertTrue(received.header("X-Forwarded-For"))

    def test_headers_that_name_another_path_or_method_are_removed(self):
        for name in ("X-HTTP-Method-Override", "x_http_method", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Accel-Redirect"):
            with self.subTest(name):
                received = self.ask((name, "/orders/closed/1"), token=self.site.token())
                self.assertEqual([n for n, _ in received.headers if n.lower().replace("_", "-") == name.lower().replace("_", "-")], [])

    def test_a_claim_injects_no_header(self):
        evil = ["a\r\nX-Admin: 1", "a\nX-Admin: 1", "a\rX-Admin: 1", "a\u0000b", "a\u0085b\u2028c"]
        evil.append("\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        for value in evil:
            with self.subTest(value):
                received = self.ask(token=self.site.token(value, email=value))
                self.assertIsNone(received.header("X-Admin"))
                for _, sent in self.identity(received):
                    self.assertFalse(set(sent) & set("\r\n\0"), sent)

    def test_a_claim_outside_ascii_does_no_harm(self):
        received = self.ask(token=self.site.token("ädä-日本", email="ok@example.com"))
        self.assertIn(("X-User-Mail", "ok@example.com"), self.identity(received))

    def test_a_required_identity_that_cannot_be_sent_denies(self):
        site = Site(harness.POLICY.replace("X-User-Mail: claims.email", "X-User-Mail: {value: claims.email, required: true}"))
        proxy = Proxy(site, self.upstream)
        for mail, status in (("a\r\nX-Admin: 1", 403), ("", 403), ("a@example.com", 200)):
            with self.subTest(mail):
                answer = ask(proxy.port, "GET", "/orders/1", token=site.token(email=mail))
                self.assertEqual(answer.status, status)
                if status != 200:
                    self.assertEqual(answer.json()["error"], "forward_value")
        self.assertEqual(len(self.upstream.take()), 1)
        proxy.stop()


class Resets(ProxyTest):
    """Apart from the others: when its requests arrive at the upstream, and whether they do, is left open."""

    def test_a_client_that_resets_its_connection_keeps_its_address(self):
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.proxy.port)) as client:
                client.sendall(request("GET", "/public/x"))
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.assertEqual(ask(self.proxy.port, "GET", "/public/last").status, 200)
        for received in self.upstream.take():
            self.assertEqual(received.all("X-Forwarded-For"), ["127.0.0.1"])


class HopByHop(ProxyTest):
    FIELDS = [
        ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("TE", "trailers"), ("Trailer", "X-T"), ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic eDp5"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"), ("X-Hop", "1"),
    ]  # fmt: skip

    def test_requests_lose_what_belongs_to_the_connection(self):
        headers = [("Connection", "keep-alive, Upgrade, X-Hop"), ("Connection", "HTTP2-Settings"), *self.FIELDS, ("X-End", "2")]
        self.assertEqual(ask(self.proxy.port, "GET", "/public/x", headers).status, 200)
        received = self.assertOne(self.upstream.take())
        for name, _ in self.FIELDS:
            self.assertIsNone(received.header(name), name)
        self.assertIn((received.header("Connection") or "keep-alive").lower(), ("keep-alive",))
        self.assertEqual(received.header("X-End"), "2")

    def test_answers_lose_what_belongs_to_the_connection(self):
        fields = [("Connection", "X-Hop"), ("Keep-Alive", "timeout=5"), ("Proxy-Authenticate", "Basic"), ("X-Hop", "1"), ("Upgrade", "h2c"),
                  ("Trailer", "X-T"), ("X-End", "2")]  # fmt: skip
        self.upstream.answer = lambda exchange: exchange.reply(200, fields, b"x")
        answer = ask(self.proxy.port)
        for name in ("Keep-Alive", "Proxy-Authenticate", "X-Hop", "Upgrade", "Trailer"):
            self.assertEqual(answer.all(name), [], name)
        self.assertEqual((answer.header("X-End"), answer.body), ("2", b"x"))

    def test_connection_cannot_take_the_framing_away(self):
        with Connection(self.proxy.port) as connection:
            for number in range(2):
                connection.send(request("POST", f"/public/{number}", [("Connection", "Content-Length, Host")], b"GET /a"))
                self.assertEqual(connection.answer().status, 200)
        self.assertEqual([received.body for received in self.upstream.take()], [b"GET /a", b"GET /a"])

    def test_connection_cannot_take_chunked_away(self):
        with Connection(self.proxy.port) as connection:
            for _ in range(2):
                fields = [("Connection", "Transfer-Encoding"), ("Transfer-Encoding", "chunked")]
                connection.send(request("POST", "/public/x", fields) + b"3\r\nabc\r\n0\r\n\r\n")
                self.assertEqual(connection.answer().status, 200)
        self.assertEqual([received.body for received in self.upstream.take()], [b"abc", b"abc"])


# How a request came, in words that only the proxy may use, and says in three fields of its own.
OF_THE_WAY = ["Forwarded", "X-Forwarded-Port", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Server", "X-Forwarded-Ssl", "X-Real-IP",
              "X-Original-Forwarded-For", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "X-Url-Scheme", "Front-End-Https", "x_real_ip"]  # fmt: skip


class Forwarded(ProxyTest):
    """X-Forwarded-* with no proxy trusted in front: what the client says of them counts for nothing."""

    def received(self, *headers, **settings):
        self.assertEqual(ask(self.proxy.port, "GET", "/public/x", headers, **settings).status, 200)
        return self.assertOne(self.upstream.take())

    def test_the_peer_is_the_client(self):
        for sent in ([], [("X-Forwarded-For", "6.6.6.6")], [("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", "junk, 7.7.7.7")]):
            with self.subTest(sent):
                self.assertEqual(self.received(*sent).all("X-Forwarded-For"), ["127.0.0.1"])

    def test_protocol_and_host_are_what_the_proxy_saw(self):
        forged = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")]
        received = self.received(*forged, host="API.example.com:8080")
        self.assertEqual((received.header("X-Forwarded-Proto"), received.header("X-Forwarded-Host")), ("http", "API.example.com:8080"))
        self.assertEqual(received.header("Host"), "API.example.com:8080")

    def test_nothing_else_is_said_of_the_way(self):
        received = self.received(*((name, "6.6.6.6") for name in OF_THE_WAY))
        self.assertEqual([header for header in received.headers if header[1] == "6.6.6.6"], [])

    def test_the_audit_log_has_the_peer(self):
        answer = ask(self.proxy.port, "GET", "/public/x", [("X-Forwarded-For", "6.6.6.6")])
        self.assertEqual(self.proxy.wait_for_audit("decision", answer.header("X-Request-ID"))["source_ip"], "127.0.0.1")


class TrustedHops(ProxyTest):
    settings = {"client_address": {"trusted_hops": 2}}
    policy = harness.POLICY.replace("rules:\n", """\
rules:
  - {id: loopback, allow: [everyone], endpoints: [/near/loopback], when: source.ip.isLoopback()}
  - {id: client, allow: [everyone], endpoints: [/near/client], when: source.ip == ip("1.2.3.4")}
  - {id: anywhere, allow: [everyone], endpoints: [/far]}
  - {id: not-loopback, deny: [everyone], endpoints: [/far], when: source.ip.isLoopback()}
""")

    def asked(self, *headers, target="/public/x"):
        """The answer, and whose address the audit log names."""
        answer = ask(self.proxy.port, "GET", target, headers, token=self.site.token())
        return answer, self.proxy.wait_for_audit("decision", answer.header("X-Request-ID"))["source_ip"]

    def received(self, *headers):
        """What goes on of a request that came by both proxies."""
        answer, client = self.asked(("X-Forwarded-For", "1.2.3.4, 10.0.0.1"), *headers)
        self.assertEqual((answer.status, client), (200, "1.2.3.4"))
        return self.assertOne(self.upstream.take())

    def test_the_client_is_counted_from_the_right(self):
        cases = [
            ("as many as are trusted", ["1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            ("the client wrote one itself", ["6.6.6.6, 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            ("the client wrote junk", ["junk,, 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            ("in several fields", ["6.6.6.6", "1.2.3.4", "10.0.0.1"], "1.2.3.4"),
            ("spaces", ["6.6.6.6 ,\t1.2.3.4 , 10.0.0.1"], "1.2.3.4"),
            ("ports", ["1.2.3.4:4711, 10.0.0.1:80"], "1.2.3.4"),
            ("IPv6", ["2001:DB8::1, 10.0.0.1"], "2001:db8::1"),
            ("IPv4 in IPv6", ["::ffff:1.2.3.4, 10.0.0.1"], "1.2.3.4"),
        ]
        for name, fields, client in cases:
            with self.subTest(name):
                answer, source = self.asked(*(("X-Forwarded-For", field) for field in fields))
                self.assertEqual((answer.status, source), (200, client))
                forwarded = self.assertOne(self.upstream.take()).all("X-Forwarded-For")
                self.assertEqual(forwarded, [f"{client}, 10.0.0.1, 127.0.0.1"])

    def test_junk_where_an_address_should_be_is_refused(self):
        for junk in ("junk", "1.2.3", "", "unknown", "1.2.3.4%eth0", "fe80::1%1", "1.2.3.4:", "[::1"):
            for field in (f"{junk}, 10.0.0.1", f"1.2.3.4, {junk}"):
                with self.subTest(field):
                    answer, source = self.asked(("X-Forwarded-For", field))
                    self.assertEqual((answer.status, answer.json()["error"], source), (400, "bad_source", junk or None))
        self.assertEqual(self.upstream.take(), [])

    def test_fewer_addresses_than_proxies_are_nobodys(self):
        claims = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")]
        for sent in ([], [""], ["1.2.3.4"], ["junk"]):
            with self.subTest(sent):
                fields = [("X-Forwarded-For", field) for field in sent]
                answer, source = self.asked(*fields, *claims)
                self.assertEqual((answer.status, source), (200, None))
                received = self.assertOne(self.upstream.take())
                self.assertEqual(received.all("X-Forwarded-For"), ["127.0.0.1"])
                self.assertEqual(received.all("X-Forwarded-Proto"), ["http"])
                self.assertEqual(received.all("X-Forwarded-Host"), ["api.example.com"])
                for target in ("/near/loopback", "/near/client", "/far"):
                    self.assertEqual(self.asked(*fields, target=target)[0].status, 403, target)
        self.assertEqual(self.upstream.take(), [])

    def test_conditions_read_the_clients_address(self):
        sent = ("X-Forwarded-For", "127.0.0.1, 1.2.3.4, 10.0.0.1")
        for target, status in (("/near/loopback", 403), ("/near/client", 200), ("/far", 200)):
            with self.subTest(target):
                self.assertEqual(self.asked(sent, target=target)[0].status, status)

    def test_a_scheme_is_believed_where_it_is_one(self):
        cases = [
            (["https"], "https"), (["HTTPS"], "https"), (["http"], "http"), ([], "http"), ([""], "http"), (["wss"], "http"),
            (["https, http"], "http"), (["https", "https"], "http"), (["https", "http"], "http"), (["javascript"], "http"),
        ]  # fmt: skip
        for sent, scheme in cases:
            with self.subTest(sent):
                received = self.received(*(("X-Forwarded-Proto", value) for value in sent))
                self.assertEqual(received.all("X-Forwarded-Proto"), [scheme])

    def test_a_host_is_believed_where_it_is_one(self):
        own = "api.example.com"
        cases = [
            (["shop.example"], "shop.example"), (["Shop.example:8443"], "Shop.example:8443"), (["[2001:db8::1]:1"], "[2001:db8::1]:1"),
            ([], own), ([""], own), (["a, b"], own), (["a", "b"], own), (["a", "a"], own), (["a/b"], own), (["a@b"], own), (["a:65536"], own),
            (["[::1"], own), (['"><script>'], own),
        ]  # fmt: skip
        for sent, host in cases:
            with self.subTest(sent):
                received = self.received(*(("X-Forwarded-Host", value) for value in sent))
                self.assertEqual((received.all("X-Forwarded-Host"), received.header("Host")), ([host], own))

    def test_nothing_else_is_said_of_the_way(self):
        received = self.received(*((name, "6.6.6.6") for name in OF_THE_WAY))
        self.assertEqual([header for header in received.headers if header[1] == "6.6.6.6"], [])


if __name__ == "__main__":
    harness.main()
