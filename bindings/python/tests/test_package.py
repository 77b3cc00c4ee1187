# SPDX-License-Identifier: Apache-2.0
"""The package as its users' tools see it: types, docstrings, names."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import scene

import doorward

PACKAGE = Path(doorward.__file__).parent
ROOT = Path(__file__).resolve().parents[3]


def run(*command: str, folder: Path) -> None:
    environment = os.environ | {"MYPYPATH": str(PACKAGE.parent)}
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr


def test_types_are_strict(tmp_path: Path) -> None:
    """Of the package, and of how these tests use it."""
    cache = f"--cache-dir={tmp_path}"
    run("mypy", "--strict", cache, "--config-file=", "-p", "doorward", folder=PACKAGE.parent)
    run("mypy", "--strict", cache, "--config-file=", "--python-version=3.10", "-m", "doorward", folder=PACKAGE.parent)
    run("mypy", "--strict", cache, "--config-file=", ".", folder=Path(__file__).parent)


def test_the_stub_says_what_is_there() -> None:
    run("mypy.stubtest", "doorward._doorward", folder=PACKAGE.parent)


def test_examples_of_docstrings_are_true() -> None:
    names = {"doorward": doorward, **vars(doorward)}
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for name, thing in {"doorward": doorward, **{n: getattr(doorward, n) for n in doorward.__all__}}.items():
        for example in finder.find(thing, name, module=False, globs=names):
            runner.run(example)
    assert runner.failures == 0
    assert runner.tries > 20


def test_all_that_is_public_is_documented() -> None:
    for name in doorward.__all__:
        thing = getattr(doorward, name)
        if not inspect.isclass(thing):
            continue
        assert inspect.getdoc(thing), name
        for member, value in vars(thing).items():
            if not member.startswith("_") and (callable(value) or inspect.isdatadescriptor(value)):
                assert inspect.getdoc(value) or name == "Diagnostic", f"{name}.{member}"


def test_signatures_can_be_read() -> None:
    assert str(inspect.signature(doorward.Policy.loads)) == "(text, *, name='policy', format=None)"
    assert list(inspect.signature(doorward.Authorizer).parameters)[:2] == ["policy", "on_decision"]
    assert str(inspect.signature(doorward.Authorizer.verify)) == "(self, /, token, *, now=None)"


def test_the_page_shows_what_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of docs/python.md is the body of a function, in a folder with a policy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(scene.POLICY)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    assert len(examples) == 2
    for example in examples:
        done: list[str] = []
        names: dict[str, Any] = {
            "doorward": doorward, "jwks": scene.jwks(), "token": scene.token(), "headers": scene.bearer(scene.token()),
            "respond": lambda status, text: done.append(f"{status} {text}"),
        }
        exec("def example():\n" + textwrap.indent(example, "    "), names)  # noqa: S102
        names["example"]()
        assert done and done[0].startswith(("401", "503")), done


def test_the_version_is_the_projects() -> None:
    assert f'project(doorward VERSION {doorward.__version__}' in (ROOT / "CMakeLists.txt").read_text()
