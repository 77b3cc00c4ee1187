# SPDX-License-Identifier: Apache-2.0
"""What every source file owes: a licence line, a size one can read, a test that is run, no trace of a machine."""

import os
import re

from . import tree

LICENCE = "SPDX-License-Identifier: Apache-2.0"
NEEDS_LICENCE = (".h", ".cc", ".c", ".cmake", ".in", ".py", ".sh", ".mjs", ".js", ".yaml", ".yml", "CMakeLists.txt", ".clang-format")


def check_licence(files):
    findings = []
    for path, text in files.items():
        script = text.startswith("#!")
        if tree.is_test_data(path) or not (script or path.endswith(NEEDS_LICENCE)):
            continue
        lines = text.split("\n", 2)
        line = 1 if script else 0
        if len(lines) <= line or not re.fullmatch(rf"(//|#) {LICENCE}", lines[line]):
            findings.append(f"{path}:{line + 1}: expected the line `{LICENCE}`")
    return findings


def check_registered(files):
    """Each test and fuzzer is named, with or without `.cc`, by a CMakeLists.txt of its folder or of one above."""
    findings = []
    for path in files:
        if not path.endswith(("_test.cc", "_fuzzer.cc")):
            continue
        folder, name = os.path.split(path)
        word = re.compile(rf"^[^#\n]*(?<![\w-]){re.escape(name[:-3])}(\.cc)?(?![\w.-])", re.M)
        while not word.search(files.get(os.path.join(folder, "CMakeLists.txt"), "")):
            if not folder:
                findings.append(f"{path}:1: no CMakeLists.txt registers it")
                break
            folder = os.path.dirname(folder)
    return findings


def size_limit(path):
    if path.endswith(".h"):
        return 300
    return 600 if path.startswith("tests/") else 800


def check_size(files):
    findings = []
    for path, text in files.items():
        if tree.is_cpp(path):
            lines, limit = text.count("\n"), size_limit(path)
            if lines > limit:
                findings.append(f"{path}:{limit + 1}: {lines} lines; at most {limit}")
    return findings


# Written so that this file does not match itself.
MACHINE = re.compile(
    r"(?<![\w.~}-])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+|tm[p])/"
    r"|registry[.]npmjs|deb[.]debian[.]org|pypi[.]org|files[.]pythonhosted|static[.]crates|proxy[.]golang"
    r'|"resolved"\s*:'
)


def check_portable(files):
    """No path of one machine, no host of a package registry."""
    findings = []
    for path, text in files.items():
        if tree.is_test_data(path):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            match = MACHINE.search(line)
            if match:
                findings.append(f"{path}:{number}: names a machine's path or a registry: `{match[0]}`")
    return findings


def condition_of(line):
    """What stands in the parentheses of the `if` or `while` that the line begins with, as far as the line goes."""
    match = re.match(r"\s*(?:} else )?(?:if|while) \(", line)
    if not match:
        return ""
    depth = 1
    for end in range(match.end(), len(line)):
        depth += (line[end] == "(") - (line[end] == ")")
        if depth == 0:
            return line[match.end() : end]
    return line[match.end() :]


def check_awaits(files):
    """No await in a condition, which g++ 12 miscompiles; it gets `while (co_await f())` and initialisers right."""
    findings = []
    for path, text in files.items():
        if not tree.is_cpp(path):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            condition = condition_of(line)
            right = ";" in condition or ("while (co_await" in line and "&&" not in condition and "||" not in condition)
            if "co_await" in condition and not right:
                findings.append(f"{path}:{number}: an await in a condition: name its result first")
    return findings


def check_version(files):
    """The version stands in CMakeLists.txt; the public header and the changelog agree with it."""
    version = re.search(r"project\(doorward VERSION (\d+\.\d+\.\d+)", files["CMakeLists.txt"])[1]
    header = files["include/doorward/version.h"]
    parts = ".".join(re.search(rf"VERSION_{part} (\d+)", header)[1] for part in ("MAJOR", "MINOR", "PATCH"))
    findings = []
    if parts != version or f'"{version}"' not in header:
        findings.append(f"include/doorward/version.h:1: differs from version {version} of CMakeLists.txt")
    changes = files.get("CHANGELOG.md", "")
    if "## Unreleased" not in changes and f"## {version}" not in changes:
        findings.append(f"CHANGELOG.md:1: has neither `## Unreleased` nor `## {version}`")
    return findings
