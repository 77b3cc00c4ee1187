# SPDX-License-Identifier: Apache-2.0
"""The conformance files through the command: tests/data/tokens.jsonl by verify, tests/data/paths.jsonl by eval."""

import json
import pathlib
import tempfile
import unittest

import command

OPEN_POLICY = """\
doorward: 1
request: {%s}
rules:
  - {id: open, allow: [everyone], endpoints: ["/**", "OPTIONS *"]}
"""
PROFILES = {"default": "path_case: sensitive", "fold": "path_case: fold", "windows": "backend: windows"}


def read(name):
    return [json.loads(line) for line in (command.VECTORS / name).read_text().splitlines()]


class Tokens(unittest.TestCase):
    def test_every_token_is_judged_as_expected(self):
        cases = read("tokens.jsonl")
        # Unless a case says otherwise, 1 MiB is permitted here.
        result = command.run("verify", "--max-token-bytes", 1 << 20, "--tokens", command.VECTORS / "tokens.jsonl")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        answers = command.answers(result)
        self.assertEqual([a["id"] for a in answers], [c["id"] for c in cases])
        for case, answer in zip(cases, answers):
            with self.subTest(case["id"], why=case["why"]):
                self.assertEqual(answer["valid"], case["expect"] == "accept", answer)
                self.assertNotIn(answer.get("error"), ("bad_input", "internal"))
                self.assertEqual("claims" in answer and "header" in answer, answer["valid"])


class Paths(unittest.TestCase):
    def answers(self, profile, cases):
        with tempfile.TemporaryDirectory() as folder:
            policy = pathlib.Path(folder) / "policy.yaml"
            policy.write_text(OPEN_POLICY % PROFILES[profile])
            lines = "\n".join(json.dumps({"id": case["id"], **case["request"]}) for case in cases)
            result = command.run("eval", policy, stdin=lines)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return command.answers(result)

    def test_every_request_is_refused_or_treated_as_expected(self):
        cases = read("paths.jsonl")
        seen = 0
        for profile in PROFILES:
            mine = [case for case in cases if case["profile"] == profile]
            for case, answer in zip(mine, self.answers(profile, mine), strict=True):
                seen += 1
                with self.subTest(case["id"]):
                    self.check(case, answer)
        self.assertEqual(seen, len(cases))

    def check(self, case, answer):
        outcome, _, path = case["safe_outcome"].partition(":")
        if outcome == "treated_as":
            self.assertEqual((answer["status"], answer["path"]), (200, path))
        elif case["reject_step"] in ("F2", "F3", "M4") and answer["allowed"]:
            # As good as a refusal: the header reaches nobody.
            self.assertEqual(answer["remove_headers"], [name for name, _ in case["request"]["headers"]])
        else:
            self.assertEqual((answer["status"], answer["path"]), (400, None))


if __name__ == "__main__":
    command.main()
