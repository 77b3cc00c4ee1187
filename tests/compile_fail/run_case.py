#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles a case twice: its good half must compile, its bad half must not, and for the right reason.

    run_case.py COMPILER INCLUDE_DIR CASE.cc

The case states a regular expression, `// EXPECT: ...`, that the error of its bad half must match.
"""

import re
import subprocess
import sys

compiler, include_dir, case = sys.argv[1:]
expected = re.search(r"^// EXPECT: (.+)$", open(case, encoding="utf-8").read(), re.M).group(1)


def compile_half(*defines):
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{include_dir}"]
    return subprocess.run([*command, *defines, case], capture_output=True, text=True)


good, bad = compile_half(), compile_half("-DBAD_HALF")
if good.returncode != 0:
    sys.exit(f"{case}: the good half does not compile:\n{good.stderr}")
if bad.returncode == 0:
    sys.exit(f"{case}: the bad half compiles")
if not re.search(expected, bad.stderr):
    sys.exit(f"{case}: the bad half fails for another reason than `{expected}`:\n{bad.stderr}")
