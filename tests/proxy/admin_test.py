# SPDX-License-Identifier: Apache-2.0
"""The admin listener: probes and figures."""

import os
import threading

import harness
from client import Connection, ask, request
from harness import ISSUER, Proxy, ProxyTest, Site, eventually


class Admin(ProxyTest):
    settings = {"limits": {"header_timeout": "2s", "idle_timeout": "2s"}}

    def test_probes(self):
        for target in ("/healthz", "/readyz"):
            with self.subTest(target):
                self.assertEqual(self.proxy.ask_admin(target).status, 200)
                self.assertEqual(self.proxy.ask_admin(target, "HEAD").body, b"")

    def test_other_paths_and_methods(self):
        rows = [("GET", "/", 404), ("GET", "/metrics/x", 404), ("GET", "/../etc/passwd", 404), ("POST", "/metrics", 405), ("DELETE", "/healthz", 405)]
        for method, target, status in rows:
            with self.subTest((method, target)):
                self.assertEqual(self.proxy.ask_admin(target, method).status, status)

    def test_requests_never_go_upstream_or_past_the_policy(self):
        self.proxy.ask_admin("/public/x")
        self.assertEqual(self.upstream.take(), [])
        self.assertEqual(ask(self.proxy.port, "GET", "/metrics").status, 401)

    def test_junk_does_no_harm(self):
        for octets in (b"\x00" * 100, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100_000, b"GET /metrics HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n\r\n"):
            with self.subTest(octets[:20]), Connection(self.proxy.admin) as connection:
                connection.try_to_send(octets)
                self.assertNotIn(b" 200 ", connection.at_end())
        self.assertEqual(self.proxy.ask_admin("/healthz").status, 200)

    def test_a_client_that_says_nothing_holds_up_nobody(self):
        silent = [Connection(self.proxy.admin) for _ in range(20)]
        self.assertEqual(self.proxy.ask_admin("/healthz").status, 200)
        for connection in silent:
            connection.at_end()
            connection.__exit__()

    def test_a_connection_serves_many_requests(self):
        with Connection(self.proxy.admin) as connection:
            for _ in range(5):
                self.assertEqual(connection.ask("GET", "/healthz", host="localhost").status, 200)


class Figures(ProxyTest):
    def change(self, act):
        """What `act` changes of the figures."""
        before = self.proxy.metrics()
        act()
        after = self.proxy.metrics()
        return {key: value - before.get(key, 0) for key, value in after.items()}

    def test_decisions_and_requests_are_counted(self):
        token = self.site.token("figures")
        mix = [("/public/x", None)] * 5 + [("/orders/1", token)] * 4 + [("/orders/1", None)] * 3 + [("/nothing", token)] * 2
        mix.append(("/public/../x", None))

        def act():
            with Connection(self.proxy.port) as connection:
                for target, token in mix:
                    request_id = connection.ask("GET", target, token=token).header("X-Request-ID")
            self.proxy.wait_for_audit("exchange", request_id)
            eventually("all are counted", lambda: self.proxy.metric("doorward_request_duration_seconds_count") >= before + len(mix))

        before = self.proxy.metric("doorward_request_duration_seconds_count")
        change = self.change(act)
        server = f"127.0.0.1:{self.upstream.port}"
        rows = [
            ("doorward_decisions_total", {"outcome": "allow", "reason": "allowed"}, 9),
            ("doorward_decisions_total", {"outcome": "deny", "reason": "no_token"}, 3),
            ("doorward_decisions_total", {"outcome": "deny", "reason": "default_deny"}, 2),
            ("doorward_decisions_total", {"outcome": "deny", "reason": "bad_segment"}, 1),
            ("doorward_decision_duration_seconds_count", {}, 15),
            ("doorward_requests_total", {"code": "200"}, 9),
            ("doorward_requests_total", {"code": "401"}, 3),
            ("doorward_requests_total", {"code": "403"}, 2),
            ("doorward_requests_total", {"code": "400"}, 1),
            ("doorward_request_duration_seconds_count", {}, 15),
            ("doorward_upstream_duration_seconds_count", {"server": server}, 9),
        ]
        for name, labels, count in rows:
            with self.subTest(name, **labels):
                self.assertEqual(change.get((name, frozenset(labels.items()))), count)
        self.assertGreater(change["doorward_decision_duration_seconds_sum", frozenset()], 0)

    def test_the_token_cache_is_told(self):
        def act():
            with Connection(self.proxy.port) as connection:
                for _ in range(10):
                    connection.ask("GET", "/orders/1", token=token)

        token = self.site.token("cached")
        change = {name: value for (name, _), value in self.change(act).items() if name.startswith("doorward_token_cache")}
        self.assertEqual((change.get("doorward_token_cache_hits_total"), change.get("doorward_token_cache_misses_total")), (9, 1), change)

    def test_connections_are_counted_while_they_are_open(self):
        eventually("none", lambda: self.proxy.metric("doorward_connections") == 0)
        with Connection(self.proxy.port) as one, Connection(self.proxy.port) as two:
            one.ask()
            two.ask()
            self.assertEqual(self.proxy.metric("doorward_connections"), 2)
        eventually("none again", lambda: self.proxy.metric("doorward_connections") == 0)

    def test_policy_and_keys_are_told(self):
        metrics = self.proxy.metrics()
        ask(self.proxy.port, headers=[("X-Request-ID", "revision")])
        revision = self.proxy.wait_for_audit("decision", "revision")["policy"]
        self.assertEqual(metrics["doorward_policy_info", frozenset({("revision", revision)})], 1)
        self.assertEqual(metrics["doorward_policy_rules", frozenset()], harness.POLICY.count("- {id:"))
        self.assertGreaterEqual(metrics["doorward_keys_age_seconds", frozenset({("issuer", ISSUER)})], 0)

    def test_the_page_is_of_its_format(self):
        page = self.proxy.ask_admin("/metrics")
        self.assertIn("text/plain", page.header("Content-Type"))
        names = {line.split()[2] for line in page.body.decode().splitlines() if line.startswith("# TYPE ")}
        self.assertLessEqual({"doorward_decisions_total", "doorward_decision_duration_seconds", "doorward_requests_total", "doorward_connections",
                              "doorward_reloads_total", "doorward_audit_lines_dropped_total"}, names)  # fmt: skip


class NotReady(ProxyTest):
    def test_an_issuer_whose_key_file_is_empty(self):
        """Without keys nothing can be verified: the start says so, or the probe does."""
        site = Site()
        (site.folder / "keys.json").write_text('{"keys": []}')
        try:
            proxy = Proxy(site, self.upstream)
        except AssertionError as error:
            self.assertIn("keys.json", str(error))
            return
        answer = proxy.ask_admin("/readyz")
        self.assertEqual(answer.status, 503)
        self.assertIn(ISSUER.encode(), answer.body)
        proxy.stop()

    def test_an_issuer_whose_keys_in_the_policy_are_none(self):
        weak = '{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}'
        for name, keys in (("no key", ""), ("a key that is set aside", weak)):
            policy = harness.POLICY.replace("{jwks_file: keys.json}", '{jwks: {"keys": [' + keys + "]}}")
            with self.subTest(name):
                site = Site(policy)
                proxy = Proxy(site, self.upstream)
                answer = proxy.ask_admin("/readyz")
                self.assertEqual((answer.status, answer.body.decode()), (503, f"no usable key of {ISSUER}\n"))
                site.replace("policy.yaml", harness.POLICY)
                proxy.reload()
                self.assertEqual(proxy.ask_admin("/readyz").status, 200)
                site.replace("policy.yaml", policy)
                proxy.reload()
                self.assertEqual(proxy.ask_admin("/readyz").status, 503)
                proxy.stop()

    def full_disk(self, when_full):
        """A proxy whose audit log takes no lines, once that is known."""
        proxy = Proxy(self.site, self.upstream, audit={"file": "/dev/full", "when_full": when_full})
        self.addCleanup(proxy.kill)
        self.assertEqual(proxy.ask_admin("/readyz").status, 200)
        self.assertEqual(ask(proxy.port).status, 200)
        eventually("an error", lambda: proxy.metric("doorward_audit_write_errors_total") > 0)
        return proxy

    def test_an_audit_log_that_takes_no_lines_where_they_must_not_be_lost(self):
        proxy = self.full_disk("block")
        answer = proxy.ask_admin("/readyz")
        self.assertEqual((answer.status, answer.body), (503, b"the audit log cannot be written: No space left on device\n"))
        proxy.stop()

    def test_an_audit_log_that_takes_no_lines_where_they_may_be_lost(self):
        proxy = self.full_disk("drop")
        self.assertEqual(proxy.ask_admin("/readyz").status, 200)
        proxy.stop()

    def read_all(self, descriptor):
        os.set_blocking(descriptor, True)
        with open(descriptor, "rb") as pipe:
            for _ in pipe:
                pass

    def fill(self, pipe):
        """Leaves no room in it, so that the proxy's first line waits already."""
        writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        with self.assertRaises(BlockingIOError):
            while os.write(writer, b"\n" * 4096):
                pass
        os.close(writer)

    def test_an_audit_log_that_requests_wait_for(self):
        pipe = self.site.folder / "audit.fifo"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # there, but not reading
        self.fill(pipe)
        proxy = Proxy(self.site, self.upstream, audit={"file": str(pipe), "when_full": "block", "queue_bytes": "4KiB"})
        self.addCleanup(proxy.kill)
        with Connection(proxy.port) as connection:
            connection.send(request("GET", "/orders/1") * 1000)
            eventually("not ready", lambda: proxy.ask_admin("/readyz").status == 503)
            self.assertEqual(proxy.ask_admin("/readyz").body, b"the audit log takes no more lines\n")
            drain = threading.Thread(target=self.read_all, args=(reader,), daemon=True)
            drain.start()
            eventually("ready again", lambda: proxy.ask_admin("/readyz").status == 200)
        proxy.stop()
        drain.join(harness.TIMEOUT)

    def test_no_admin_listener_where_none_is_configured(self):
        proxy = Proxy(self.site, self.upstream, admin=None)
        self.assertIsNone(proxy.admin)
        self.assertEqual(ask(proxy.port).status, 200)
        proxy.stop()


if __name__ == "__main__":
    harness.main()
