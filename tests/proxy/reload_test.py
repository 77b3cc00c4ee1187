# SPDX-License-Identifier: Apache-2.0
"""Changes while the proxy runs: policy, keys and certificates are put in force at once and whole, and nobody notices
but by the answers; and its end, which lets finish what has begun."""

import hashlib
import signal
import threading

import harness
from certificates import Authority, server_context
from client import Connection, Gone, ask, request
from harness import FULL, POLICY, Proxy, ProxyTest, Site, SiteTest, eventually
from upstream import Upstream

CLOSED = POLICY.replace("- {id: public, allow: [everyone]", "- {id: public, deny: [everyone]")
BROKEN = POLICY.replace("allow: [editor]", "allow: [edtior]")


class Reload(ProxyTest):
    settings = {"listeners": ("plain", "tls")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tls = cls.site.authority.client_context()

    def setUp(self):
        super().setUp()
        self.addCleanup(self.put_policy, POLICY)

    def put_policy(self, text, outcome="success"):
        self.site.replace("policy.yaml", text)
        self.proxy.reload("policy", outcome)

    def test_a_changed_policy_changes_the_answers(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual(connection.ask().status, 200)
            before = ask(self.proxy.port).header("X-Request-ID")
            self.put_policy(CLOSED)
            answer = connection.ask()
            self.assertEqual((answer.status, answer.json()["error"]), (403, "denied_by_rule"))
            self.put_policy(POLICY)
            after = connection.ask()
            self.assertEqual(after.status, 200)
        names = (before, answer.header("X-Request-ID"), after.header("X-Request-ID"))
        revisions = [self.proxy.wait_for_audit("decision", name)["policy"] for name in names]
        self.assertEqual(revisions[0], revisions[2])
        self.assertNotEqual(revisions[0], revisions[1])

    def test_a_broken_policy_changes_nothing_and_is_told(self):
        rows = [("a slip", BROKEN, "edtior"), ("no YAML", "{", "policy.yaml"), ("empty", "", "policy.yaml"), ("half", POLICY[:300], "policy.yaml")]
        for name, text, told in rows:
            with self.subTest(name):
                said = len(self.proxy.said)
                self.put_policy(text, "failure")
                self.proxy.wait_for_line(told, said)
                self.assertEqual(self.proxy.metric("doorward_last_reload_success", what="policy"), 0)
                self.assertEqual(ask(self.proxy.port).status, 200)
                self.assertEqual(ask(self.proxy.port, "GET", "/orders/1", token=self.site.token()).status, 200)
                self.assertEqual(self.proxy.ask_admin("/readyz").status, 200)
                self.put_policy(POLICY)
                self.assertEqual(self.proxy.metric("doorward_last_reload_success", what="policy"), 1)

    def test_new_keys_take_the_place_of_old_ones(self):
        old = self.site.folder / "keys.json"
        text = old.read_text()
        self.addCleanup(lambda: (self.site.replace("keys.json", text), self.proxy.reload("keys")))
        fresh, public = self.site.folder / "fresh.jwk", self.site.folder / "fresh.json"
        self.site.new_key(fresh, public, "EdDSA")
        by_old, by_new = self.site.token(), self.site.token(key=fresh)
        self.assertEqual([ask(self.proxy.port, "GET", "/orders/1", token=token).status for token in (by_old, by_new)], [200, 401])
        self.site.replace("keys.json", public.read_text())
        self.proxy.reload("keys")
        self.assertEqual([ask(self.proxy.port, "GET", "/orders/1", token=token).status for token in (by_old, by_new)], [401, 200])

    def test_broken_keys_change_nothing(self):
        text = (self.site.folder / "keys.json").read_text()
        self.addCleanup(lambda: (self.site.replace("keys.json", text), self.proxy.reload("keys")))
        for broken in ("", "{", '{"keys": 1}'):
            with self.subTest(broken):
                self.site.replace("keys.json", broken)
                self.proxy.reload("keys", "failure")
                self.assertEqual(ask(self.proxy.port, "GET", "/orders/1", token=self.site.token()).status, 200)
                self.assertEqual(self.proxy.metric("doorward_last_reload_success", what="keys"), 0)

    def serial(self):
        with Connection(self.proxy.ports[1], self.tls) as connection:
            return connection.socket.getpeercert()["serialNumber"]

    def test_a_new_certificate_is_shown_to_new_connections(self):
        with Connection(self.proxy.ports[1], self.tls) as connection:
            self.assertEqual(connection.ask().status, 200)
            before = self.serial()
            self.site.authority.issue("server", "DNS:api.example.com", "IP:127.0.0.1")
            self.proxy.reload("certificates")
            self.assertNotEqual(self.serial(), before)
            self.assertEqual(connection.ask().status, 200)

    def test_a_certificate_without_its_key_changes_nothing(self):
        before = self.serial()
        certificate, key = self.site.certificate
        other, _ = self.site.authority.issue("stray", "DNS:api.example.com")
        text = certificate.read_text()
        for broken in (other.read_text(), "", "no certificate"):
            with self.subTest(broken[:20]):
                self.site.replace(certificate.name, broken)
                self.proxy.reload("certificates", "failure")
                self.assertEqual(self.serial(), before)
        self.site.replace(certificate.name, text)
        self.proxy.reload("certificates")
        self.assertEqual(self.serial(), before)

    def test_no_request_is_lost_while_everything_changes(self):
        """Policies, keys and certificates change in turn under load: each answer is a right one under one of the policies."""
        stop, wrong, served = threading.Event(), [], []

        def load(tls):
            count = 0
            while not stop.is_set():
                try:
                    with Connection(self.proxy.ports[1 if tls else 0], self.tls if tls else None) as connection:
                        for _ in range(5):
                            status = connection.ask().status
                            count += 1
                            if status not in (200, 403):
                                wrong.append(status)
                except (Gone, OSError) as error:
                    wrong.append(error)
            served.append(count)

        threads = [threading.Thread(target=load, args=(number % 2,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for number in range(20 if FULL else 6):
            self.site.authority.issue("server", "DNS:api.example.com", "IP:127.0.0.1")
            self.put_policy(CLOSED if number % 2 == 0 else POLICY)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertGreater(min(served), 0)

    def test_a_long_download_goes_on(self):
        reloaded = threading.Event()
        body = bytes(range(256)) * 4096

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (2 * len(body)) + body)
            reloaded.wait(harness.TIMEOUT)
            exchange.send(body)

        self.upstream.answer = answer
        with Connection(self.proxy.ports[1], self.tls) as connection:
            connection.send(request())
            parts = connection.body(connection.head())
            digest = hashlib.sha256(next(parts))
            self.put_policy(CLOSED)
            self.assertEqual(ask(self.proxy.port).status, 403)
            reloaded.set()
            for part in parts:
                digest.update(part)
        self.assertEqual(digest.digest(), hashlib.sha256(body * 2).digest())


class Authorities(SiteTest):
    """Connections to the upstream that are kept for reuse are worth what verified them."""

    @classmethod
    def make_upstream(cls):
        return Upstream(server_context(*cls.site.authority.issue("upstream", "IP:127.0.0.1")))

    def setUp(self):
        self.addCleanup(setattr, self.upstream, "answer", self.upstream.answer)
        self.upstream.take()
        self.trusted = self.site.authority.certificate.read_text()
        self.strange = Authority(self.site.folder, "stranger").certificate.read_text()
        ca = self.site.folder / "authorities.pem"
        ca.write_text(self.trusted)
        self.proxy = Proxy(self.site, self.upstream, upstream={"tls": {"ca": str(ca)}}, threads=1)
        self.addCleanup(self.proxy.kill)

    def trust(self, authorities):
        self.site.replace("authorities.pem", authorities)
        self.proxy.reload("certificates")

    def connections(self):
        return [received.connection for received in self.upstream.take()]

    def assertUnreachable(self):
        answer = ask(self.proxy.port)
        self.assertEqual(answer.status, 502)
        self.assertEqual(answer.json()["error"], "upstream_unreachable")

    def test_an_idle_connection_of_former_authorities_is_not_used(self):
        self.assertEqual([ask(self.proxy.port).status for _ in range(2)], [200, 200])
        self.assertEqual(len(set(self.connections())), 1)
        self.trust(self.strange)
        self.assertUnreachable()
        self.assertEqual(self.connections(), [])
        self.trust(self.trusted)
        self.assertEqual([ask(self.proxy.port).status for _ in range(2)], [200, 200])
        self.assertEqual(len(set(self.connections())), 1)
        self.proxy.stop()

    def test_a_connection_in_use_meanwhile_is_not_kept(self):
        reloaded = threading.Event()

        def answer(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            reloaded.wait(harness.TIMEOUT)
            exchange.send(b"world")

        self.upstream.answer = answer
        with Connection(self.proxy.port) as connection:
            connection.send(request())
            head = connection.head()
            self.trust(self.strange)
            reloaded.set()
            self.assertEqual(b"".join(connection.body(head)), b"helloworld")
        self.assertUnreachable()
        self.assertEqual(len(self.connections()), 1)
        self.proxy.stop()


class Watch(ProxyTest):
    settings = {"watch_interval": "100ms"}

    def test_files_are_looked_at_without_a_signal(self):
        self.site.replace("policy.yaml", CLOSED)
        eventually("the new policy", lambda: ask(self.proxy.port).status == 403)
        said = len(self.proxy.said)
        self.site.replace("policy.yaml", BROKEN)
        self.proxy.wait_for_line("edtior", said)
        self.assertEqual(ask(self.proxy.port).status, 403)
        self.site.policy.unlink()
        eventually("one more failure", lambda: self.proxy.metric("doorward_reloads_total", what="policy", outcome="failure") >= 2)
        self.assertEqual(ask(self.proxy.port).status, 403)
        self.site.replace("policy.yaml", POLICY)
        eventually("the old policy", lambda: ask(self.proxy.port).status == 200)
        told = [line for line in self.proxy.said[said:] if "edtior" in line and "error" in line]
        self.assertEqual(len(told), 1, "told once, not at each look")

    def test_links_that_are_swapped_are_noticed(self):
        """As Kubernetes does it: a link to a folder that is replaced by another."""
        site = Site()
        for name, text in (("one", POLICY), ("two", CLOSED)):
            (site.folder / name).mkdir()
            (site.folder / name / "policy.yaml").write_text(text)
            (site.folder / name / "keys.json").write_text((site.folder / "keys.json").read_text())
        (site.folder / "current").symlink_to("one")
        proxy = Proxy(site, self.upstream, watch_interval="100ms", policy=str(site.folder / "current" / "policy.yaml"))
        self.assertEqual(ask(proxy.port).status, 200)
        (site.folder / "next").symlink_to("two")
        (site.folder / "next").rename(site.folder / "current")
        eventually("the other policy", lambda: ask(proxy.port).status == 403)
        proxy.stop()


class Drain(SiteTest):
    """Each test ends a proxy of its own."""

    def setUp(self):
        self.go_on = threading.Event()
        self.addCleanup(self.go_on.set)
        self.mine = Proxy(self.site, self.upstream, limits={"drain_timeout": self.timeout()})
        self.addCleanup(self.mine.kill)
        self.upstream.answer = self.slow

    def timeout(self):
        return "1s" if "given_up" in self.id() else "60s"

    def slow(self, exchange):
        if "slow" in exchange.request.target:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            self.go_on.wait(harness.TIMEOUT)
            exchange.send(b"world")
        else:
            exchange.echo()

    def refused(self):
        try:
            with Connection(self.mine.port) as connection:
                # Refused without the upstream, which some tests hold up.
                connection.try_to_send(request("GET", "/orders/1"))
                return not connection.more()
        except OSError:
            return True

    def test_what_has_begun_is_finished(self):
        with Connection(self.mine.port) as busy, Connection(self.mine.port) as idle:
            self.assertEqual(idle.ask().status, 200)
            busy.send(request("GET", "/public/slow"))
            head = busy.head()
            self.mine.signal(signal.SIGTERM)
            eventually("no new connection is taken", self.refused)
            self.assertEqual(idle.at_end(), b"")
            self.assertIsNone(self.mine.process.poll())
            self.go_on.set()
            self.assertEqual(b"".join(busy.body(head)), b"helloworld")
            self.assertEqual(busy.at_end(), b"")
        self.assertEqual(self.mine.wait(), 0, self.mine.said)

    def test_it_is_not_ready_any_more(self):
        with Connection(self.mine.port) as busy:
            busy.send(request("GET", "/public/slow"))
            busy.head()
            self.mine.signal(signal.SIGTERM)
            eventually("503", lambda: self.mine.ask_admin("/readyz").status == 503)
            self.assertEqual(self.mine.ask_admin("/healthz").status, 200)
            self.go_on.set()
            busy.at_end()
        self.assertEqual(self.mine.wait(), 0)

    def test_a_connection_is_told_to_close(self):
        with Connection(self.mine.port) as connection:
            started = threading.Event()

            def answer(exchange):
                started.set()
                self.go_on.wait(harness.TIMEOUT)
                exchange.echo()

            self.upstream.answer = answer
            connection.send(request())
            self.assertTrue(started.wait(harness.TIMEOUT))
            self.mine.signal(signal.SIGTERM)
            eventually("no new connection is taken", self.refused)
            self.go_on.set()
            self.assertEqual(connection.answer().header("Connection"), "close")
            self.assertEqual(connection.at_end(), b"")
        self.assertEqual(self.mine.wait(), 0)

    def test_what_takes_too_long_is_given_up(self):
        with Connection(self.mine.port) as busy:
            busy.send(request("GET", "/public/slow"))
            head = busy.head()
            self.mine.signal(signal.SIGTERM)
            with self.assertRaises(Gone):
                list(busy.body(head))
        self.assertEqual(self.mine.wait(), 0)

    def test_a_second_signal_ends_it_at_once(self):
        with Connection(self.mine.port) as busy:
            busy.send(request("GET", "/public/slow"))
            busy.head()
            self.mine.signal(signal.SIGINT)
            eventually("no new connection is taken", self.refused)
            self.mine.signal(signal.SIGTERM)
            busy.at_end()
        self.mine.wait()

    def test_a_proxy_without_work_ends_at_once(self):
        with Connection(self.mine.port):
            self.mine.signal(signal.SIGTERM)
            self.assertEqual(self.mine.wait(), 0)


if __name__ == "__main__":
    harness.main()
