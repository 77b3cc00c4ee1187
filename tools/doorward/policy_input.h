// SPDX-License-Identifier: Apache-2.0
//
// A policy file together with the key files that it or the command line names, read and loaded.

#ifndef TOOLS_DOORWARD_POLICY_INPUT_H_
#define TOOLS_DOORWARD_POLICY_INPUT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doorward/authorizer.h"
#include "doorward/diagnostic.h"
#include "doorward/policy.h"

#include "tools/doorward/command_line.h"
#include "tools/doorward/diagnostic_text.h"

namespace doorward::command {

// The arguments that what decides by a policy has in common.
Argument PolicyArgument(std::optional<std::string>* target);
Argument KeysArgument(std::vector<std::string>* target);

// What was found in a policy file and its key files; no diagnostic shows a secret of theirs. The
// texts are kept in `sources`.
struct LoadedPolicy {
  std::shared_ptr<const Policy> policy;    // null where its text has errors
  std::unique_ptr<Authorizer> authorizer;  // with the keys; null where `policy` is
  std::vector<Diagnostic> policy_diagnostics;
  std::vector<Diagnostic> key_diagnostics;

  bool has_errors() const { return HasErrors(policy_diagnostics) || HasErrors(key_diagnostics); }
};

// Loads the policy at `path`, the `jwks_file` of each of its issuers, and `keys`, each
// "ISSUER=FILE", which come before the policy's own. A file that cannot be read is an error among
// the diagnostics. Throws UsageError where `keys` names an issuer that the policy lacks.
LoadedPolicy LoadPolicy(const std::string& path, const std::vector<std::string>& keys,
                        const AuthorizerOptions& options, Sources& sources);

// As LoadPolicy; prints every error, and warnings about keys, to standard error. Null where there
// is an error.
std::unique_ptr<Authorizer> LoadAuthorizerOrReport(const std::string& path,
                                                   const std::vector<std::string>& keys,
                                                   const AuthorizerOptions& options = {});

// An error about a file as a whole.
Diagnostic FileError(std::string file, std::string code, std::string message);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_POLICY_INPUT_H_
