#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles each public header alone, twice included, and counts what it costs a user to include it.

    check_headers.py INCLUDE_DIR

A finding for each header that does not compile by itself without a warning, under each compiler of
this machine (g++, clang++), or that preprocesses to more than BUDGET lines under the first. Lines
that are blank or only markers do not count. docs/decisions/0002 says how the budget was found.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

BUDGET = 50_000
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror", "-x", "c++"]


def compilers():
    found = [shutil.which(os.environ.get("CXX", "g++"))]
    found.append(shutil.which("clang++") or shutil.which("clang++-14"))
    return [c for c in found if c]


def compile_alone(compiler, include_dir, header):
    """Returns (finding or None, preprocessed lines)."""
    text = f'#include "doorward/{header}"\n' * 2
    command = [compiler, *FLAGS, f"-I{include_dir}"]
    built = subprocess.run([*command, "-fsyntax-only", "-"], input=text, capture_output=True, text=True)
    if built.returncode != 0:
        first = next((x for x in built.stderr.splitlines() if "error" in x), built.stderr[:200])
        return f"doorward/{header}: does not compile alone with {os.path.basename(compiler)}: {first}", 0
    expanded = subprocess.run([*command, "-E", "-"], input=text, capture_output=True, text=True).stdout
    return None, sum(1 for line in expanded.splitlines() if not re.match(r"\s*(#|$)", line))


def check(include_dir):
    """Returns (findings, {header: lines under the first compiler})."""
    headers = sorted(p.name for p in (pathlib.Path(include_dir) / "doorward").glob("*.h"))
    found = compilers()
    if not found or not headers:
        return [f"{include_dir}: no compiler or no header to check"], {}
    jobs = [(c, h) for c in found for h in headers]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: compile_alone(job[0], include_dir, job[1]), jobs))
    findings = [finding for finding, _ in results if finding]
    lines = {h: n for (c, h), (_, n) in zip(jobs, results) if c == found[0]}
    findings += [
        f"doorward/{h}: {n:,} preprocessed lines; the budget is {BUDGET:,}"
        for h, n in lines.items()
        if n > BUDGET
    ]
    return findings, lines


if __name__ == "__main__":
    problems, sizes = check(sys.argv[1])
    for header, count in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{count:7,}  doorward/{header}")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)
