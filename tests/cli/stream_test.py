# SPDX-License-Identifier: Apache-2.0
"""eval and verify as a filter: an answer as soon as there is a line, bounded lines, output that is lost."""

import json
import os
import signal
import subprocess
import unittest

import command

REQUEST = b'{"method":"GET","target":"/orders/1","roles":["viewer"]}\n'
EVAL = [command.COMMAND, "eval", "policy.yaml"]
MEBIBYTE = 1 << 20


def padded(size):
    """A request line of `size` octets, its line end not counted."""
    line = REQUEST.rstrip(b"\n")
    return line[:-1] + b" " * (size - len(line)) + b"}\n"


class Streaming(unittest.TestCase):
    def test_a_line_is_answered_before_the_next_one_comes(self):
        with subprocess.Popen(EVAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=command.DATA) as process:
            for number in range(3):
                process.stdin.write(REQUEST)
                process.stdin.flush()
                with self.subTest(number):
                    self.assertTrue(json.loads(process.stdout.readline())["allowed"])
            process.stdin.close()
            self.assertEqual(process.wait(60), 0)

    def test_half_a_line_waits_for_its_end(self):
        with subprocess.Popen(EVAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=command.DATA) as process:
            process.stdin.write(REQUEST + REQUEST[:10])
            process.stdin.flush()
            self.assertTrue(json.loads(process.stdout.readline())["allowed"])
            process.stdin.write(REQUEST[10:])
            process.stdin.close()
            self.assertTrue(json.loads(process.stdout.readline())["allowed"])
            self.assertEqual(process.wait(60), 0)

    def test_many_lines_keep_their_order(self):
        count = 20000
        lines = (json.dumps({"id": i, "method": "GET", "target": f"/orders/{i}"}) for i in range(count))
        answers = command.answers(command.run("eval", "policy.yaml", stdin="\n".join(lines)))
        self.assertEqual([a["id"] for a in answers], list(range(count)))
        self.assertEqual({a["path"] for a in answers}, {f"/orders/{i}" for i in range(count)})

    def test_no_lines_are_no_answers(self):
        for stdin in (b"", b"\n", b" \t\r\n\r\n"):
            with self.subTest(stdin):
                result = command.run("eval", "policy.yaml", stdin=stdin)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))


class LongLines(unittest.TestCase):
    def test_sixteen_mebibytes_are_the_limit(self):
        limit = 16 * MEBIBYTE
        for name, size, allowed in (("below", limit - 1, True), ("at", limit, True), ("above", limit + 1, False)):
            with self.subTest(name):
                result = command.run("eval", "policy.yaml", stdin=padded(size) + REQUEST)
                answers = command.answers(result)
                self.assertEqual([answers[0].get("allowed", False), answers[1]["allowed"]], [allowed, True])
                self.assertEqual(result.returncode, 0 if allowed else 64)

    def test_a_line_without_end_takes_no_more_memory(self):
        size = 200 * MEBIBYTE
        result = subprocess.run(
            ["bash", "-c", f'head -c {size} /dev/zero | tr "\\0" a | (ulimit -v {self.address_space()}; exec "$0" verify)', command.COMMAND],
            capture_output=True,
            timeout=120,
        )
        answer = json.loads(result.stdout)
        self.assertEqual((answer["valid"], answer["error"]), (False, "bad_input"))
        self.assertEqual(result.returncode, 64, result.stderr)

    @staticmethod
    def address_space():
        """150 MiB, or no limit for a build whose sanitizer reserves terabytes."""
        linked = subprocess.run(["ldd", command.COMMAND], capture_output=True, text=True).stdout
        return "unlimited" if "asan" in linked or "tsan" in linked else 150 * 1024

    def test_deep_nesting_is_refused(self):
        for opening in (b"[", b'{"a":'):
            with self.subTest(opening):
                result = command.run("eval", "policy.yaml", stdin=opening * 1_000_000)
                self.assertEqual(command.answers(result)[0]["message"], "nested deeper than 256 levels")

    def test_many_members_are_read_in_linear_time(self):
        members = ",".join(f'"h{i}":""' for i in range(300_000))
        line = '{"method":"GET","target":"/orders/1","roles":["viewer"],"x":{%s}}' % members
        self.assertTrue(command.answers(command.run("eval", "policy.yaml", stdin=line))[0]["allowed"])


class LostOutput(unittest.TestCase):
    def start(self, **kinds):
        return subprocess.Popen(EVAL, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=command.DATA, **kinds)

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        read, write = os.pipe()
        with self.start(stdout=write, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)) as process:
            os.close(write)
            os.close(read)
            _, stderr = process.communicate(REQUEST * 10, timeout=60)
        self.assertEqual((process.returncode, stderr), (74, b""))

    def test_a_full_disk_is_reported(self):
        with open("/dev/full", "wb") as full, self.start(stdout=full) as process:
            _, stderr = process.communicate(REQUEST, timeout=60)
        self.assertEqual(process.returncode, 74)
        self.assertEqual(stderr, b"doorward: cannot write to standard output: no space left on device\n")

    def test_a_closed_standard_output_is_reported(self):
        with self.start(preexec_fn=lambda: os.close(1)) as process:
            _, stderr = process.communicate(REQUEST, timeout=60)
        self.assertEqual(process.returncode, 74)
        self.assertEqual(stderr, b"doorward: cannot write to standard output: bad file descriptor\n")

    def test_a_closed_standard_input_is_reported(self):
        result = subprocess.run(EVAL, capture_output=True, cwd=command.DATA, preexec_fn=lambda: os.close(0), timeout=60)
        self.assertEqual((result.returncode, result.stdout), (64, b""))
        self.assertIn(b"cannot read standard input (`--requests`): bad file descriptor", result.stderr)

    def test_a_folder_as_standard_input_is_reported(self):
        folder = os.open(command.DATA, os.O_RDONLY)
        result = subprocess.run(EVAL, stdin=folder, capture_output=True, cwd=command.DATA, timeout=60)
        os.close(folder)
        self.assertEqual((result.returncode, result.stdout), (64, b""))
        self.assertIn(b"is a directory", result.stderr)


if __name__ == "__main__":
    command.main()
