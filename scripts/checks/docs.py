# SPDX-License-Identifier: Apache-2.0
"""Links that lead somewhere, and files shown in a page that are shown as they are."""

import posixpath
import re

FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1[ \t]*$", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
SHOWN = re.compile(r"^<!-- file: (\S+) -->\n```[a-z+]*\n(.*?)^```$", re.M | re.S)


def blank(match):
    """Keeps the lines of what is taken out, so that positions stay right."""
    return re.sub(r"[^\n]", " ", match[0])


def anchors(text):
    """Returns the names that headings get: lower case, no punctuation, dashes for spaces, -1 for the second."""
    found = {}
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        number = found.get(slug)
        found[slug] = 0 if number is None else number + 1
        if number is not None:
            found[f"{slug}-{found[slug]}"] = 0
    return found


def check_links(files):
    folders = {posixpath.dirname(p) for p in files}
    folders |= {parent for f in folders for parent in parents(f)}
    findings = []
    for path, text in files.items():
        if not path.endswith(".md"):
            continue
        prose = CODE.sub(blank, FENCE.sub(blank, text))
        for match in LINK.finditer(prose):
            target, _, anchor = match[1].partition("#")
            if re.match(r"[a-z]+:", match[1]):
                continue
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            line = prose.count("\n", 0, match.start()) + 1
            if there not in files and there not in folders:
                findings.append(f"{path}:{line}: `{match[1]}` leads nowhere")
            elif anchor and anchor not in anchors(files.get(there, "")):
                findings.append(f"{path}:{line}: `{match[1]}`: no such heading")
    return findings


def parents(folder):
    while folder:
        folder = posixpath.dirname(folder)
        yield folder or "."


def check_shown_files(files):
    """`<!-- file: PATH -->` before a code block: the block is that file, but for its licence line."""
    findings = []
    for path, text in files.items():
        if not path.endswith(".md"):
            continue
        shown = list(SHOWN.finditer(text))
        if len(shown) != text.count("<!-- file: "):
            findings.append(f"{path}:1: a `<!-- file: ... -->` line has no code block right below it")
        for match in shown:
            file_text = files.get(match[1], "")
            body = file_text.split("\n", 1)[-1].lstrip("\n") if "SPDX" in file_text.split("\n", 1)[0] else file_text
            if match[2] != body:
                line = text.count("\n", 0, match.start()) + 1
                findings.append(f"{path}:{line}: the block differs from {match[1]}")
    return findings
