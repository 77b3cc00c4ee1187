// SPDX-License-Identifier: Apache-2.0
//
// `doorward check`: what is wrong or doubtful in policies and their key files.

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "doorward/policy.h"

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/diagnostic_formats.h"
#include "tools/doorward/diagnostic_text.h"
#include "tools/doorward/policy_input.h"
#include "tools/doorward/streams.h"
#include "tools/doorward/terminal.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(Reports every mistake of each policy in one run, and what its key files (`jwks_file`) hold that will
not serve.

Example:
  $ doorward check --strict policy.yaml
  policy.yaml:14:13: error: unknown role `edtior` [unknown_role]
    14 |     allow: [edtior]
       |             ^~~~~~
    help: did you mean `editor`?

Exit status: 0 nothing to say; 1 warnings, under --strict; 2 errors, or a file that cannot be read; 64
wrong usage.
)";

struct CheckArguments {
  std::vector<std::string> policies;
  std::optional<std::string> format;
  bool strict = false;
};

std::string Amount(size_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

// The library shows so many of each severity, and then how many there are besides.
bool IsRemainder(const Diagnostic& d) { return d.code == "too_many_diagnostics"; }

// The line that ends what is said of one policy.
std::string Summary(const std::string& path, const std::vector<Diagnostic>& found,
                    const LoadedPolicy& loaded) {
  const auto errors =
      static_cast<size_t>(std::count_if(found.begin(), found.end(), [](const Diagnostic& d) {
        return d.severity == Severity::kError && !IsRemainder(d);
      }));
  const auto remainders =
      static_cast<size_t>(std::count_if(found.begin(), found.end(), IsRemainder));
  const size_t warnings = found.size() - errors - remainders;
  const std::string begin = path + (remainders > 0 ? ": at least " : ": ");
  if (HasErrors(found)) return begin + Amount(errors, "error") + ", " + Amount(warnings, "warning");
  const Policy& policy = *loaded.policy;
  return begin + (warnings > 0 ? Amount(warnings, "warning") : "ok") + " (" +
         Amount(policy.rule_count(), "rule") + ", " + Amount(policy.endpoint_count(), "endpoint") +
         ", " + Amount(policy.role_count(), "role") + ", " +
         Amount(policy.issuer_count(), "issuer") + ")";
}

int StatusOf(const std::vector<Diagnostic>& found, bool strict) {
  if (HasErrors(found)) return kExitPolicyError;
  return strict && !found.empty() ? kExitFindings : kExitOk;
}

int Check(const CheckArguments& args) {
  const std::string format = args.format.value_or("text");
  const bool colours = MayColour(STDOUT_FILENO);
  Output& output = StandardOutput();
  Sources sources;
  std::vector<Diagnostic> all;
  for (const std::string& path : args.policies) {
    LoadedPolicy loaded = LoadPolicy(path, {}, {}, sources);
    std::vector<Diagnostic> found = std::move(loaded.policy_diagnostics);
    std::move(loaded.key_diagnostics.begin(), loaded.key_diagnostics.end(),
              std::back_inserter(found));
    if (format == "text") {
      for (const Diagnostic& d : found) output.Write(DiagnosticText(d, sources, colours));
      output.Write(Summary(path, found, loaded) + '\n');
    }
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  if (format == "json") output.Write(DiagnosticsAsJson(all));
  if (format == "sarif") output.Write(DiagnosticsAsSarif(all, sources));
  return StatusOf(all, args.strict);
}

}  // namespace

Command CheckCommand() {
  const auto args = std::make_shared<CheckArguments>();
  return {
      .name = "check",
      .summary = "report errors and warnings of policy files",
      .details = kDetails,
      .arguments =
          {
              {.name = "POLICY",
               .help = "a policy file: YAML, or JSON where its name ends in .json",
               .target = &args->policies,
               .required = true,
               .is_file = true},
              {.name = "--strict",
               .help = "let warnings alone give the exit status 1",
               .target = &args->strict},
              {.name = "--format",
               .value = "FORMAT",
               .help = "text (the default), json, or sarif (SARIF 2.1.0)",
               .target = &args->format,
               .choices = {"text", "json", "sarif"}},
          },
      .run = [args] { return Check(*args); },
  };
}

}  // namespace doorward::command
