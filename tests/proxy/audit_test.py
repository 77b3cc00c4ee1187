# SPDX-License-Identifier: Apache-2.0
"""The audit log: what its lines say and never say, and what happens where they cannot be written."""

import json
import os
import signal
import threading

import harness
from client import Connection, ask, request
from harness import ISSUER, Proxy, ProxyTest, SiteTest, eventually

DECISION = {"time", "event", "request_id", "policy", "outcome", "status", "rule", "reason", "report", "issuer", "subject", "method", "host", "path",
            "source_ip", "decision_ns"}  # fmt: skip
EXCHANGE = {"time", "event", "request_id", "upstream", "upstream_status", "status", "bytes_received", "bytes_sent", "total_us"}


class Lines(ProxyTest):
    settings = {"upstream": {"idle_timeout": "2s"}}

    def ask(self, *arguments, **settings):
        """Returns the answer, its decision's line and its exchange's."""
        answer = ask(self.proxy.port, *arguments, **settings)
        request_id = answer.header("X-Request-ID")
        exchange = self.proxy.wait_for_audit("exchange", request_id)
        self.assertEqual(len(self.proxy.audit(None, request_id)), 2)
        return answer, self.proxy.audit("decision", request_id)[0], exchange

    def test_an_allowed_request(self):
        answer, decision, exchange = self.ask("POST", "/orders/%61?secret=1", body=b"hello", token=self.site.token("ben"))
        self.assertEqual(set(decision), DECISION)
        self.assertRegex(decision["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertRegex(decision["policy"], "^[0-9a-f]+$")
        self.assertGreater(decision["decision_ns"], 0)
        wanted = {"outcome": "allow", "status": 200, "rule": "read", "reason": "allowed", "report": [], "issuer": ISSUER, "subject": "ben",
                  "method": "POST", "host": "api.example.com", "path": "/orders/a", "source_ip": "127.0.0.1"}  # fmt: skip
        self.assertEqual({name: decision[name] for name in wanted}, wanted)
        self.assertEqual(set(exchange), EXCHANGE)
        wanted = {"upstream": f"127.0.0.1:{self.upstream.port}", "upstream_status": 200, "status": 200, "bytes_received": 5,
                  "bytes_sent": len(answer.body)}  # fmt: skip
        self.assertEqual({name: exchange[name] for name in wanted}, wanted)
        self.assertGreater(exchange["total_us"] * 1000, decision["decision_ns"])

    def test_a_refused_request(self):
        _, decision, exchange = self.ask("PUT", "/orders/1", token=self.site.token("cleo"))
        wanted = {"outcome": "deny", "status": 403, "rule": None, "reason": "default_deny", "subject": "cleo", "path": "/orders/1"}
        self.assertEqual({name: decision[name] for name in wanted}, wanted)
        self.assertEqual((exchange["status"], exchange["upstream"], exchange["upstream_status"]), (403, None, None))

    def test_nobody_is_named_before_a_token_is_verified(self):
        for token in (None, self.site.token("ada")[:-8] + "AAAAAAAA"):
            _, decision, _ = self.ask("GET", "/orders/1", token=token)
            self.assertEqual((decision["status"], decision["issuer"], decision["subject"]), (401, None, None))

    def test_a_path_that_is_refused_has_no_canonical_form(self):
        _, decision, _ = self.ask("GET", "/public/../x")
        self.assertEqual((decision["reason"], decision["path"]), ("bad_segment", None))

    def test_rules_that_only_report_are_listed(self):
        _, decision, _ = self.ask("GET", "/orders/frozen", token=self.site.token())
        self.assertEqual((decision["outcome"], decision["report"]), ("allow", ["freeze"]))

    def test_the_revision_is_that_of_the_command(self):
        _, decision, _ = self.ask()
        question = '{"method": "GET", "host": "api.example.com", "target": "/public/x"}'
        explained = json.loads(self.site.command("explain", self.site.policy, "--format", "json", "--request", question))
        self.assertEqual(decision["policy"], explained["policy"])

    def test_what_the_client_wrote_stays_within_its_line(self):
        evil = 'a"},\n{"event":"decision"'
        for headers, host in (([("X-Request-ID", 'x"\\')], "api.example.com"), ([], 'a"b\\c'), ([], "a\xff\xfe\xc3(b")):
            with self.subTest(headers=headers, host=host):
                before = len(self.proxy.audit())
                answer = ask(self.proxy.port, "GET", "/public/x", headers, host=host)
                eventually("its lines", lambda: len(self.proxy.audit("exchange", answer.header("X-Request-ID"))) > 0)
                self.assertEqual(len(self.proxy.audit()) - before, 2)  # and all of them could be read
        _, decision, _ = self.ask("GET", "/orders/1", token=self.site.token(evil))
        self.assertEqual(decision["subject"], evil)

    def test_no_token_and_no_query_is_ever_written(self):
        token = self.site.token("dora")
        self.ask("GET", f"/orders/1?access_token={token}", token=token)
        self.ask("GET", "/public/x?password=hunter2", [("Cookie", f"session={token}")], token=token)
        self.ask("GET", "/orders/../1?password=hunter2", token=token)
        text = self.proxy.audit_file.read_text()
        for secret in (token, *token.split("."), "hunter2", "password", "access_token"):
            self.assertNotIn(secret, text)
            self.assertNotIn(secret, "\n".join(self.proxy.said))

    def test_an_exchange_that_the_client_leaves_has_its_line(self):
        self.upstream.answer = lambda exchange: exchange.wait_for_end()
        with Connection(self.proxy.port) as connection:
            connection.send(request(headers=[("X-Request-ID", "left-alone")]))
            self.upstream.wait_for(lambda upstream: upstream.requests)
        exchange = self.proxy.wait_for_audit("exchange", "left-alone")
        self.assertIsNone(exchange["upstream_status"])

    def test_many_at_once_are_not_torn(self):
        def work(client):
            with Connection(self.proxy.port) as connection:
                for number in range(50):
                    connection.ask("GET", "/orders/1", [("X-Request-ID", f"torn-{client}-{number}")])

        threads = [threading.Thread(target=work, args=(client,)) for client in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        eventually("all lines", lambda: len([line for line in self.proxy.audit("exchange") if line["request_id"].startswith("torn-")]) == 400)
        ids = [line["request_id"] for line in self.proxy.audit("decision") if line["request_id"].startswith("torn-")]
        self.assertEqual((len(ids), len(set(ids))), (400, 400))


class Rotation(ProxyTest):
    def test_after_a_signal_lines_go_to_the_new_file(self):
        ask(self.proxy.port, headers=[("X-Request-ID", "old")])
        self.proxy.wait_for_audit("exchange", "old")
        rotated = self.proxy.audit_file.with_suffix(".1")
        os.rename(self.proxy.audit_file, rotated)
        self.proxy.signal(signal.SIGHUP)
        eventually("a new file", self.proxy.audit_file.exists)
        ask(self.proxy.port, headers=[("X-Request-ID", "new")])
        self.proxy.wait_for_audit("exchange", "new")
        self.assertEqual(self.proxy.audit(None, "old"), [])
        self.assertNotIn('"new"', rotated.read_text())


class Trouble(SiteTest):
    """Requests go on where `when_full` is `drop`, and wait where it is `block`."""

    def start(self, file, when_full):
        audit = {"file": str(file), "when_full": when_full, "queue_bytes": "64KiB"}
        proxy = Proxy(self.site, self.upstream, audit=audit, limits={"drain_timeout": "3s"})
        self.addCleanup(proxy.kill)
        return proxy

    def ask_many(self, proxy, count, name="r"):
        with Connection(proxy.port) as connection:
            for number in range(count):
                self.assertEqual(connection.ask("GET", "/orders/1", [("X-Request-ID", f"{name}{number}")]).status, 401)

    def test_a_full_disk_holds_up_nothing(self):
        proxy = self.start("/dev/full", "drop")
        self.ask_many(proxy, 1000)
        eventually("errors are counted", lambda: proxy.metric("doorward_audit_write_errors_total") > 0)
        eventually("dropped lines are counted", lambda: proxy.metric("doorward_audit_lines_dropped_total") > 0)
        self.assertEqual(ask(proxy.port).status, 200)
        proxy.stop()

    def fifo(self):
        path = self.site.folder / f"{self.id().rsplit('.', 1)[1]}.fifo"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # there, but not reading
        os.set_blocking(reader, True)
        return path, open(reader, "rb")

    def test_a_reader_that_does_not_read_holds_up_nothing(self):
        path, reader = self.fifo()
        proxy = self.start(path, "drop")
        self.ask_many(proxy, 1000)
        dropped = eventually("dropped lines are counted", lambda: proxy.metric("doorward_audit_lines_dropped_total"))
        self.assertGreater(dropped, 0)

        def read():
            lines.extend(reader)  # the pipe ends with the proxy

        lines = []
        thread = threading.Thread(target=read)
        thread.start()
        eventually("the reader caught up", lambda: lines and proxy.metric("doorward_audit_lines_dropped_total") + len(lines) >= 2000)
        self.ask_many(proxy, 1, "late")
        proxy.stop()
        thread.join(harness.TIMEOUT)
        reader.close()
        parsed = [json.loads(line) for line in lines]  # each whole
        self.assertIn("late0", {line["request_id"] for line in parsed})
        self.assertLess(len(parsed), 2002)

    def test_where_it_blocks_nothing_is_lost(self):
        path, reader = self.fifo()
        proxy = self.start(path, "block")
        progress = []

        def work():
            with Connection(proxy.port) as connection:
                for number in range(1000):
                    connection.ask("GET", "/orders/1", [("X-Request-ID", f"b{number}")])
                    progress.append(number)

        thread = threading.Thread(target=work)
        thread.start()
        self.wait_until_nothing_moves(progress)
        self.assertLess(len(progress), 1000)
        lines = [reader.readline() for _ in range(2000)]
        thread.join(harness.TIMEOUT)
        self.assertEqual(len(progress), 1000)
        self.assertEqual([json.loads(line)["request_id"] for line in lines if b'"decision"' in line], [f"b{n}" for n in range(1000)])
        self.assertEqual(proxy.metric("doorward_audit_lines_dropped_total"), 0)
        proxy.stop()
        reader.close()

    def test_a_blocked_log_does_not_keep_the_proxy_from_ending(self):
        path, reader = self.fifo()
        proxy = self.start(path, "block")
        progress = []

        def work():
            with Connection(proxy.port) as connection:
                while True:
                    connection.try_to_send(request("GET", "/orders/1"))
                    if not connection.more():
                        return
                    progress.append(1)

        threading.Thread(target=work, daemon=True).start()
        self.wait_until_nothing_moves(progress)
        proxy.stop()
        reader.close()

    def wait_until_nothing_moves(self, progress):
        """The one thing that shows that somebody waits is that nothing happens."""
        stuck = threading.Event()
        before = -1
        while not progress or before != len(progress):
            before = len(progress)
            stuck.wait(1)

    def test_a_file_that_cannot_be_opened_ends_the_start(self):
        with self.assertRaisesRegex(AssertionError, "no-such-folder"):
            self.start(self.site.folder / "no-such-folder" / "audit.jsonl", "drop")


if __name__ == "__main__":
    harness.main()
