# SPDX-License-Identifier: Apache-2.0
"""Checks by tools: clang-format, shellcheck, and the compilers for the public headers."""

import re
import shutil
import subprocess

from . import tree


def check_format(root, files):
    clang_format = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not clang_format:
        return ["scripts/check:1: clang-format is missing; scripts/setup brings it"]
    paths = [p for p in files if tree.is_cpp(p)]
    if not paths:
        return []
    result = subprocess.run([clang_format, "--dry-run", "--Werror", *paths], cwd=root, capture_output=True, text=True)
    places = re.findall(r"^(.+?):(\d+):\d+: error: code should be clang-formatted", result.stderr, re.M)
    first = {path: line for path, line in reversed(places)}
    findings = [f"{path}:{line}: not formatted: run clang-format-14 -i" for path, line in sorted(first.items())]
    if result.returncode != 0 and not findings:
        findings.append(f"scripts/check:1: clang-format failed: {result.stderr.strip()[:300]}")
    return findings


def check_shell(root, files):
    shellcheck = shutil.which("shellcheck")
    if not shellcheck:
        return ["scripts/check:1: shellcheck is missing; scripts/setup brings it"]
    scripts = [p for p, text in files.items() if re.match(r"#!.*\b(ba)?sh\b", text)]
    if not scripts:
        return []
    result = subprocess.run([shellcheck, "--format=gcc", *scripts], cwd=root, capture_output=True, text=True)
    return result.stdout.splitlines() + result.stderr.splitlines()


def check_headers(root, files):
    """Each public header alone, by tests/headers."""
    del files
    script = root / "tests/headers/check_headers.py"
    result = subprocess.run([str(script), str(root / "include")], capture_output=True, text=True)
    findings = [f"include/{line}" for line in result.stderr.splitlines()]
    if result.returncode != 0 and not findings:
        findings.append("tests/headers/check_headers.py:1: failed without a finding")
    return findings
