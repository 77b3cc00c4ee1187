# SPDX-License-Identifier: Apache-2.0
"""TLS on both sides: versions, names, authorities."""

import ssl
import subprocess
import unittest

import harness
from certificates import Authority, server_context
from client import Connection, ask, request
from harness import Proxy, ProxyTest, Site
from upstream import Upstream


class TowardsClients(ProxyTest):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.upstream = Upstream()
        cls.tls = cls.site.authority.client_context()
        listener = cls.site.listeners("tls")[0]
        chain, key = cls.site.authority.issue("other", "DNS:other.example", "DNS:*.wild.example")
        listener["certificates"].append({"chain": str(chain), "key": str(key)})
        cls.site.listeners = lambda *_: [listener, {"address": "127.0.0.1:0"}]
        cls.proxy = Proxy(cls.site, cls.upstream)

    def s_client(self, *arguments, stdin=b""):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.proxy.port}", "-servername", "api.example.com",
                   "-CAfile", str(self.site.authority.certificate), *arguments]  # fmt: skip
        return subprocess.run(command, input=stdin, capture_output=True, timeout=harness.TIMEOUT)

    def test_requests_pass(self):
        with Connection(self.proxy.port, self.tls) as connection:
            for number in range(3):
                self.assertEqual(connection.ask("POST", f"/public/{number}", body=b"x" * 100_000).json()["length"], 100_000)
        self.assertEqual({received.header("X-Forwarded-Proto") for received in self.upstream.take()}, {"https"})

    def test_both_listeners_serve(self):
        self.assertEqual(ask(self.proxy.ports[1]).status, 200)
        self.assertEqual(self.assertOne(self.upstream.take()).header("X-Forwarded-Proto"), "http")

    def test_versions(self):
        for version, passes in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            with self.subTest(version):
                run = self.s_client(version, "-cipher", "ALL:@SECLEVEL=0", "-verify_return_error")
                self.assertEqual(run.returncode == 0, passes, run.stdout + run.stderr)

    def test_weak_ciphers(self):
        for ciphers in ("aNULL:@SECLEVEL=0", "eNULL:@SECLEVEL=0", "3DES:@SECLEVEL=0", "RC4:@SECLEVEL=0"):
            with self.subTest(ciphers):
                self.assertNotEqual(self.s_client("-tls1_2", "-cipher", ciphers).returncode, 0)

    def test_no_renegotiation(self):
        run = self.s_client("-tls1_2", stdin=b"R\n")
        self.assertNotEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_application_protocols(self):
        for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)):
            context = self.site.authority.client_context()
            if offered:
                context.set_alpn_protocols(offered)
            with self.subTest(offered), Connection(self.proxy.port, context) as connection:
                self.assertEqual(connection.socket.selected_alpn_protocol(), chosen)
                self.assertEqual(connection.ask().status, 200)

    def test_a_client_that_speaks_another_protocol_alone_is_not_misunderstood(self):
        context = self.site.authority.client_context()
        context.set_alpn_protocols(["h2"])
        try:
            with Connection(self.proxy.port, context) as connection:
                self.assertIsNone(connection.socket.selected_alpn_protocol())
        except ssl.SSLError as error:
            self.assertIn("alert", str(error).lower())

    def test_the_certificate_is_that_of_the_name(self):
        rows = [("api.example.com", "server"), ("other.example", "other"), ("a.wild.example", "other"), ("OTHER.example", "other"),
                ("unknown.example", "server"), (None, "server")]  # fmt: skip
        for name, owner in rows:
            context = self.site.authority.client_context()
            context.check_hostname = False
            with self.subTest(name), Connection(self.proxy.port, context, name) as connection:
                subject = dict(pair[0] for pair in connection.socket.getpeercert()["subject"])
                self.assertEqual(subject["commonName"], owner)

    def test_what_is_no_tls_is_hung_up_on(self):
        for octets in (request(), b"\x00" * 100, b"\x16\x03\x01\xff\xff" + b"a" * 70_000):
            with self.subTest(octets[:10]), Connection(self.proxy.port) as connection:
                connection.try_to_send(octets)
                self.assertNotIn(b"HTTP/1.1 200", connection.at_end())
        self.assertEqual(ask(self.proxy.port, tls=self.tls).status, 200)


class TowardsUpstreams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.stranger = Authority(cls.site.folder, "stranger")
        cls.named = cls.site.authority.issue("orders", "DNS:orders.internal")
        cls.addressed = cls.site.authority.issue("address", "IP:127.0.0.1")

    def answer(self, certificate, upstream_tls, host="127.0.0.1", context=None):
        """What a client is answered where the upstream has this certificate; and the names it was asked for."""
        context = context or server_context(*certificate)
        names = []
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        upstream = Upstream(context)
        proxy = Proxy(self.site, servers=[f"https://{host}:{upstream.port}"], upstream={"tls": upstream_tls})
        try:
            answers = [ask(proxy.port, "POST", body=b"x" * 100_000) for _ in range(3)]
            self.assertEqual(len({answer.status for answer in answers}), 1)
            self.assertEqual(len(upstream.take()), 3 if answers[0].status == 200 else 0)
            return answers[0], set(names)
        finally:
            proxy.stop()
            upstream.stop()

    def test_authority_and_name_are_verified(self):
        trusted = {"ca": str(self.site.authority.certificate)}
        strange = self.stranger.issue("strange", "DNS:orders.internal", "IP:127.0.0.1")
        misnamed = self.site.authority.issue("misnamed", "DNS:127.0.0.1")
        rows = [
            ("its name", self.named, {**trusted, "server_name": "orders.internal"}, 200),
            ("its address", self.addressed, trusted, 200),
            ("another name", self.named, {**trusted, "server_name": "billing.internal"}, 502),
            ("a name for an address", self.named, trusted, 502),
            ("an address as a name", misnamed, trusted, 502),
            ("another authority", strange, {**trusted, "server_name": "orders.internal"}, 502),
            ("the authorities of the system", self.addressed, {}, 502),
        ]
        for name, certificate, tls, status in rows:
            with self.subTest(name):
                answer, _ = self.answer(certificate, tls)
                self.assertEqual(answer.status, status)
                if status != 200:
                    self.assertIn("upstream", answer.json()["error"])

    def test_the_name_is_asked_for(self):
        trusted = {"ca": str(self.site.authority.certificate)}
        self.assertEqual(self.answer(self.named, {**trusted, "server_name": "orders.internal"})[1], {"orders.internal"})
        self.assertEqual(self.answer(self.addressed, trusted)[1], {None})  # RFC 6066 section 3: no addresses
        local = self.site.authority.issue("local", "DNS:localhost")
        answer, names = self.answer(local, trusted, host="localhost")
        self.assertEqual((answer.status, names), (200, {"localhost"}))

    def test_an_upstream_without_tls_is_no_upstream(self):
        with_plain = Upstream()
        proxy = Proxy(self.site, servers=[f"https://127.0.0.1:{with_plain.port}"], upstream={"tls": {"ca": str(self.site.authority.certificate)}})
        self.assertIn(ask(proxy.port).status, (502, 504))
        proxy.stop()
        with_plain.stop()


if __name__ == "__main__":
    harness.main()
