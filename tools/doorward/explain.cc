// SPDX-License-Identifier: Apache-2.0
//
// `doorward explain`: decides one request and tells people why.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doorward/authorizer.h"

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/files.h"
#include "tools/doorward/members.h"
#include "tools/doorward/policy_input.h"
#include "tools/doorward/request_input.h"
#include "tools/doorward/streams.h"
#include "tools/doorward/terminal.h"
#include "tools/doorward/time_text.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(Shows which rules matched, which of them applied, and what the caller lacked. The request is an object
as `doorward eval` takes it.

Example:
  $ doorward explain policy.yaml --request '{"method": "PUT", "target": "/orders/1", "roles": ["viewer"]}'

Exit status: 0 explained, whatever the decision; 2 the policy or a key set does not load; 64 wrong
usage, or a request that could not be read.
)";

struct ExplainArguments {
  std::optional<std::string> policy, request, now, format;
  std::vector<std::string> keys;
};

// The text of `--request`: JSON, or where it is read from.
std::string RequestText(const std::string& argument) {
  constexpr size_t kMaxBytes = LineReader::kMaxLineBytes;
  std::string error;
  std::optional<std::string> text = argument;
  if (argument == "-") text = ReadStandardInput(kMaxBytes, &error);
  if (argument.starts_with('@')) text = ReadFile(argument.substr(1), kMaxBytes, &error);
  if (!text) throw UsageError("cannot read `--request " + argument + "`: " + error);
  return *std::move(text);
}

// A caller's claims may hold what rewrites a terminal.
std::string HarmlessLines(const std::string& text) {
  return ReplaceMisleading(text,
                           [](uint32_t code) -> std::string { return code == '\n' ? "\n" : " "; });
}

int Explain(const ExplainArguments& args) {
  const std::optional<Timestamp> now = ReadTimeOption("--now", args.now);
  const std::unique_ptr<Authorizer> authorizer = LoadAuthorizerOrReport(*args.policy, args.keys);
  if (!authorizer) return kExitPolicyError;
  std::string id;
  try {
    const RequestInput input(RequestText(*args.request), *authorizer->policy(), id);
    const Timestamp at = input.now() ? *input.now() : now ? *now : CurrentTime();
    Scratch scratch;
    const Explanation why = authorizer->Explain(input.request(), input.credential(), at, scratch);
    StandardOutput().Write(args.format == "json" ? why.ToJson() + '\n'
                                                 : HarmlessLines(why.ToText()));
  } catch (const BadInput& e) {
    throw UsageError(std::string("`--request` cannot be read: ") + e.what());
  }
  return kExitOk;
}

}  // namespace

Command ExplainCommand() {
  const auto args = std::make_shared<ExplainArguments>();
  return {
      .name = "explain",
      .summary = "decide one request, and tell why",
      .details = kDetails,
      .arguments =
          {
              PolicyArgument(&args->policy),
              {.name = "--request",
               .value = "JSON",
               .help = "the request; @FILE reads it from a file, - from standard input",
               .target = &args->request,
               .required = true},
              {.name = "--now",
               .value = "TIME",
               .help = "the time of the decision: RFC 3339 or Unix seconds; left out: the clock",
               .target = &args->now},
              KeysArgument(&args->keys),
              {.name = "--format",
               .value = "FORMAT",
               .help = "text (the default) or json",
               .target = &args->format,
               .choices = {"text", "json"}},
          },
      .run = [args] { return Explain(*args); },
  };
}

}  // namespace doorward::command
