// SPDX-License-Identifier: Apache-2.0
//
// `doorward eval`: decides requests, a JSON object a line.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/authorizer.h"

#include "tools/doorward/answer_lines.h"
#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/json_writer.h"
#include "tools/doorward/policy_input.h"
#include "tools/doorward/request_input.h"
#include "tools/doorward/time_text.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(A request is one line: {"id"?, "method", "host"?, "target", "headers"?, "source_ip"?, "now"?} and at
most one of
  "token": TEXT       a token, in place of one in the headers
  "claims": {...}     the claims of a token already verified ("issuer": whose; left out: the first)
  "roles": [...]      an authenticated caller who holds just these roles
The answers stand in the order of the requests, a line each.

Example:
  $ echo '{"method": "GET", "target": "/orders", "roles": ["viewer"]}' | doorward eval policy.yaml

Exit status: 0 every line was answered; 2 the policy or a key set does not load; 64 wrong usage, or a
line that could not be read (it is answered with "error": "bad_input", and the others are answered).
)";

struct EvalArguments {
  std::optional<std::string> policy, requests, now;
  std::vector<std::string> keys;
};

void WriteNullable(JsonWriter& w, std::string_view value, bool present) {
  if (present) {
    w.String(value);
  } else {
    w.Null();
  }
}

void WriteDecision(JsonWriter& w, const std::string& id, const Decision& d,
                   const Request& request) {
  w.Object([&] {
    if (!id.empty()) w.Member("id").Raw(id);
    w.Member("allowed").Bool(d.allowed());
    w.Member("status").Number(d.http_status());
    w.Member("reason").String(ReasonName(d.reason()));
    WriteNullable(w.Member("rule"), d.rule_id(), !d.rule_id().empty());
    w.Member("message").String(d.Explain());
    w.Member("method").String(d.method().empty() ? request.method : d.method());
    WriteNullable(w.Member("path"), d.path(), d.has_path());
    w.Member("subject").String(d.subject());
    w.Member("issuer").String(d.issuer());
    w.Member("roles").Strings(d.roles());
    w.Member("set_headers").Object([&] {
      for (const Header& header : d.headers_to_set()) w.Member(header.name).String(header.value);
    });
    w.Member("remove_headers").Strings(d.headers_to_remove());
    if (!d.www_authenticate().empty()) w.Member("www_authenticate").String(d.www_authenticate());
    w.Member("report").Strings(d.report());
    w.Member("policy").String(d.policy_revision());
  });
}

int Eval(const EvalArguments& args) {
  const std::optional<Timestamp> now = ReadTimeOption("--now", args.now);
  const std::unique_ptr<Authorizer> authorizer = LoadAuthorizerOrReport(*args.policy, args.keys);
  if (!authorizer) return kExitPolicyError;
  const std::shared_ptr<const Policy> policy = authorizer->policy();
  Scratch scratch;
  const LineSource source{.option = "--requests", .path = args.requests.value_or("-")};
  return AnswerLines(source, [&](std::string_view line, LineAnswer& out) {
    const RequestInput input(line, *policy, out.id);
    const Request request = input.request();
    const Timestamp at = input.now() ? *input.now() : now ? *now : CurrentTime();
    const Decision d = authorizer->Authorize(request, input.credential(), at, scratch);
    WriteDecision(out.json, out.id, d, request);
  });
}

}  // namespace

Command EvalCommand() {
  const auto args = std::make_shared<EvalArguments>();
  return {
      .name = "eval",
      .summary = "decide requests, one JSON object a line",
      .details = kDetails,
      .arguments =
          {
              PolicyArgument(&args->policy),
              {.name = "--requests",
               .value = "FILE",
               .help = "where the requests are; - is standard input, the default",
               .target = &args->requests,
               .is_file = true},
              {.name = "--now",
               .value = "TIME",
               .help = "the time of the decisions: RFC 3339 or Unix seconds; left out: the clock",
               .target = &args->now},
              KeysArgument(&args->keys),
          },
      .run = [args] { return Eval(*args); },
  };
}

}  // namespace doorward::command
