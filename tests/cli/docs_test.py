# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/command.md are what the command really says.

    docs_test.py COMMAND             compares
    docs_test.py COMMAND --update    writes what the command says now into the page, to be read as a diff

A block of ```console is run in a copy of data/: each line after `$ ` in bash, followed by what it prints.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import command

PAGE = command.HERE.parent.parent / "docs" / "command.md"
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.M | re.S)


def run_block(block, folder):
    environment = command.ENVIRONMENT | {"PATH": f"{os.path.dirname(command.COMMAND)}:{os.environ['PATH']}"}
    said = ""
    for line in re.findall(r"^\$ (.*)$", block, re.M):
        result = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said += f"$ {line}\n{result.stdout}"
    return said


def as_run(text):
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "data"
        shutil.copytree(command.DATA, folder)
        return BLOCK.sub(lambda match: run_block(match[0], folder), text)


class Page(unittest.TestCase):
    maxDiff = None

    def test_its_examples_are_true(self):
        text = PAGE.read_text()
        self.assertGreaterEqual(len(BLOCK.findall(text)), 6)
        self.assertEqual(text, as_run(text))

    def test_it_names_every_option(self):
        """And no other."""
        page = set(re.findall(r"--[a-z][a-z-]+", re.sub(r"`cmake[^`]*`", "", PAGE.read_text())))
        known = set()
        for name in ("", "check", "eval", "explain", "verify", "token new-key", "token sign", "token inspect", "completion"):
            text = command.run(*name.split(), "--help").stdout.decode()
            options = re.search(r"^Options:\n((?:  .*\n)*)", text, re.M)[1]
            known |= set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", options, re.M))
        self.assertEqual(page, known)


if __name__ == "__main__":
    if "--update" in sys.argv:
        PAGE.write_text(as_run(PAGE.read_text()))
    else:
        command.main()
