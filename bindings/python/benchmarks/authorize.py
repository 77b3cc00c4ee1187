# SPDX-License-Identifier: Apache-2.0
"""What a call of `authorize` costs above the same call in C++: 1,000 rules, six header fields with a token of 1 KB that
was seen before, `now` given. Both are timed by pyperf in one run, in many short values: the least of them are what was not
disturbed, and what is to be compared.

    authorize.py --build build/release [pyperf's options: --fast, -o FILE ...]
"""

import itertools
import json
import pathlib
import subprocess
import tempfile
import time

import pyperf
import workload

import doorward

SECRET = b"0123456789abcdef0123456789abcdef"
REQUESTS = 200


class Scene:
    """An authorizer, and the requests of one caller that are allowed; all of it in files too, for C++."""

    def __init__(self, build, folder):
        found = workload.load(build, 20_000)
        caller = found["requests"][0]["principal"]
        own = [r for r in found["requests"] if r["principal"] == caller][:REQUESTS]
        token = workload.hs256_token(workload.claims(found["principals"][caller]), SECRET)
        jwks = workload.hs256_jwks(SECRET)
        policy = json.dumps(found["policy"])
        self.headers = workload.headers(token)
        self.requests = [(r["method"], r["path"]) for r in own]
        self.authorizer = doorward.Authorizer(doorward.Policy.loads(policy, format="json"))
        self.authorizer.set_keys(workload.ISSUER, jwks, origin="local")
        for request in own:
            assert self.decide(request["method"], request["path"]).allowed == request["allowed"], request
        self.folder = pathlib.Path(folder)
        lines = [f"{name}: {value}" for name, value in self.headers] + [""]
        lines += [f"{method} {target}" for method, target in self.requests]
        self.write("requests", "\n".join(lines) + "\n")
        self.write("policy.json", policy)
        self.write("jwks.json", json.dumps(jwks))
        self.floor = pathlib.Path(build) / "bindings/python/python_authorize_floor"

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def decide(self, method, target):
        return self.authorizer.authorize(
            method=method, host=workload.HOST, target=target, headers=self.headers, now=workload.NOW)

    def time_cpp(self, loops):
        files = [self.folder / name for name in ("policy.json", "jwks.json", "requests")]
        command = [self.floor, files[0], workload.ISSUER, files[1], files[2], str(workload.NOW), str(loops)]
        return float(subprocess.run(command, check=True, capture_output=True).stdout.split()[0])

    def time_python(self, loops):
        authorize, headers, host, now = self.authorizer.authorize, self.headers, workload.HOST, workload.NOW
        requests = itertools.islice(itertools.cycle(self.requests), loops)
        start = time.perf_counter()
        for method, target in requests:
            authorize(method=method, host=host, target=target, headers=headers, now=now)
        return time.perf_counter() - start

    def time_loop(self, loops):
        requests = itertools.islice(itertools.cycle(self.requests), loops)
        start = time.perf_counter()
        for _method, _target in requests:
            pass
        return time.perf_counter() - start


def main():
    runner = pyperf.Runner(processes=6, values=40, min_time=0.004,
                           add_cmdline_args=lambda command, args: command.extend(["--build", args.build]))
    runner.argparser.add_argument("--build", required=True)
    args = runner.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(args.build, folder)
        runner.bench_time_func("authorize: C++", scene.time_cpp)
        runner.bench_time_func("authorize: Python", scene.time_python)
        runner.bench_time_func("the loop alone", scene.time_loop)


if __name__ == "__main__":
    main()
