#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks scripts/abi-check about small libraries that differ in one thing from a first one.

    abi_check_test.py SCRIPT CC
"""

import pathlib
import subprocess
import sys
import tempfile

HEADER = """
typedef struct doorward_point { int x; int y; } doorward_point;
typedef struct doorward_request { unsigned long struct_size; int first; } doorward_request;
typedef struct doorward_handle doorward_handle;
int doorward_decide(doorward_handle* handle, const doorward_request* request, doorward_point at);
void doorward_forget(doorward_handle* handle);
"""
SOURCE = """
#include "include/api.h"
struct doorward_handle { int own; };
int doorward_decide(doorward_handle* handle, const doorward_request* request, doorward_point at)
{ return handle->own + request->first + at.x; }
void doorward_forget(doorward_handle* handle) { handle->own = 0; }
"""
# name, (old, new)..., exit status, a part of the output
ROWS = [
    ("nothing differs", [], 0, "keep working"),
    ("a function is added", [("void doorward_forget", "int doorward_more(void){return 1;}\nvoid doorward_forget", "s")],
     0, "keep working"),
    ("a handle's own members differ", [("{ int own; }", "{ long other; int own; }", "s")], 0, "keep working"),
    ("a member is appended to a struct with struct_size", [("int first; }", "int first; long later; }", "h")],
     0, "keep working"),
    ("a member is inserted before others", [("int first; }", "long earlier; int first; }", "h")], 1, "earlier"),
    ("a member has another type", [("int first; }", "long first; }", "h")], 1, "first"),
    ("a member is appended, and another has another type", [("int first; }", "long first; long later; }", "h")], 1, "first"),
    ("a member is appended to a struct without", [("int y; }", "int y; int z; }", "h")], 1, "doorward_point"),
    ("a function is gone", [("void doorward_forget(doorward_handle* handle) {", "static void f(doorward_handle* handle) {", "s"),
                            ("{ handle->own = 0; }", "{ handle->own = 0; } void (*p)(doorward_handle*) = f;", "s")],
     1, "doorward_forget"),
    ("a parameter has another type", [("doorward_point at)", "long at)", "sh"), ("at.x", "(int)at", "s")],
     1, "doorward_decide"),
]


def build(folder, compiler, changes):
    """Builds a library of the two texts with `changes` made to the source (s) and the header (h)."""
    texts = {"s": SOURCE, "h": HEADER}
    for old, new, where in changes:
        for one in where:
            assert old in texts[one], f"`{old}` is not in the text"
            texts[one] = texts[one].replace(old, new)
    (folder / "bindings/c/include").mkdir(parents=True)
    (folder / "bindings/c/include/api.h").write_text(texts["h"])
    (folder / "bindings/c/api.c").write_text(texts["s"])
    library = folder / "libapi.so"
    subprocess.run([compiler, "-g", "-shared", "-fPIC", "-o", library, folder / "bindings/c/api.c"], check=True)
    return library


def main(script, compiler):
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        # The first library's interface, recorded by a copy of the script in a tree of its own.
        first = build(work / "first", compiler, [])
        tree = work / "tree"
        (tree / "scripts").mkdir(parents=True)
        (tree / "bindings/c/abi").mkdir(parents=True)
        (tree / "bindings/c/include").mkdir()
        (tree / "bindings/c/include/api.h").touch()  # its name alone counts
        source = pathlib.Path(script)
        ignore = source.parent.parent / "bindings/c/abi/interface.abignore"
        (tree / "bindings/c/abi/interface.abignore").write_text(ignore.read_text())
        (tree / "scripts/abi-check").write_text(source.read_text())
        (tree / "scripts/abi-check").chmod(0o755)
        subprocess.run([tree / "scripts/abi-check", first, "--record"], check=True)
        for number, (name, changes, status, part) in enumerate(ROWS):
            library = build(work / str(number), compiler, changes)
            done = subprocess.run([tree / "scripts/abi-check", library], capture_output=True, text=True)
            if done.returncode != status or part not in done.stdout:
                failed += 1
                print(f"FAIL: {name}: status {done.returncode}, expected {status} and `{part}`\n{done.stdout}{done.stderr}")
        wrong = subprocess.run([script, work / "nowhere.so"], capture_output=True, text=True)
        if wrong.returncode != 64:
            failed += 1
            print(f"FAIL: no library: status {wrong.returncode}")
    print(f"{len(ROWS) + 1} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
