#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docstrings.h of the typed stub, so that signatures and docstrings are written down once.

    docstrings.py STUB HEADER

Function `f` of the module becomes `doc::f`, class `C` `doc::C` and its member `m` `doc::C_m`; a signature comes first,
in the form that `inspect.signature` reads.
"""

import ast
import pathlib
import sys


def signature(name, function, first):
    """Returns `name(parameters)\\n--\\n\\n`. `first` stands for the parameter that calls do not show."""
    arguments = function.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    if first:
        (arguments.posonlyargs or arguments.args).pop(0)
    parameters = ast.unparse(arguments)
    slash = first and not arguments.posonlyargs
    shown = ", ".join(part for part in (first, "/" if slash else "", parameters) if part)
    return f"{name}({shown})\n--\n\n"


def first_parameter(function):
    is_class_method = any(getattr(d, "id", "") == "classmethod" for d in function.decorator_list)
    return "$type" if is_class_method else "$self"


def is_property(function):
    return any(getattr(d, "id", "") == "property" for d in function.decorator_list)


def class_docs(node):
    members = {m.name: m for m in node.body if isinstance(m, ast.FunctionDef)}
    text = ast.get_docstring(node) or ""
    if "__new__" in members:
        text = signature(node.name, members["__new__"], "$self").replace("($self, /, ", "(") + text
    yield node.name, text
    for name, member in members.items():
        if not name.startswith("__"):
            head = "" if is_property(member) else signature(name, member, first_parameter(member))
            yield f"{node.name}_{name}", head + (ast.get_docstring(member) or "")


def docs(stub):
    for node in ast.parse(stub).body:
        if isinstance(node, ast.ClassDef):
            yield from class_docs(node)
        elif isinstance(node, ast.FunctionDef):
            yield node.name, signature(node.name, node, "") + (ast.get_docstring(node) or "")


def main():
    stub, header = map(pathlib.Path, sys.argv[1:])
    source = stub.read_text(encoding="utf-8")
    lines = [
        "// SPDX-License-Identifier: Apache-2.0\n//",
        f"// Made of {stub.name} by docstrings.py.",
        "namespace doorward::python::doc {",
        f'inline constexpr char module[] = R"doc({ast.get_docstring(ast.parse(source))})doc";',
        *(f'inline constexpr char {name}[] = R"doc({text})doc";' for name, text in docs(source)),
        "}  // namespace doorward::python::doc\n",
    ]
    header.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
