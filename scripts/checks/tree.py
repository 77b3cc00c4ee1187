# SPDX-License-Identifier: Apache-2.0
"""The files that are checked: {path relative to the root: text}."""

import subprocess


def read(root):
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True,
    ).stdout.decode()
    files = {}
    for path in sorted(set(filter(None, listed.split("\0")))):
        if (root / path).is_file():
            data = (root / path).read_bytes()
            files[path] = "" if b"\0" in data else data.decode("utf-8", "replace")
    return files


def is_test_data(path):
    """Vectors, seeds and expected output: bytes with a meaning, not text of ours."""
    return path.startswith("tests/data/") or "/corpus/" in path or "/golden/" in path


def is_cpp(path):
    return path.endswith((".h", ".cc", ".c")) and not is_test_data(path)
