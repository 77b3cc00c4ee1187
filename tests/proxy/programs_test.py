# SPDX-License-Identifier: Apache-2.0
"""Programs that others wrote on both sides: curl as the client, nginx as the upstream."""

import hashlib
import os
import subprocess
import unittest

import harness
from client import HOST, TIMEOUT, ask
from harness import Proxy, Site, eventually
from nginx import Nginx, free_port

SERVER = """
  client_max_body_size 100m; gzip on; gzip_min_length 100; gzip_types text/plain;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
    root {folder}/www;
    location /public/who {{ return 200 "$request_method $request_uri\\n"; }}
    location /orders/who {{ add_header X-Seen-User "$http_x_user_id" always; return 200 "$request_method $request_uri\\n"; }}
    location /public/moved {{ return 301 /public/who; }}
    location /orders/files/ {{ dav_methods PUT DELETE; create_full_put_path on; }}
  }}
"""


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.folder = cls.site.folder
        (cls.folder / "www" / "public").mkdir(parents=True)
        cls.large = os.urandom(1 << 20) * 20
        (cls.folder / "www" / "public" / "large.bin").write_bytes(cls.large)
        (cls.folder / "www" / "public" / "text.txt").write_text("words " * 2000)
        certificate, key = cls.site.authority.issue("nginx", "IP:127.0.0.1")
        port = free_port()
        server = SERVER.format(folder=cls.folder, port=port, certificate=certificate, key=key)
        cls.nginx = Nginx(cls.folder / "nginx", server, port)
        ca = str(cls.site.authority.certificate)
        cls.proxy = Proxy(cls.site, servers=[f"https://127.0.0.1:{port}"], listeners=("tls",), upstream={"tls": {"ca": ca}})

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.nginx.stop()

    def curl(self, path, *arguments, token=None):
        """Returns what curl wrote: the head and the body of the answer."""
        port = self.proxy.port
        command = ["curl", "--silent", "--show-error", "--fail-early", "--max-time", str(TIMEOUT), "--cacert", str(self.site.authority.certificate),
                   "--connect-to", f"::127.0.0.1:{port}", *arguments]  # fmt: skip
        if token:
            command += ["--oauth2-bearer", token]
        run = subprocess.run([*command, f"https://{HOST}{path}"], capture_output=True, timeout=TIMEOUT)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_requests_and_refusals(self):
        self.assertEqual(self.curl("/public/who?x=1"), b"GET /public/who?x=1\n")
        self.assertEqual(self.curl("/public/%77ho"), b"GET /public/who\n")
        self.assertIn(b'"no_token"', self.curl("/orders/who"))
        head = self.curl("/orders/who", "--include", "--header", "X-User-ID: root", "--header", "x_user_id: root", token=self.site.token("ben"))
        self.assertIn(b"X-Seen-User: ben\r\n", head)
        self.assertIn(b"HTTP/1.1 200 OK\r\n", head)

    def test_head_and_redirects(self):
        self.assertIn(b"200 OK", self.curl("/public/who", "--head"))
        self.assertEqual(self.curl("/public/moved", "--location"), b"GET /public/who\n")

    def test_downloads_are_whole(self):
        self.assertEqual(hashlib.sha256(self.curl("/public/large.bin")).digest(), hashlib.sha256(self.large).digest())
        self.assertEqual(self.curl("/public/large.bin", "--range", "1000000-1999999"), self.large[1_000_000:2_000_000])
        self.assertEqual(self.curl("/public/text.txt", "--compressed"), b"words " * 2000)  # chunked by nginx

    def test_many_on_one_connection(self):
        urls = [f"https://{HOST}/public/who?{number}" for number in range(50)]
        output = self.curl("/public/who?last", *urls, "--write-out", "%{num_connects} ")
        self.assertEqual(output.count(b"GET /public/who"), 51)
        self.assertEqual(output.count(b"\n1 "), 1)

    def test_uploads_are_whole(self):
        """curl asks for `100 Continue` where a body is large."""
        token = self.site.token("ben", ("editor",))
        file = self.folder / "upload.bin"
        file.write_bytes(self.large[: 5 << 20])
        for name, field in (("length", "X-Way: 1"), ("chunks", "Transfer-Encoding: chunked"), ("expect", "Expect: 100-continue")):
            with self.subTest(name):
                self.assertIn(b"201", self.curl(f"/orders/files/{name}.bin", "--include", "--upload-file", str(file), "--header", field, token=token))
                stored = self.folder / "www" / "orders" / "files" / f"{name}.bin"
                self.assertEqual(stored.read_bytes(), file.read_bytes())
                delete = ["--include", "--request", "DELETE"]
                self.assertIn(b"403", self.curl(f"/orders/files/{name}.bin", *delete, token=self.site.token()))
                self.assertTrue(stored.exists())
                self.assertIn(b"204", self.curl(f"/orders/files/{name}.bin", *delete, token=token))
                self.assertFalse(stored.exists())

    def test_an_upload_that_may_not_be_is_not_sent(self):
        file = self.folder / "refused.bin"
        file.write_bytes(self.large)
        output = self.curl("/orders/files/refused.bin", "--upload-file", str(file), "--write-out", "%{size_upload}")
        self.assertIn(b'"no_token"', output)
        self.assertTrue(output.endswith(b"}0") or output.endswith(b"}\n0"), output)

    def test_an_upstream_that_restarts_is_found_again(self):
        context = self.site.authority.client_context()
        self.assertEqual(ask(self.proxy.port, "GET", "/public/who", tls=context).status, 200)
        self.nginx.stop()
        self.assertEqual(ask(self.proxy.port, "GET", "/public/who", tls=context).status, 502)
        self.nginx.start()
        eventually("it serves again", lambda: ask(self.proxy.port, "GET", "/public/who", tls=context).status == 200)


if __name__ == "__main__":
    harness.main()
