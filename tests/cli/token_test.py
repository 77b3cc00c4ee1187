# SPDX-License-Identifier: Apache-2.0
"""Keys and tokens of every algorithm: made, signed, verified, looked into; files that are kept safe."""

import json
import os
import pathlib
import stat
import tempfile
import unittest

import command

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"]
SECRET_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k"}
NOW = "2026-01-31T12:00:00Z"


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_ok(self, *arguments, stdin=b""):
        result = command.run(*arguments, stdin=stdin, cwd=self.folder)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return result.stdout.decode()

    def mode(self, name):
        return stat.S_IMODE(os.stat(self.folder / name).st_mode)


class EveryAlgorithm(InFolder):
    def check(self, algorithm, *options):
        self.run_ok("token", "new-key", "--algorithm", algorithm, "--kid", "k", "--out", "key", "--public-out", "jwks", *options)
        public = json.loads((self.folder / "jwks").read_text())["keys"][0]
        self.assertEqual((public["alg"], public["kid"]), (algorithm, "k"))
        self.assertEqual(bool(SECRET_MEMBERS & set(public)), algorithm.startswith("HS"))
        token = self.run_ok("token", "sign", "--key", "key", "--subject", "alice", "--now", NOW)
        answer = json.loads(self.run_ok("verify", "--jwks", "jwks", "--now", NOW, stdin=token))
        self.assertEqual(answer["header"], {"alg": algorithm, "kid": "k", "typ": "JWT"})
        self.assertEqual(answer["claims"], {"sub": "alice", "iat": 1769860800, "exp": 1769861100})
        self.assertIn('"sub": "alice"', self.run_ok("token", "inspect", stdin=token))
        return public

    def test_signs_what_its_key_set_verifies(self):
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                self.check(algorithm, "--force")

    def test_the_curve_of_eddsa_may_be_chosen(self):
        for curve in ("Ed25519", "Ed448"):
            with self.subTest(curve):
                self.assertEqual(self.check("EdDSA", "--curve", curve, "--force")["crv"], curve)

    def test_the_size_of_an_rsa_key_may_be_chosen(self):
        public = self.check("PS256", "--rsa-bits", "3072")
        self.assertEqual(len(public["n"]), 512)


class Files(InFolder):
    def test_what_is_secret_can_be_read_by_its_owner_alone(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.run_ok("token", "new-key", "--out", "key", "--public-out", "jwks")
        self.run_ok("token", "new-key", "--algorithm", "HS256", "--out", "secret", "--public-out", "secret-jwks")
        self.assertEqual([self.mode(f) for f in ("key", "jwks", "secret", "secret-jwks")], [0o600, 0o644, 0o600, 0o600])

    def test_a_file_is_overwritten_only_by_force(self):
        for option in ("--out", "--public-out"):
            with self.subTest(option):
                kept = self.folder / "kept"
                kept.write_text("mine")
                kept.chmod(0o644)
                result = command.run("token", "new-key", option, "kept", cwd=self.folder)
                self.assertEqual(result.returncode, 64)
                self.assertEqual(
                    result.stderr.decode(),
                    f"doorward token new-key: cannot write `kept` (`{option}`): file exists (--force overwrites a file);"
                    " see `doorward token new-key --help`\n",
                )
                self.assertEqual(kept.read_text(), "mine")
                self.run_ok("token", "new-key", option, "kept", "--force")
                self.assertIn('"kty":"EC"', kept.read_text())
                self.assertEqual(self.mode("kept"), 0o600 if option == "--out" else 0o644)
                self.assertEqual([p.name for p in self.folder.iterdir()], ["kept"])

    def test_a_link_is_not_written_through(self):
        (self.folder / "target").write_text("mine")
        (self.folder / "key").symlink_to("target")
        self.run_ok("token", "new-key", "--out", "key", "--force")
        self.assertEqual((self.folder / "target").read_text(), "mine")

    def test_without_out_the_private_key_goes_to_standard_output(self):
        key = json.loads(self.run_ok("token", "new-key", "--public-out", "jwks"))
        public = json.loads((self.folder / "jwks").read_text())["keys"][0]
        self.assertEqual({**public, "d": key["d"]}, key)

    def test_a_public_key_that_cannot_be_written_leaves_its_private_key(self):
        result = command.run("token", "new-key", "--out", "key", "--public-out", "missing/jwks", cwd=self.folder)
        self.assertEqual(result.returncode, 64)
        self.assertIn(b"no such file or directory", result.stderr)


class Clock(InFolder):
    def test_without_now_the_clock_counts(self):
        self.run_ok("token", "new-key", "--out", "key", "--public-out", "jwks")
        fresh = self.run_ok("token", "sign", "--key", "key")
        old = self.run_ok("token", "sign", "--key", "key", "--now", NOW)
        answers = [json.loads(line) for line in self.run_ok("verify", "--jwks", "jwks", stdin=fresh + old).splitlines()]
        self.assertEqual([a["valid"] for a in answers], [True, False])
        self.assertEqual(answers[1]["error"], "token_expired")


if __name__ == "__main__":
    command.main()
