# SPDX-License-Identifier: Apache-2.0
"""What a decision costs for a caller whose roles are known, under 1,000 rules: Doorward, pycasbin and cedarpy, timed by
pyperf in one run. Each must first give the right answers.

    decide.py --build build/release [pyperf's options]
"""

import itertools
import json
import time

import casbin
import cedarpy
import pyperf
import workload

import doorward

REQUESTS = 400

CASBIN_MODEL = """
[request_definition]
r = sub, path, method
[policy_definition]
p = sub, path, methods, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = keyMatch2(r.path, p.path) && regexMatch(r.method, p.methods) && g(r.sub, p.sub)
"""


class Doorward:
    def __init__(self, found):
        self.policy = doorward.Policy.loads(json.dumps(found["policy"]), format="json")
        self.callers = [self.policy.caller_with_roles(roles) for roles in found["principals"]]

    def question(self, request):
        return self.callers[request["principal"]], request["method"], request["path"]

    def allows(self, caller, method, path):
        return self.policy.decide(caller, method=method, host=workload.HOST, target=path, now=workload.NOW).allowed


class Casbin:
    def __init__(self, found):
        model = casbin.Model()
        model.load_model_from_text(CASBIN_MODEL)
        self.enforcer = casbin.Enforcer(model)
        self.enforcer.add_policies([
            [role, self.pattern(rule["path"]), "^(" + "|".join(rule["methods"]) + ")$", "deny" if rule["deny"] else "allow"]
            for rule in found["rules"] for role in rule["roles"]])
        self.enforcer.add_grouping_policies(
            [[f"role-{role}", inherited] for role, all_inherited in enumerate(found["inherits"]) for inherited in all_inherited]
            + [[f"user-{user}", role] for user, roles in enumerate(found["principals"]) for role in roles])
        self.enforcer.build_role_links()

    @staticmethod
    def pattern(path):
        return "/" + "/".join("*" if part == "**" else f":{part[1:-1]}" if part[0] == "{" else part for part in path)

    def question(self, request):
        return f"user-{request['principal']}", request["path"], request["method"]

    def allows(self, user, path, method):
        return self.enforcer.enforce(user, path, method)


class Cedar:
    """Segments come in the context, since Cedar's `like` does not stop at a slash."""

    def __init__(self, found):
        self.policies = cedarpy.PolicySet.from_str("\n".join(
            self.rule(rule, role) for rule in found["rules"] for role in rule["roles"]))
        entities = [self.entity("Role", f"role-{number}", inherited) for number, inherited in enumerate(found["inherits"])]
        entities += [self.entity("User", str(number), roles) for number, roles in enumerate(found["principals"])]
        self.entities = cedarpy.Entities.from_json_str(json.dumps(entities))

    @staticmethod
    def entity(kind, name, roles):
        return {"uid": {"type": kind, "id": name}, "attrs": {}, "parents": [{"type": "Role", "id": role} for role in roles]}

    @staticmethod
    def rule(rule, role):
        path = rule["path"]
        is_open = path[-1] == "**"
        conditions = [f"context.n {'>=' if is_open else '=='} {len(path) - is_open}"]
        conditions += [f'context.s{i} == "{part}"' for i, part in enumerate(path) if part[0] not in "{*"]
        actions = ", ".join(f'Action::"{method}"' for method in rule["methods"])
        return (f'{"forbid" if rule["deny"] else "permit"}(principal in Role::"{role}", action in [{actions}], resource) '
                f'when {{ {" && ".join(conditions)} }};')

    def question(self, request):
        segments = request["path"][1:].split("/")
        context = {"n": len(segments)} | {f"s{i}": part for i, part in enumerate(segments)}
        return ({
            "principal": {"type": "User", "id": str(request["principal"])},
            "action": {"type": "Action", "id": request["method"]},
            "resource": {"type": "Api", "id": "api"}, "context": context,
        },)

    def allows(self, question):
        return cedarpy.is_authorized(question, self.policies, self.entities).allowed


def timed(engine, questions):
    def run(loops):
        allows = engine.allows
        turns = itertools.islice(itertools.cycle(questions), loops)
        start = time.perf_counter()
        for question in turns:
            allows(*question)
        return time.perf_counter() - start
    return run


def main():
    runner = pyperf.Runner(processes=3, values=2,
                           add_cmdline_args=lambda command, args: command.extend(["--build", args.build]))
    runner.argparser.add_argument("--build", required=True)
    args = runner.parse_args()
    found = workload.load(args.build, REQUESTS)
    for name, kind in (("Doorward", Doorward), ("cedarpy", Cedar), ("pycasbin", Casbin)):
        engine = kind(found)
        questions = [engine.question(request) for request in found["requests"]]
        answers = [engine.allows(*question) for question in questions[:40 if kind is Casbin else None]]
        wrong = [r for r, answer in zip(found["requests"], answers) if r["allowed"] != answer]
        if wrong:
            raise SystemExit(f"{name} answers {len(wrong)} of {len(answers)} wrongly: {wrong[0]}")
        runner.bench_time_func(f"decide: {name}", timed(engine, questions))


if __name__ == "__main__":
    main()
