# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the map is tools/floors.json, docs/architecture.md says why."""

import json
import re

from . import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
STANDARD_HEADER = re.compile(r"[a-z_0-9]+$")


def owner(path, floors):
    """Returns the floor that a file stands on: the longest folder of the map that holds it."""
    return max((f for f in floors if path.startswith(f + "/")), key=len, default=None)


def check_floors(files):
    floors = json.loads(files["tools/floors.json"])
    findings = []
    for path, text in files.items():
        if not tree.is_cpp(path):
            continue
        home = owner(path, floors)
        if home is None and path.startswith(("src/", "include/")):
            findings.append(f"{path}:1: stands on no floor of tools/floors.json")
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            problem = judge(home, match[1], match[2], floors)
            if problem:
                findings.append(f"{path}:{line}: {problem}")
    return findings


def judge(home, bracket, included, floors):
    """Returns what is wrong with an include from the floor `home` (None: tests and the like), or None."""
    if ".." in included.split("/"):
        return f"includes `{included}`: name a file by its path from the root"
    target = owner("include/" + included if included.startswith("doorward/") else included, floors)
    if target is None and included.startswith("src/"):
        return f"includes `{included}`, which stands on no floor of tools/floors.json"
    if home == "include/doorward" and target != home:
        if bracket != "<" or not STANDARD_HEADER.match(included):
            return f"includes `{included}`: a public header includes the standard library and doorward/ only"
    if home is None or target is None or target == home or target in floors[home]:
        return None
    return f"{home} includes `{included}`, and {target} is no lower floor of it"
