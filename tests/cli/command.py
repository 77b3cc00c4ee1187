# SPDX-License-Identifier: Apache-2.0
"""Runs the doorward command for the tests beside this file, each of which is started as `X_test.py COMMAND`."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"
VECTORS = HERE.parent / "data"
COMMAND = os.path.abspath(sys.argv[1])

# What the answers depend on besides the arguments.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}


def run(*arguments, stdin=b"", cwd=DATA):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return subprocess.run(
        [COMMAND, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, env=ENVIRONMENT, timeout=120
    )


def answers(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
