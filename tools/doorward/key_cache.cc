// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/key_cache.h"

#include <optional>

#include "tools/doorward/diagnostic_text.h"
#include "tools/doorward/files.h"
#include "tools/doorward/members.h"
#include "tools/doorward/policy_input.h"

namespace doorward::command {

std::shared_ptr<const KeySet> LoadKeysOrReport(const std::string& path) {
  std::string error;
  std::optional<std::string> text = ReadFile(path, kMaxKeyFileBytes, &error);
  Sources sources;
  if (!text) {
    PrintDiagnostics({FileError(path, "unreadable", "cannot read this file: " + error)}, sources);
    return nullptr;
  }
  KeySetOutcome outcome = KeySet::Parse(*text, {.origin = KeyOrigin::kLocal, .name = path});
  sources.Add(path, *std::move(text));
  for (Diagnostic& d : outcome.diagnostics) sources.HideSecrets(d);
  PrintDiagnostics(outcome.diagnostics, sources);
  return outcome.keys;
}

std::shared_ptr<const KeySet> KeyCache::Get(const std::string& jwks) {
  if (const auto found = sets_.find(jwks); found != sets_.end()) return found->second;
  const KeySetOutcome outcome = KeySet::Parse(jwks, {.origin = KeyOrigin::kLocal});
  if (!outcome.keys) {
    throw BadInput("`jwks` is no key set: " + outcome.diagnostics.front().message);
  }
  if (bytes_ + jwks.size() > kMaxBytes) {
    sets_.clear();
    bytes_ = 0;
  }
  bytes_ += jwks.size();
  return sets_.emplace(jwks, outcome.keys).first->second;
}

}  // namespace doorward::command
