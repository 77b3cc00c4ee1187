# SPDX-License-Identifier: Apache-2.0
"""Colours: on a terminal that has them, and nowhere else."""

import os
import pty
import subprocess
import unittest

import command

ESCAPE = b"\x1b["


def on_terminal(arguments, on, **environment):
    """What the command writes to `on` ("stdout" or "stderr"), which is a terminal; the other stream is not."""
    leader, follower = pty.openpty()
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, on: follower}
    process = subprocess.Popen(
        [command.COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        cwd=command.DATA,
        env=command.ENVIRONMENT | environment,
        **streams,
    )
    os.close(follower)
    written = b""
    try:
        while block := os.read(leader, 65536):
            written += block
    except OSError:  # EIO: the other end is closed
        pass
    os.close(leader)
    process.wait(60)
    return written.replace(b"\r\n", b"\n")


class Colours(unittest.TestCase):
    def test_on_a_terminal_there_are_colours(self):
        written = on_terminal(["check", "broken.yaml"], "stdout", TERM="xterm")
        self.assertIn(b"\x1b[1;31merror: \x1b[0munknown role `edtior`", written)
        self.assertIn(b"\x1b[32m^~~~~~\x1b[0m", written)

    def test_warnings_have_another(self):
        self.assertIn(b"\x1b[1;33mwarning: \x1b[0m", on_terminal(["check", "policy.yaml"], "stdout", TERM="xterm"))

    def test_diagnostics_on_standard_error_have_them_too(self):
        self.assertIn(ESCAPE, on_terminal(["eval", "broken.yaml"], "stderr", TERM="xterm"))

    def test_no_color_and_a_dumb_terminal_have_none(self):
        for name, environment in (
            ("NO_COLOR", {"TERM": "xterm", "NO_COLOR": "1"}),
            ("dumb", {"TERM": "dumb"}),
        ):
            with self.subTest(name):
                written = on_terminal(["check", "broken.yaml"], "stdout", **environment)
                self.assertEqual(written, command.run("check", "broken.yaml").stdout)

    def test_an_empty_no_color_does_not_count(self):
        self.assertIn(ESCAPE, on_terminal(["check", "broken.yaml"], "stdout", TERM="xterm", NO_COLOR=""))

    def test_other_formats_have_none(self):
        for arguments in (["check", "--format", "json", "broken.yaml"], ["check", "--format", "sarif", "broken.yaml"], ["--help"]):
            with self.subTest(arguments):
                self.assertNotIn(ESCAPE, on_terminal(arguments, "stdout", TERM="xterm"))

    def test_without_a_terminal_there_are_none(self):
        self.assertNotIn(ESCAPE, command.run("check", "broken.yaml").stdout)


if __name__ == "__main__":
    command.main()
