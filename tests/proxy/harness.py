# SPDX-License-Identifier: Apache-2.0
"""Starts the proxy for the tests beside this file, each of which is run as `X_test.py PROXY COMMAND SCALE`.

SCALE is `full`, or `reduced` in builds whose sanitizers make everything slow and large.
"""

import atexit
import functools
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from certificates import Authority
from client import HOST, TIMEOUT, ask
from upstream import Exchange, Upstream

PROXY, COMMAND, SCALE = (os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3])
FULL = SCALE == "full"
# Hundreds of clients and their upstream are in this one process.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
ISSUER = "https://login.example.com/"
AUDIENCE = "https://api.example.com"

# Who may do what.
POLICY = """\
doorward: 1
issuers:
  - {issuer: "https://login.example.com/", audiences: ["https://api.example.com"], keys: {jwks_file: keys.json}}
roles:
  viewer:
  editor: {inherits: [viewer]}
rules:
  - {id: public, allow: [everyone], endpoints: [/public/**]}
  - {id: read, allow: [viewer], endpoints: ["GET,POST /orders/**"]}
  - {id: write, allow: [editor], endpoints: ["PUT,DELETE /orders/**"]}
  - {id: closed, deny: [everyone], endpoints: [/orders/closed/**]}
  - {id: scoped, allow: [viewer], endpoints: [/scoped], scopes: [scoped.use]}
  - {id: socket, allow: [viewer], endpoints: [GET /socket]}
  - {id: freeze, deny: [viewer], endpoints: [/orders/frozen], mode: report}
forward:
  headers: {X-User-ID: subject, X-User-Mail: claims.email}
  strip: ["X-User-*"]
"""


def eventually(what, predicate, timeout=TIMEOUT):
    """Waits for what has no event of its own; returns the first truth that `predicate` gives."""
    end = time.monotonic() + timeout
    while not (truth := predicate()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)
    return truth


class Site:
    """A folder with what a proxy needs: policy, keys, certificates. One for each test program, unless it wants more."""

    def __init__(self, policy=POLICY):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-proxy-test-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.policy = self.folder / "policy.yaml"
        self.policy.write_text(policy)
        self.key = self.folder / "signing.jwk"
        self.new_key(self.key, self.folder / "keys.json")

    def command(self, *arguments):
        run = subprocess.run([COMMAND, *map(str, arguments)], check=True, capture_output=True, text=True, timeout=TIMEOUT)
        return run.stdout.strip()

    def new_key(self, private, public, algorithm="ES256"):
        self.command("token", "new-key", "--algorithm", algorithm, "--kid", private.stem, "--out", private, "--public-out", public)

    @functools.lru_cache(maxsize=None)
    def token(self, subject="ada", roles=("viewer",), key=None, **claims):
        """A token of `subject`, good for an hour."""
        text = json.dumps({"sub": subject, "roles": list(roles), **claims})
        return self.command("token", "sign", "--key", key or self.key, "--issuer", ISSUER, "--audience", AUDIENCE, "--claims", text,
                            "--expires-in", "1h")  # fmt: skip

    @functools.cached_property
    def authority(self):
        return Authority(self.folder)

    @functools.cached_property
    def certificate(self):
        """Certificate and key of the proxy's own name."""
        return self.authority.issue("server", f"DNS:{HOST}", "IP:127.0.0.1")

    def listeners(self, *kinds):
        """Entries of the configuration: `plain` and `tls` listeners on ports that the system chooses."""
        chain, key = map(str, self.certificate) if "tls" in kinds else ("", "")
        certificates = {"plain": {}, "tls": {"certificates": [{"chain": chain, "key": key}]}}
        return [{"address": "127.0.0.1:0", **certificates[kind]} for kind in kinds]

    def replace(self, path, text):
        """Puts new content in place at once, as editors and deployments do."""
        path = self.folder / path
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        os.replace(fresh, path)


class Proxy:
    """A running proxy. Settings are members of the configuration, which take the place of these."""

    def __init__(self, site, *upstreams, listeners=("plain",), servers=None, upstream=None, environment=None, **settings):
        self.site = site
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=site.folder))
        self.audit_file = self.folder / "audit.jsonl"
        self.configuration = {
            "listeners": site.listeners(*listeners),
            "admin": "127.0.0.1:0",
            "policy": str(site.policy),
            "upstream": {"servers": servers or [server.url for server in upstreams], **(upstream or {})},
            "audit": {"file": str(self.audit_file)},
            "watch_interval": "0s",
            "threads": 2,
            **settings,
        }
        if not self.configuration["admin"]:
            del self.configuration["admin"]
        self.file = self.folder / "proxy.yaml"
        self.file.write_text(json.dumps(self.configuration, indent=1))  # JSON is YAML too
        self.said, self.news = [], threading.Condition()
        self.process = subprocess.Popen([PROXY, self.file], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, text=True)  # fmt: skip
        atexit.register(self.kill)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        try:
            self.wait_for_line("doorward-proxy: ready")
        except BaseException:
            self.kill()
            raise
        lines = [line for line in self.said if "listening on" in line]
        self.ports = [int(re.search(r":(\d+) ", line)[1]) for line in lines if "(admin)" not in line]
        self.admin = next((int(re.search(r":(\d+) ", line)[1]) for line in lines if "(admin)" in line), None)

    @property
    def port(self):
        return self.ports[0]

    @property
    def pid(self):
        return self.process.pid

    def listen(self):
        for line in self.process.stderr:
            with self.news:
                self.said.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.said.append("(end)")
            self.news.notify_all()

    def wait_for_line(self, text, after=0):
        """Waits until standard error has a line with `text`; returns the number of lines up to it."""

        def found():
            return any(text in line for line in self.said[after:]) or "(end)" in self.said

        with self.news:
            if not self.news.wait_for(found, TIMEOUT) or not any(text in line for line in self.said[after:]):
                raise AssertionError(f"no line {text!r} but: {self.said}")
            return next(i for i, line in enumerate(self.said) if i >= after and text in line) + 1

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self, what="policy", outcome="success"):
        """Sends SIGHUP and waits until it has come to this; the count is the last thing that is done."""

        def count():
            return self.metric("doorward_reloads_total", what=what, outcome=outcome)

        before = count()
        self.signal(signal.SIGHUP)
        eventually(f"{outcome} of {what}", lambda: count() > before)

    def wait(self):
        """Waits for the end of the process; returns its exit status."""
        status = self.process.wait(TIMEOUT)
        self.listener.join(TIMEOUT)
        return status

    def stop(self):
        """Ends it in order, and makes sure that it had nothing to complain of: leaks, races."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        if self.wait() != 0:
            raise AssertionError(f"exit status {self.process.returncode}: " + "\n".join(self.said))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def status(self, name):
        """A line of /proc/PID/status, in KiB."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def audit(self, event=None, request_id=None):
        """The lines so far; of one event, or of one request."""
        lines = [json.loads(line) for line in self.audit_file.read_text().splitlines(True) if line.endswith("\n")]
        return [
            line for line in lines if event in (None, line["event"]) and request_id in (None, line["request_id"])
        ]

    def wait_for_audit(self, event, request_id=None):
        """The one line of an event of a request, once it is there."""
        return eventually(f"{event} of {request_id}", lambda: self.audit(event, request_id))[-1]

    def ask_admin(self, target, method="GET"):
        return ask(self.admin, method, target, host="localhost")

    def metrics(self):
        """Every sample of /metrics: {(name, {(label, value), ...}): number}."""
        samples = {}
        for line in self.ask_admin("/metrics").body.decode().splitlines():
            if match := re.fullmatch(r"([a-z_:]+)(?:\{(.*)\})? ([^ ]+)", line):
                labels = re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', match[2] or "")
                samples[match[1], frozenset(labels)] = float(match[3])
        return samples

    def metric(self, name, **labels):
        return self.metrics().get((name, frozenset(labels.items())), 0.0)


class SiteTest(unittest.TestCase):
    """Tests with one site and one upstream for all of them, and proxies of their own."""

    policy = POLICY

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls.policy)
        cls.upstream = cls.make_upstream()

    @classmethod
    def make_upstream(cls):
        return Upstream()

    @classmethod
    def tearDownClass(cls):
        cls.upstream.stop()


class ProxyTest(SiteTest):
    """Tests with one proxy for all of them too; `settings` are the proxy's."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxy = Proxy(cls.site, cls.upstream, **cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        super().tearDownClass()

    def setUp(self):
        self.upstream.answer = Exchange.echo
        self.upstream.take()

    def assertOne(self, requests):
        """Asserts that the upstream got one request; returns it."""
        self.assertEqual(len(requests), 1, requests)
        return requests[0]


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
