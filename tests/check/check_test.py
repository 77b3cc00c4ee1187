#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each check of scripts/check must be able to fail: a good tree, and one slip at a time."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from checks import docs, floors, sources, tools  # noqa: E402

LICENCE = "SPDX-License-Identifier: Apache-2.0\n"
CPP = "// " + LICENCE

GOOD_TREE = {
    "CMakeLists.txt": "# " + LICENCE + "project(doorward VERSION 1.2.3)\n",
    "CHANGELOG.md": "## Unreleased\n",
    "tools/floors.json": '{"include/doorward": [], "src/base": ["include/doorward"], "tools": ["include/doorward"],'
    ' "src/http": ["include/doorward", "src/base"], "src/claims": ["include/doorward", "src/base"]}',
    "include/doorward/version.h": CPP + "#define DOORWARD_VERSION_MAJOR 1\n#define DOORWARD_VERSION_MINOR 2\n"
    '#define DOORWARD_VERSION_PATCH 3\n#define DOORWARD_VERSION "1.2.3"\n',
    "include/doorward/a.h": CPP + '#include <string>\n#include "doorward/version.h"\n',
    "src/base/a.h": CPP + '#include "doorward/a.h"\n#include "src/base/b.h"\n#include <re2/re2.h>\n',
    "src/http/a.cc": CPP + '#include "src/base/a.h"\n',
    "tools/doorward/main.cc": CPP + '#include "doorward/a.h"\n#include "tools/doorward/io.h"\n',
    "tests/unit/CMakeLists.txt": "# " + LICENCE + "doorward_test(a_test SOURCES base/a_test.cc b_test.cc)\nadd(d_test)\n# e_test.cc\n",
    "tests/unit/d_test.cc": CPP,
    "tests/unit/b_test.cc": CPP + '#include "src/http/a.h"\n',
    "scripts/run": "#!/usr/bin/env bash\n# " + LICENCE,
    "docs/a.md": "# The first page\n\n## A `b`, c\n\n[b](b.md) [c](#a-b-c) [d](../docs) [e](https://example.com/) `[x](y)`\n",
    "docs/b.md": "[top](a.md#the-first-page)\n\n<!-- file: src/base/a.h -->\n```cpp\n"
    '#include "doorward/a.h"\n#include "src/base/b.h"\n#include <re2/re2.h>\n```\n',
}

# check, file that is changed, its text, the finding that must come (a regular expression)
SLIPS = [
    (floors.check_floors, "src/base/a.h", CPP + '\n#include "src/http/a.h"\n', r"src/base/a.h:3: src/base includes"),
    (floors.check_floors, "src/http/a.cc", '#include "src/claims/json.h"\n', r"src/http/a.cc:1: .* no lower floor"),
    (floors.check_floors, "src/http/a.cc", '#include "src/nowhere/a.h"\n', r"src/http/a.cc:1: .* no floor"),
    (floors.check_floors, "src/http/a.cc", '#include "../claims/json.h"\n', r"src/http/a.cc:1: .* from the root"),
    (floors.check_floors, "src/attic/a.cc", CPP, r"src/attic/a.cc:1: stands on no floor"),
    (floors.check_floors, "tools/doorward/main.cc", '#include "src/base/a.h"\n', r"main.cc:1: tools includes"),
    (floors.check_floors, "include/doorward/a.h", "#include <openssl/evp.h>\n", r"a.h:1: .* standard library"),
    (floors.check_floors, "include/doorward/a.h", '#include "src/base/a.h"\n', r"a.h:1: .* standard library"),
    (sources.check_licence, "src/base/a.h", "// Copyright\n", r"src/base/a.h:1: expected"),
    (sources.check_licence, "scripts/run", "#!/usr/bin/env bash\n", r"scripts/run:2: expected"),
    (sources.check_licence, "src/base/a.h", "//SPDX - License - Identifier : Apache - 2.0\n", r"a.h:1: expected"),
    (sources.check_registered, "tests/unit/c_test.cc", CPP, r"c_test.cc:1: no CMakeLists.txt"),
    (sources.check_registered, "tests/unit/my_b_test.cc", CPP, r"my_b_test.cc:1: no CMakeLists.txt"),
    (sources.check_registered, "tests/unit/e_test.cc", CPP, r"e_test.cc:1: no CMakeLists.txt"),
    (sources.check_registered, "tests/fuzz/a_fuzzer.cc", CPP, r"a_fuzzer.cc:1: no CMakeLists.txt"),
    (sources.check_size, "src/base/a.h", "//\n" * 301, r"src/base/a.h:301: 301 lines; at most 300"),
    (sources.check_size, "src/http/a.cc", "//\n" * 801, r"src/http/a.cc:801: 801 lines; at most 800"),
    (sources.check_size, "tests/unit/b_test.cc", "//\n" * 601, r"b_test.cc:601: 601 lines; at most 600"),
    (sources.check_portable, "docs/a.md", "\nsee /" + "home/ada/doorward\n", r"docs/a.md:2: names"),
    (sources.check_portable, "scripts/run", "cd '/" + "tmp/build-x'\n", r"scripts/run:1: names"),
    (sources.check_portable, "a/package-lock.json", '"resol' + 'ved": "x"', r"package-lock.json:1: names"),
    (sources.check_portable, "a/package-lock.json", "https://registry" + ".npmjs.org/koa", r"lock.json:1: names"),
    (sources.check_awaits, "src/a.cc", CPP + "  if (!co_await f(1)) co_return;\n", r"src/a.cc:\d+: an await"),
    (sources.check_awaits, "src/a.cc", CPP + "  while (a && co_await f()) g();\n", r"src/a.cc:\d+: an await"),
    (sources.check_version, "include/doorward/version.h", GOOD_TREE["include/doorward/version.h"].replace("3", "4"), r"differs"),
    (sources.check_version, "CHANGELOG.md", "## 0.9.0\n", r"CHANGELOG.md:1: has neither"),
    (docs.check_links, "docs/b.md", "\n[gone](c.md)\n", r"docs/b.md:2: `c.md` leads nowhere"),
    (docs.check_links, "docs/b.md", "[gone](a.md#nothing)\n", r"docs/b.md:1: .* no such heading"),
    (docs.check_shown_files, "src/base/a.h", CPP + "int a;\n", r"docs/b.md:3: the block differs"),
    (docs.check_shown_files, "docs/b.md", "<!-- file: src/base/a.h -->\n", r"docs/b.md:1: .* no code block"),
]


class TextChecks(unittest.TestCase):
    def test_a_good_tree_has_no_findings(self):
        for check in {slip[0] for slip in SLIPS}:
            with self.subTest(check.__name__):
                self.assertEqual(check(GOOD_TREE), [])

    def test_each_slip_is_the_only_finding(self):
        for check, path, text, expected in SLIPS:
            with self.subTest(f"{check.__name__}: {path}: {expected}"):
                findings = check({**GOOD_TREE, path: text})
                self.assertEqual(len(findings), 1, findings)
                self.assertRegex(findings[0], expected)

    def test_awaits_that_are_compiled_rightly_may_stand(self):
        for line in ("while (co_await f(1)) g();", "if (const bool ok = co_await f(); !ok) g();", "if (ok) co_await f();"):
            with self.subTest(line):
                self.assertEqual(sources.check_awaits({"src/a.cc": line + "\n"}), [])

    def test_limits_are_inclusive(self):
        self.assertEqual(sources.check_size({"src/base/a.h": "//\n" * 300, "src/base/a.cc": "//\n" * 800}), [])


class ToolChecks(unittest.TestCase):
    def findings(self, check, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            (root / ".clang-format").write_bytes((ROOT / ".clang-format").read_bytes())
            script = root / "tests/headers/check_headers.py"
            script.parent.mkdir(parents=True)
            script.write_bytes((ROOT / "tests/headers/check_headers.py").read_bytes())
            script.chmod(0o755)
            return check(root, files)

    def test_unformatted_code_is_found(self):
        self.assertEqual(self.findings(tools.check_format, {"src/a.cc": "int a = 1;\n"}), [])
        found = self.findings(tools.check_format, {"src/a.cc": "int a = 1;\nint   b=2;\n"})
        self.assertEqual(found, ["src/a.cc:2: not formatted: run clang-format-14 -i"])

    def test_a_slip_in_a_shell_script_is_found(self):
        self.assertEqual(self.findings(tools.check_shell, {"run": '#!/bin/bash\ncd "$1" || exit\n'}), [])
        found = self.findings(tools.check_shell, {"run": "#!/bin/bash\ncd $1 || exit\n"})
        self.assertRegex("\n".join(found), r"run:2:4: .*SC2086")

    def test_a_header_that_leans_on_others_is_found(self):
        good = {"include/doorward/a.h": "#pragma once\n#include <string>\ninline std::string a;\n"}
        bad = {"include/doorward/a.h": "#pragma once\ninline std::string a;\n"}
        twice = {"include/doorward/a.h": "inline int a = 1;\n"}
        self.assertEqual(self.findings(tools.check_headers, good), [])
        for files in (bad, twice):
            self.assertRegex("\n".join(self.findings(tools.check_headers, files)), r"include/doorward/a.h: does not compile alone")

    def test_a_heavy_header_is_found(self):
        heavy = {"include/doorward/a.h": "#pragma once\n" + "extern int a;\n" * 50_001}
        self.assertRegex("\n".join(self.findings(tools.check_headers, heavy)), r"50,001 preprocessed lines")


class TheScript(unittest.TestCase):
    def test_findings_make_it_fail(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
            subprocess.run(["git", "init", "-q", folder], check=True)
            (root / ".gitignore").write_text("__pycache__/\nignored.h\n")
            (root / "ignored.h").write_text("int a;\n")
            self.assertEqual(self.run_check(root).returncode, 0)
            (root / "new.h").write_text("int a;\n")
            failed = self.run_check(root)
            self.assertEqual(failed.returncode, 1)
            self.assertIn("new.h:1: expected", failed.stdout)
            self.assertIn("[licence]", failed.stdout)

    def test_an_unknown_check_is_wrong_usage(self):
        self.assertEqual(self.run_check(ROOT, "nonsense").returncode, 64)

    def run_check(self, root, name="licence"):
        return subprocess.run([str(root / "scripts/check"), name], capture_output=True, text=True)

class Registration(unittest.TestCase):
    def test_every_check_has_a_slip(self):
        entry = (ROOT / "scripts/check").read_text()
        listed = set(re.findall(r"(?:docs|floors|sources)\.(check_\w+)", entry))
        self.assertEqual(listed, {slip[0].__name__ for slip in SLIPS})


if __name__ == "__main__":
    unittest.main()
