# SPDX-License-Identifier: Apache-2.0
"""No output shows key material of a policy or a key file, whatever the diagnostic beside it is about."""

import json
import pathlib
import tempfile
import unittest

import command

SECRET = "c2VjcmV0LW9mLXRoaXJ0eS10d28tb2N0ZXRzLWhlcmU"
MEMBERS = ("k", "d", "p", "q", "dp", "dq", "qi")
TELLING = 6  # so many octets of the secret in a row are too many


def policy(jwks, rules="rules: [{id: read, allow: [viewer], endpoints: [GET /**]}]", issuer=""):
    return (
        "doorward: 1\nroles: {viewer: , d: {inherits: [viewer]}}\nissuers:\n"
        f"  - {{issuer: https://a.example/, audiences: [x], roles: [viewer], algorithms: [HS256], {issuer}keys: {{jwks: {jwks}}}}}\n{rules}\n"
    )


def block(lines):
    return (
        "doorward: 1\nroles: {viewer: }\nissuers:\n  - issuer: https://a.example/\n    audiences: [x]\n    rolez: [viewer]\n"
        f"    keys:\n      jwks:\n        keys:\n          - kty: oct\n{lines}\nrules: [{{id: read, allow: [vewer], endpoints: [GET /**]}}]\n"
    )


KEY = f'{{"kty": "oct", "k": "{SECRET}"}}'
CASES = {
    "another mistake on the line": policy(f'{{"keys": [{KEY}]}}', issuer="colour: red, "),
    "a duplicate member": policy(f'{{"keys": [{{"kty": "oct", "k": "{SECRET}", "k": "{SECRET}"}}]}}'),
    "a duplicate of another": policy(f'{{"keys": [{{"k": "{SECRET}", "kty": "oct", "kty": "oct"}}]}}'),
    "a bracket too few": policy(f'{{"keys": [{KEY}'),
    "a bracket too many": policy(f'{{"keys": [{KEY}]}}]'),
    "no quote before": policy(f'{{"keys": [{{"kty": "oct", "k": {SECRET}"}}]}}'),
    "no quote after": policy(f'{{"keys": [{{"kty": "oct", "k": "{SECRET}}}]}}'),
    "a quote missing before": policy(f'{{"keys": [{{"kty": "oct, "k": "{SECRET}"}}]}}'),
    "a quote within": policy(f'{{"keys": [{{"kty": "oct", "k": "abc" {SECRET}"}}]}}'),
    "no colon": policy(f'{{"keys": [{{"kty": "oct", "k" "{SECRET}"}}]}}'),
    "no comma": policy(f'{{"keys": [{{"kty": "oct" "k": "{SECRET}"}}]}}'),
    "single quotes": policy(f"{{keys: [{{kty: oct, 'k': '{SECRET}', 'k': 5}}]}}"),
    "plain": policy(f"{{keys: [{{kty: oct, k: {SECRET}, kid: a, kid: a}}]}}"),
    "escaped name": policy(f'{{"keys": [{{"kty": "oct", "\\u006b": "{SECRET}", "kty": "oct"}}]}}'),
    "a tag": policy(f"{{keys: [{{kty: oct, k: !!str {SECRET}}}]}}"),
    "an anchor": policy(f'{{keys: [{{kty: oct, k: &s "{SECRET}"}}]}}', issuer="colour: red, "),
    "a list": policy(f'{{"keys": [{{"kty": "oct", "k": ["{SECRET}"]}}]}}', issuer="colour: red, "),
    "other primes": policy(f'{{"keys": [{{"kty": "RSA", "oth": [{{"r": "{SECRET}", "t": "{SECRET}"}}]}}]}}', issuer="colour: red, "),
    "a key that is weak": policy(f'{{"keys": [{{"kty": "oct", "k": "{SECRET[:20]}"}}]}}'),
    "a key that is no base64url": policy(f'{{"keys": [{{"kty": "oct", "k": "{SECRET}!"}}]}}'),
    "no kty": policy(f'{{"keys": [{{"k": "{SECRET}"}}]}}', issuer="colour: red, "),
    "misspelt jwks": policy(f'{{"keys": [{KEY}]}}').replace("jwks:", "jwkz:"),
    "block, plain": block(f"            k: {SECRET}\n            k: {SECRET}"),
    "block, a syntax error": block(f"            k: {SECRET}: x"),
    "block, a tab": block(f"            k: {SECRET}\t: [\n\t- x"),
    "block, next line": block(f"            k:\n              {SECRET}\n            kty: oct"),
    "block, literal": block(f"            k: |\n              {SECRET}\n            kty: oct"),
    "block, not indented": block(f"            k: |\n{SECRET}\n            kty: oct"),
    "block, taken for a member": block(f"            k: |\n{SECRET} kty: oct"),
    "block, an alias": block(f"            k:\n*    {SECRET}\n            kty: oct"),
    "a stray before the colon": policy(f'{{"keys": [{{"kty": "oct", "k"*: "{SECRET}"}}]}}'),
    "block, a list": block(f"            k:\n            - {SECRET}\n            kty: oct"),
    "block, other primes": block(f"            oth:\n            - r: {SECRET}\n              t: {SECRET}\n            kty: oct"),
    "every member": policy("{keys: [{kty: RSA, n: AQAB, e: AQAB, %s}]}" % ", ".join(f'"{m}": "{SECRET}"' for m in MEMBERS), issuer="colour: red, "),
}
JSON_CASES = {
    "one line without rules": f'{{"doorward": 1, "roles": {{"viewer": {{}}}}, "issuers": [{{"issuer": "https://a.example/", "audiences": ["x"], "keys": {{"jwks": {{"keys": [{KEY}]}}}}}}]}}',
    "one line, cut short": f'{{"doorward": 1, "issuers": [{{"issuer": "https://a.example/", "keys": {{"jwks": {{"keys": [{KEY}]}}}}',
}


class Secrets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def outputs(self, name):
        request = '{"method": "GET", "target": "/"}'
        commands = [["check", "--format", form, name] for form in ("text", "json", "sarif")]
        commands += [["eval", name], ["verify", "--policy", name], ["explain", name, "--request", request]]
        for arguments in commands:
            result = command.run(*arguments, stdin="", cwd=self.folder)
            yield arguments, result.returncode, (result.stdout + result.stderr).decode()

    def assert_hidden(self, output, shown=SECRET):
        for begin in range(len(shown) - TELLING):
            self.assertNotIn(shown[begin : begin + TELLING], output)

    def test_no_output_of_a_policy_shows_one(self):
        for ending, cases in ((".yaml", CASES), (".json", JSON_CASES)):
            for name, text in cases.items():
                (self.folder / f"policy{ending}").write_text(text)
                said = ""
                for arguments, _, output in self.outputs(f"policy{ending}"):
                    with self.subTest(name, arguments=arguments):
                        self.assert_hidden(output)
                        said += output
                with self.subTest(name):
                    self.assertRegex(said, r"error|warning")

    def test_nor_does_one_of_a_key_file(self):
        text = policy("x").replace("jwks: x", "jwks_file: keys.jwks")
        (self.folder / "policy.yaml").write_text(text)
        keys = {
            "a duplicate member": f'{{"keys": [{{"kty": "oct", "k": "{SECRET}", "k": "{SECRET}"}}]}}',
            "cut short": f'{{"keys": [{KEY}',
            "no kty": f'{{"keys": [{{"k": "{SECRET}"}}]}}',
            "another type": f'{{"keys": [{{"kty": "X", "k": "{SECRET}"}}]}}',
            "one key": KEY,
        }
        for name, text in keys.items():
            (self.folder / "keys.jwks").write_text(text)
            verify = ["verify", "--jwks", "keys.jwks"]
            result = command.run(*verify, stdin="", cwd=self.folder)
            for arguments, status, output in [*self.outputs("policy.yaml"), (verify, 0, result.stderr.decode())]:
                with self.subTest(name, arguments=arguments):
                    self.assert_hidden(output)

    def test_what_is_beside_it_stays_and_the_mark_fits(self):
        (self.folder / "policy.yaml").write_text(
            "doorward: 1\nissuers:\n  - {keys: {jwks: {keys: [{kty: oct, k: %s}]}}, colour: red}\n" % SECRET[:8]
        )
        lines = command.run("check", "policy.yaml", cwd=self.folder).stdout.decode().splitlines()
        (at,) = [i for i, line in enumerate(lines) if "[unknown_member]" in line and "colour" in line]
        source, mark = lines[at + 1], lines[at + 2]
        self.assertIn("{kty: oct, k: ********}", source)
        self.assertEqual(source[mark.index("^") : mark.rindex("~") + 1], "colour")

    def test_names_that_only_look_like_it_stay(self):
        (self.folder / "policy.yaml").write_text(
            policy(f'{{"keys": [{KEY}]}}', "rules: [{id: read, allow: [vewer], endpoints: ['GET /{d:[0-9]+}']}]").replace("[viewer]}}\nis", "[edtor]}}\nis")
        )
        output = command.run("check", "policy.yaml", cwd=self.folder).stdout.decode()
        self.assertIn("roles: {viewer: , d: {inherits: [edtor]}}", output)
        self.assertIn("endpoints: ['GET /{d:[0-9]+}']", output)


if __name__ == "__main__":
    command.main()
