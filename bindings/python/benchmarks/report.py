#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks of the Python package and prints what they found as tables in Markdown, for docs/benchmarks.md.

    report.py --build build/release [--fast] [--out FOLDER] [--page docs/benchmarks.md]

Makes an environment in BUILD/python-benchmarks with what is compared. FOLDER keeps pyperf's files; the page gets the tables
between its markers `<!-- report:python -->` and `<!-- end -->`. The machine ought to do nothing else meanwhile.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def environment(build):
    folder = build / "python-benchmarks"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, stdout=sys.stderr)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                        "-r", HERE / "requirements.txt"], check=True, stdout=sys.stderr)
    return python


def measure(program, build, folder, fast):
    """Runs a program and returns the seconds of each value of its benchmarks, by name."""
    out = folder / f"python-{program}.json"
    out.unlink(missing_ok=True)
    command = [environment(build), HERE / f"{program}.py", "--inherit-environ=PYTHONPATH", "-o", out]
    command += ["--build", build] if program != "verify" else []
    print(f"report: running {program}.py", file=sys.stderr)
    subprocess.run(command + ["--fast"] * fast, check=True, stdout=sys.stderr,
                   env=os.environ | {"PYTHONPATH": str(build / "bindings/python/package")})
    return {
        benchmark["metadata"]["name"]: [value for run in benchmark["runs"] for value in run.get("values", ())]
        for benchmark in json.loads(out.read_text(encoding="utf-8"))["benchmarks"]
    }


def shown(seconds):
    for unit, scale in (("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if seconds >= scale or unit == "ns":
            value = seconds / scale
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def authorize_table(found):
    cpp, python = found["authorize: C++"], found["authorize: Python"] - found["the loop alone"]
    return table(["authorize, token seen before, 1,000 rules, 6 fields", "a call"], [
        ["C++", shown(cpp)], ["Python", shown(python)], ["what Python adds (at most 300 ns)", shown(python - cpp)]])


def verify_table(found):
    rows = []
    for algorithm in ("RS256", "ES256"):
        own = found[f"verify {algorithm}: Doorward"]
        prepared = found.get(f"verify {algorithm}: Doorward, prepared")
        others = [found[f"verify {algorithm}: {name}"] for name in ("PyJWT", "joserfc")]
        rows.append([algorithm, shown(own), shown(prepared) if prepared else "–",
                     *(f"{shown(other)} ({other / own:.1f}x)" for other in others)])
    return table(["verify, 1 KB, claims as a dict", "Doorward", "with prepared keys", "PyJWT", "joserfc"], rows)


def decide_table(found):
    own = found["decide: Doorward"]
    rows = [["Doorward", shown(own), "1"]]
    rows += [[name, shown(found[f"decide: {name}"]), f"{found[f'decide: {name}'] / own:,.0f}x"] for name in ("cedarpy", "pycasbin")]
    return table(["decide for a ready caller, 1,000 rules", "a decision", ""], rows)


def fill_in(page, text):
    pattern = re.compile(r"(<!-- report:python -->\n).*?(<!-- end -->)", re.DOTALL)
    filled, count = pattern.subn(lambda found: f"{found[1]}{text}\n{found[2]}", page.read_text(encoding="utf-8"))
    if count != 1:
        sys.exit(f"report: {page} has no place for these tables")
    page.write_text(filled, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--fast", action="store_true", help="a rough figure in a tenth of the time")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--page", type=pathlib.Path)
    args = parser.parse_args()
    build = args.build.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.out or pathlib.Path(temporary)
        tables = []
        for program, typical, make in (("authorize", min, authorize_table), ("verify", statistics.median, verify_table),
                                       ("decide", statistics.median, decide_table)):
            values = measure(program, build, folder, args.fast)
            tables.append(make({name: typical(seconds) for name, seconds in values.items()}))
    print("\n\n".join(tables))
    if args.page:
        fill_in(args.page, "\n\n".join(tables))


if __name__ == "__main__":
    main()
