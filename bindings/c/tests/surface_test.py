#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what the headers declare, what exports.map lists and what the library exports; compiles the headers and
the examples in them.

    surface_test.py BINDING_DIR [LIBRARY]

Without LIBRARY (a build of the static one alone) the first two are compared.
"""

import pathlib
import re
import shutil
import subprocess
import sys

VERSION_NODE = "DOORWARD_0"
DECLARED = re.compile(r"\bDOORWARD_API(?:_CHECKED)?\b[^;{]*?\b(doorward_\w+)\s*\(")
FRONT = "doorward.h"
EXAMPLE = re.compile(r"(?:^//   \S.*\n)+", re.M)
# What the example at the top of a header leaves to its reader.
AROUND_EXAMPLES = {
    FRONT: "doorward_string text, doorward_string name, doorward_request request, doorward_time now, "
           "doorward_error error, void respond(int)",
    "doorward_c/json.h": "const doorward_json* claims",
}
STANDARDS = {"c": ["c99", "c11", "gnu17"], "c++": ["c++11", "c++20"]}
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wcast-qual", "-Werror"]


def declared(include):
    text = "\n".join(path.read_text() for path in sorted(include.rglob("*.h")))
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"^\s*#\s*define.*$", "", text, flags=re.M)
    return set(DECLARED.findall(text))


def listed(exports):
    text = re.sub(r"#[^\n]*", "", exports.read_text())
    node = re.search(r"(\w+) \{\s*global:(.*?)local:\s*\*;\s*\};", text, re.S)
    assert node and node[1] == VERSION_NODE, f"{exports.name}: no node {VERSION_NODE} that hides all else"
    return set(re.findall(r"\w+", node[2]))


def exported(library):
    output = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    symbols = {line.split()[-1] for line in output.splitlines()}
    symbols.discard(VERSION_NODE)
    wrong = {s for s in symbols if not s.endswith(f"@@{VERSION_NODE}")}
    return {s.split("@")[0] for s in symbols}, wrong


def compare(name_a, a, name_b, b):
    return [f"{s}: in {name_a}, not in {name_b}" for s in sorted(a - b)] + [
        f"{s}: in {name_b}, not in {name_a}" for s in sorted(b - a)
    ]


def compiled(compiler, kind, standard, include, text):
    """Returns the compiler's complaints about `text`; "" for none."""
    done = subprocess.run(
        [compiler, "-x", kind, f"-std={standard}", *WARNINGS, f"-I{include}", "-fsyntax-only", "-"],
        input=text, capture_output=True, text=True,
    )
    return "" if done.returncode == 0 else done.stderr.strip()[:400] or "failed"


def compile_examples(include):
    """The example in the comment at the top of a header, as it stands there."""
    findings = []
    for header, parameters in AROUND_EXAMPLES.items():
        example = EXAMPLE.search((include / header).read_text())
        code = re.sub("^//", "", example[0], flags=re.M) if example else "no example;"
        text = f'#include "{FRONT}"\nvoid example({parameters});\nvoid example({parameters}) {{\n{code}}}\n'
        for name, kind, standard in (("gcc", "c", "c99"), ("g++", "c++", "c++11")):
            if complaint := compiled(name, kind, standard, include, text):
                findings.append(f"{header}: its example: {name}: {complaint}")
    return findings


def compile_headers(include):
    """Each header alone and twice; the one that users include in each standard; by each compiler that is here."""
    findings = []
    others = [str(p.relative_to(include)) for p in sorted(include.rglob("*.h")) if p.name != FRONT]
    for name, kind in (("gcc", "c"), ("clang-14", "c"), ("g++", "c++"), ("clang++-14", "c++")):
        for standard in STANDARDS[kind] if shutil.which(name) else []:
            for header in [FRONT, *(others if standard == STANDARDS[kind][0] else [])]:
                if complaint := compiled(name, kind, standard, include, f'#include "{header}"\n' * 2):
                    findings.append(f"{header}: {name} -std={standard}: {complaint}")
    return findings


def main(binding, library=None):
    binding = pathlib.Path(binding)
    functions, exports = declared(binding / "include"), listed(binding / "exports.map")
    findings = compare("the headers", functions, "exports.map", exports)
    if library:
        symbols, wrong = exported(library)
        findings += compare("exports.map", exports, "the library", symbols)
        findings += [f"{s}: exported without version {VERSION_NODE}" for s in sorted(wrong)]
    findings += compile_headers(binding / "include") + compile_examples(binding / "include")
    print("\n".join(findings + [f"{len(functions)} functions, {len(findings)} findings"]))
    return 1 if findings or len(functions) < 50 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
