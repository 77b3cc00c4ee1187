# SPDX-License-Identifier: Apache-2.0
"""What the proxy is for: requests that may pass reach the upstream, others are answered, connections stay open."""

import json
import re
import subprocess

import harness
from client import Connection, ask, request
from harness import PROXY, Proxy, ProxyTest


class Allowed(ProxyTest):
    def test_request_and_answer_go_through(self):
        body = json.dumps({"a": 1}).encode()
        answer = ask(self.proxy.port, "POST", "/orders/17?x=%2F..&y", [("X-Mine", "1"), ("X-Mine", "2")], body, token=self.site.token())
        self.assertEqual(answer.status, 200)
        received = self.assertOne(self.upstream.take())
        self.assertEqual((received.method, received.target, received.body), ("POST", "/orders/17?x=%2F..&y", body))
        self.assertEqual(received.all("X-Mine"), ["1", "2"])
        self.assertEqual(received.header("Host"), "api.example.com")
        self.assertEqual(answer.json()["sha256"], received.body_hash.hexdigest())

    def test_the_canonical_path_is_forwarded(self):
        cases = [
            ("unreserved octets are decoded", "/public/%61%2Db", "/public/a-b"),
            ("upper-case hexadecimal", "/public/caf%c3%a9", "/public/caf%C3%A9"),
            ("absolute form", "http://api.example.com/public/x?q=1", "/public/x?q=1"),
            ("a slash at the end stays", "/public/a/", "/public/a/"),
            ("an empty query stays", "/public/a?", "/public/a?"),
            ("the query is not touched", "/public/a?%61=%2e%2E/../b?c", "/public/a?%61=%2e%2E/../b?c"),
        ]
        for name, target, forwarded in cases:
            with self.subTest(name):
                self.assertEqual(ask(self.proxy.port, "GET", target).status, 200)
                self.assertEqual(self.assertOne(self.upstream.take()).target, forwarded)

    def test_answers_of_every_kind_come_back(self):
        cases = [
            ("created", 201, [("Location", "/public/1")], b"made"),
            ("redirect", 302, [("Location", "https://elsewhere.example/")], b""),
            ("upstream's own refusal", 404, [("Content-Type", "text/plain")], b"no such thing"),
            ("upstream's own trouble", 500, [], b"oh"),
            ("several cookies", 200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], b"x"),
        ]
        for name, status, headers, body in cases:
            self.upstream.answer = lambda exchange: exchange.reply(status, headers, body)
            with self.subTest(name):
                answer = ask(self.proxy.port)
                self.assertEqual((answer.status, answer.body), (status, body))
                for field in headers:
                    self.assertIn(field, answer.headers)

    def test_answers_without_a_body_end_with_their_head(self):
        cases = [("HEAD", 200, b"Content-Length: 5\r\n"), ("HEAD", 200, b"Transfer-Encoding: chunked\r\n"), ("GET", 204, b""),
                 ("GET", 304, b"Content-Length: 5\r\n"), ("GET", 304, b"ETag: \"a\"\r\n")]  # fmt: skip
        for method, status, fields in cases:
            self.upstream.answer = lambda exchange: exchange.send(b"HTTP/1.1 %d X\r\n%s\r\n" % (status, fields))
            with self.subTest((method, status, fields)), Connection(self.proxy.port) as connection:
                for _ in range(2):  # the next one on the connection shows that nothing was left over
                    answer = connection.ask(method)
                    self.assertEqual((answer.status, answer.body, connection.read), (status, b"", b""))

    def test_a_connection_serves_many_requests(self):
        with Connection(self.proxy.port) as connection:
            for number in range(50):
                self.assertEqual(connection.ask("GET", f"/public/{number}").json()["target"], f"/public/{number}")
        self.assertEqual(len({received.connection for received in self.upstream.take()}), 1)

    def test_pipelined_requests_are_answered_in_order(self):
        with Connection(self.proxy.port) as connection:
            mix = [request("GET", "/public/1"), request("GET", "/orders/1"), request("POST", "/public/2", body=b"two"), request("GET", "/public/3")]
            connection.send(b"".join(mix))
            statuses = [connection.answer().status for _ in mix]
        self.assertEqual(statuses, [200, 401, 200, 200])
        self.assertEqual([received.target for received in self.upstream.take()], ["/public/1", "/public/2", "/public/3"])

    def test_the_end_of_a_connection_is_agreed_on(self):
        cases = [
            ("HTTP/1.1", [], False), ("HTTP/1.1", [("Connection", "close")], True), ("HTTP/1.1", [("Connection", "foo, Close")], True),
            ("HTTP/1.0", [], True), ("HTTP/1.0", [("Connection", "keep-alive")], None),
        ]  # fmt: skip
        for version, headers, ends in cases:
            with self.subTest((version, headers)), Connection(self.proxy.port) as connection:
                answer = connection.ask("GET", "/public/x", headers, version=version)
                self.assertEqual(answer.status, 200)
                if ends is None:
                    ends = (answer.header("Connection") or "").lower() != "keep-alive"
                if ends:
                    self.assertEqual(connection.at_end(), b"")
                else:
                    self.assertEqual(connection.ask().status, 200)

    def test_a_client_of_http_1_0_gets_no_chunks(self):
        def chunked(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")

        self.upstream.answer = chunked
        answer = ask(self.proxy.port, "GET", version="HTTP/1.0")
        self.assertEqual((answer.status, answer.body, answer.all("Transfer-Encoding")), (200, b"abcdefg", []))

    def test_empty_lines_before_a_request_do_no_harm(self):
        with Connection(self.proxy.port) as connection:
            connection.send(b"\r\n" + request())
            self.assertIn(connection.answer().status, (200, 400))


class Refused(ProxyTest):
    def ask(self, *arguments, **settings):
        return ask(self.proxy.port, *arguments, **settings)

    def test_the_answer_names_the_reason(self):
        token, tampered = self.site.token(), self.site.token()[:-8] + "AAAAAAAA"
        cases = [
            ("no token", "GET", "/orders/1", None, 401, "no_token"),
            ("another's signature", "GET", "/orders/1", tampered, 401, "token_signature"),
            ("role is missing", "PUT", "/orders/1", token, 403, "default_deny"),
            ("scope is missing", "GET", "/scoped", token, 403, "insufficient_scope"),
            ("denied by a rule", "GET", "/orders/closed/1", token, 403, "denied_by_rule"),
            ("no rule", "GET", "/nothing", token, 403, "default_deny"),
            ("dots", "GET", "/public/../orders/1", token, 400, "bad_segment"),
            ("encoded slash", "GET", "/public%2Fx", None, 400, "bad_path"),
            ("method", "TRACE", "/public/x", None, 400, "bad_method"),
        ]
        for name, method, target, token, status, reason in cases:
            with self.subTest(name):
                answer = self.ask(method, target, token=token)
                self.assertEqual((answer.status, answer.json()["error"]), (status, reason))
                self.assertEqual(answer.json()["request_id"], answer.header("X-Request-ID"))
                self.assertTrue(answer.json()["message"])
                self.assertEqual(bool(answer.all("WWW-Authenticate")), status == 401 or reason == "insufficient_scope")
                self.assertIn("json", answer.header("Content-Type"))
        self.assertEqual(self.upstream.take(), [])

    def test_a_refusal_leaves_the_connection_open(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual(connection.ask("GET", "/orders/1").status, 401)
            self.assertEqual(connection.ask("GET", "/orders/1", token=self.site.token()).status, 200)

    def test_a_refused_body_is_not_the_next_request(self):
        smuggled = request("GET", "/public/smuggled")
        with Connection(self.proxy.port) as connection:
            connection.send(request("POST", "/orders/1", body=smuggled) + request("GET", "/public/next"))
            self.assertEqual(connection.answer().status, 401)
            rest = connection.at_end() if connection.read == b"" and not connection.more() else b""
            if not rest and connection.read:
                self.assertEqual(connection.answer().json()["target"], "/public/next")
        self.assertNotIn("/public/smuggled", [received.target for received in self.upstream.take()])

    def test_head_is_refused_without_a_body(self):
        with Connection(self.proxy.port) as connection:
            self.assertEqual((connection.ask("HEAD", "/orders/1").status, connection.read), (401, b""))
            self.assertEqual(connection.ask("GET", "/public/x").status, 200)

    def test_a_policy_with_hosts_misdirects_others(self):
        site = harness.Site(harness.POLICY + "hosts: [api.example.com]\n")
        proxy = Proxy(site, self.upstream)
        answer = ask(proxy.port, host="intranet.example")
        self.assertEqual((answer.status, answer.json()["error"]), (421, "misdirected"))
        self.assertEqual(ask(proxy.port).status, 200)
        proxy.stop()


class RequestIds(ProxyTest):
    def test_a_sane_one_is_carried_and_another_made(self):
        cases = [("sane", "req-1.a_B:/=+@", True), ("at the limit", "x" * 128, True), ("above", "x" * 129, False), ("a space", "a b", False),
                 ("empty", "", False), ("not ASCII", "caf\xe9", False), ("none", None, False)]  # fmt: skip
        for name, sent, carried in cases:
            with self.subTest(name):
                answer = ask(self.proxy.port, "GET", "/public/x", [] if sent is None else [("X-Request-ID", sent)])
                got, forwarded = answer.header("X-Request-ID"), self.assertOne(self.upstream.take()).header("X-Request-ID")
                self.assertEqual(got, forwarded)
                if carried:
                    self.assertEqual(got, sent)
                else:
                    self.assertRegex(got, "^[0-9a-f-]{32,36}$")

    def test_made_ones_differ(self):
        with Connection(self.proxy.port) as connection:
            ids = {connection.ask().header("X-Request-ID") for _ in range(200)}
        self.assertEqual(len(ids), 200)


class CommandLine(ProxyTest):
    def run_proxy(self, *arguments):
        return subprocess.run([PROXY, *map(str, arguments)], capture_output=True, text=True, timeout=harness.TIMEOUT)

    def test_help_and_version(self):
        self.assertIn("CONFIG", (run := self.run_proxy("--help")).stdout)
        self.assertEqual(run.returncode, 0)
        self.assertTrue(re.search(r"\d+\.\d+\.\d+", (run := self.run_proxy("--version")).stdout))
        self.assertEqual(run.returncode, 0)

    def test_wrong_usage(self):
        for arguments in ([], ["--nonsense"], ["a", "b"]):
            with self.subTest(arguments):
                run = self.run_proxy(*arguments)
                self.assertEqual(run.returncode, 64)
                self.assertTrue(run.stderr)

    def test_check_reads_everything_and_listens_nowhere(self):
        self.assertEqual(self.run_proxy("--check", self.proxy.file).returncode, 0)

    def test_what_does_not_load_ends_the_start(self):
        cases = [
            ("no such file", lambda c: None, "broken.yaml"),
            ("an unknown member", lambda c: c.update(polcy="x"), "polcy"),
            ("no policy file", lambda c: c.update(policy="missing.yaml"), "missing.yaml"),
            ("a broken policy", lambda c: c.update(policy="broken-policy.yaml"), "edtior"),
            ("no upstream", lambda c: c.pop("upstream"), "upstream"),
            ("no certificate", lambda c: c["listeners"][0].update(certificates=[{"chain": "no.crt", "key": "no.key"}]), "no.crt"),
        ]
        folder = self.proxy.folder
        (folder / "broken-policy.yaml").write_text(harness.POLICY.replace("allow: [editor]", "allow: [edtior]"))
        for name, spoil, told in cases:
            configuration = json.loads(self.proxy.file.read_text())
            spoil(configuration)
            file = folder / "broken.yaml"
            file.unlink(missing_ok=True)
            if name != "no such file":
                file.write_text(json.dumps(configuration))
            for arguments in ([file], ["--check", file]):
                with self.subTest(name, arguments=arguments):
                    run = self.run_proxy(*arguments)
                    self.assertEqual(run.returncode, 2, run.stderr)
                    self.assertIn(told, run.stderr)

    def test_a_port_that_is_taken_ends_the_start(self):
        configuration = json.loads(self.proxy.file.read_text())
        configuration["listeners"][0]["address"] = f"127.0.0.1:{self.upstream.port}"
        file = self.proxy.folder / "taken.yaml"
        file.write_text(json.dumps(configuration))
        run = self.run_proxy(file)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn(str(self.upstream.port), run.stderr)


if __name__ == "__main__":
    harness.main()
