# SPDX-License-Identifier: Apache-2.0
"""Diagnostics for machines: what SARIF 2.1.0 demands of a log, and that all three formats say the same."""

import json
import re
import tempfile
import unittest
import urllib.parse

import command


def check(form, *policies, cwd=command.DATA):
    return command.run("check", "--format", form, *policies, cwd=cwd)


class Sarif(unittest.TestCase):
    """The members that the schema of SARIF 2.1.0 requires, and the types of all that are there."""

    def setUp(self):
        result = check("sarif", "broken.yaml", "keys.yaml", "missing.yaml")
        self.assertEqual(result.returncode, 2)
        self.log = json.loads(result.stdout)
        (self.run_,) = self.log["runs"]

    def test_the_log_and_its_run(self):
        self.assertEqual(set(self.log), {"$schema", "version", "runs"})
        self.assertEqual(self.log["version"], "2.1.0")
        self.assertEqual(set(self.run_), {"tool", "columnKind", "results"})
        self.assertIn(self.run_["columnKind"], ("utf16CodeUnits", "unicodeCodePoints"))
        driver = self.run_["tool"]["driver"]
        self.assertEqual((set(driver), driver["name"]), ({"name", "version", "rules"}, "doorward"))
        codes = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(len(codes), len(set(codes)))
        self.assertEqual({r["ruleId"] for r in self.run_["results"]}, set(codes))

    def test_each_result(self):
        for result in self.run_["results"]:
            with self.subTest(result["message"]["text"]):
                self.assertEqual(set(result), {"ruleId", "level", "message", "locations"})
                self.assertIn(result["level"], ("error", "warning"))
                (location,) = result["locations"]
                place = location["physicalLocation"]
                self.assertLessEqual(set(place), {"artifactLocation", "region"})
                self.assertEqual(set(place["artifactLocation"]), {"uri"})
                if "region" in place:
                    region = place["region"]
                    self.assertEqual(set(region), {"startLine", "startColumn", "endColumn", "byteOffset", "byteLength"})
                    self.assertTrue(all(isinstance(n, int) for n in region.values()))
                    self.assertGreaterEqual(region["startLine"], 1)
                    self.assertGreaterEqual(region["startColumn"], 1)
                    self.assertGreaterEqual(region["endColumn"], region["startColumn"])
                    self.assertGreaterEqual(region["byteOffset"], 0)

    def test_file_names_become_uri_references(self):
        with tempfile.TemporaryDirectory() as folder:
            result = json.loads(check("sarif", "a b%:é.yaml", f"{folder}/x.yaml", cwd=folder).stdout)["runs"][0]["results"]
        uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in result]
        self.assertEqual(uris[0], "a%20b%25%3A%C3%A9.yaml")
        self.assertEqual(urllib.parse.urlparse(uris[1])[:3], ("file", "", f"{folder}/x.yaml"))

    def test_nothing_to_say_is_a_log_without_results(self):
        result = check("sarif", "no-issuers.yaml")
        self.assertEqual((result.returncode, json.loads(result.stdout)["runs"][0]["results"]), (0, []))


class Formats(unittest.TestCase):
    POLICIES = ("broken.yaml", "keys.yaml", "policy.yaml", "long-line.json")

    def test_all_formats_say_the_same(self):
        text = check("text", *self.POLICIES).stdout.decode()
        places = re.findall(r"^(\S+?)(?::(\d+):(\d+))?: (error|warning): .* \[(\w+)\]$", text, re.M)
        places = [(f, int(line or 0), int(column or 0), s, c) for f, line, column, s, c in places]
        report = json.loads(check("json", *self.POLICIES).stdout)
        self.assertEqual([tuple(d[k] for k in ("file", "line", "column", "severity", "code")) for d in report["diagnostics"]], places)
        self.assertEqual((report["errors"], report["warnings"]), (sum(p[3] == "error" for p in places), sum(p[3] == "warning" for p in places)))
        results = json.loads(check("sarif", *self.POLICIES).stdout)["runs"][0]["results"]
        regions = [r["locations"][0]["physicalLocation"].get("region", {}) for r in results]
        self.assertEqual([(r.get("startLine", 0), r.get("startColumn", 0)) for r in regions], [p[1:3] for p in places])

    def test_positions_point_at_the_text_at_fault(self):
        for diagnostic in json.loads(check("json", *self.POLICIES).stdout)["diagnostics"]:
            if diagnostic["line"] == 0:
                continue
            with self.subTest(diagnostic["message"]):
                source = (command.DATA / diagnostic["file"]).read_bytes()
                begin, end = diagnostic["offset"], diagnostic["offset"] + diagnostic["length"]
                self.assertEqual(source[begin:end].decode().split("\n")[0], diagnostic["excerpt"])
                before = source[:begin].decode()
                self.assertEqual(diagnostic["line"], before.count("\n") + 1)
                self.assertEqual(diagnostic["column"], len(before) - (before.rfind("\n") + 1) + 1)

    def test_what_is_not_shown_is_not_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            for count, amount in ((999, "999 errors"), (1000, "1000 errors"), (1001, "at least 1000 errors")):
                with self.subTest(count), open(f"{folder}/policy.yaml", "w") as policy:
                    policy.write("doorward: 1\nrules:\n")
                    policy.writelines(f"  - {{id: r{i}, allow: [nobody], endpoints: [GET /{i}]}}\n" for i in range(count))
                    policy.flush()
                    lines = check("text", "policy.yaml", cwd=folder).stdout.decode().splitlines()
                    self.assertEqual(lines[-1], f"policy.yaml: {amount}, 0 warnings")
                    self.assertEqual(sum("[unknown_role]" in line for line in lines), min(count, 1000))


if __name__ == "__main__":
    command.main()
