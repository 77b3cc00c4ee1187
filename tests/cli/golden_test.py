# SPDX-License-Identifier: Apache-2.0
"""Runs golden/*.case: exact output, exact exit status.

    golden_test.py COMMAND             compares
    golden_test.py COMMAND --update    writes what the command says now into the cases, to be read as a diff

A case is text in sections: what it shows, then `--- arguments` (as in a shell, without the program), optionally
`--- stdin` (or `--- stdin, escaped`: with \\xNN, \\r,
and \\n for the line end at its end), then `--- stdout`, `--- stderr`, `--- status`.
"""

import re
import shlex
import sys
import unittest

import command

CASES = sorted((command.HERE / "golden").glob("*.case"))
SECTION = re.compile(r"^--- (.*)\n", re.M)
KNOWN = {"arguments", "stdin", "stdin, escaped", "stdout", "stderr", "status"}


def read(path):
    about, *parts = SECTION.split(path.read_bytes().decode("utf-8", "surrogateescape"))
    sections = dict(zip(parts[::2], parts[1::2]))
    unknown = set(sections) - KNOWN
    if unknown or "arguments" not in sections:
        raise ValueError(f"{path.name}: sections {sorted(sections)}")
    return about, sections


def observe(sections):
    stdin = sections.get("stdin", "").encode("utf-8", "surrogateescape")
    if "stdin, escaped" in sections:
        stdin = sections["stdin, escaped"].removesuffix("\n").encode().decode("unicode_escape").encode("latin-1")
    result = command.run(*shlex.split(sections["arguments"]), stdin=stdin)
    return {
        "stdout": result.stdout.decode("utf-8", "surrogateescape"),
        "stderr": result.stderr.decode("utf-8", "surrogateescape"),
        "status": f"{result.returncode}\n",
    }


def update():
    for path in CASES:
        about, sections = read(path)
        sections |= observe(sections)
        text = about + "".join(f"--- {name}\n{body}" for name, body in sections.items())
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


class Golden(unittest.TestCase):
    maxDiff = None

    def test_cases(self):
        self.assertGreater(len(CASES), 0)
        for path in CASES:
            with self.subTest(path.stem):
                _, sections = read(path)
                expected = {name: sections.get(name) for name in ("stdout", "stderr", "status")}
                self.assertEqual(observe(sections), expected)


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    else:
        command.main()
