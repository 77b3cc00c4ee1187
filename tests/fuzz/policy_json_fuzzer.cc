// SPDX-License-Identifier: Apache-2.0
//
// Any text as a policy in JSON: it loads, or there are errors, each with a place in the text. As
// JSON is YAML, what loads is the same policy where it loads as YAML.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "src/base/source.h"
#include "src/base/utf8.h"
#include "src/policy/load.h"
#include "tests/unit/policy/model_text.h"

namespace doorward {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

std::optional<PolicyModel> LoadChecked(std::string_view text, PolicyFormat format) {
  const SourceText source("policy", text);
  DiagnosticList list(source);
  std::optional<PolicyModel> model = LoadModel(source, format, list);
  const std::vector<Diagnostic> diagnostics = list.Take();
  Require(model.has_value() != HasErrors(diagnostics));
  for (const Diagnostic& d : diagnostics) {
    Require(!d.code.empty() && !d.message.empty());
    Require(d.range.offset + d.range.length <= text.size());
    Require(IsUtf8(d.message) && IsUtf8(d.excerpt) && IsUtf8(d.expected) && IsUtf8(d.suggestion));
  }
  return model;
}

// False where YAML reads a JSON text otherwise: it knows more line breaks, and its scalars have no
// types.
bool MeansTheSameInYaml(std::string_view text, const PolicyModel& model) {
  for (const std::string_view line_break : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    if (text.find(line_break) != text.npos) return false;
  }
  for (const IssuerModel& issuer : model.issuers) {
    if (!issuer.require.empty() || !issuer.inline_jwks.empty()) return false;
  }
  return true;
}

void CheckAgreement(std::string_view text) {
  const std::optional<PolicyModel> json = LoadChecked(text, PolicyFormat::kJson);
  if (!json || !MeansTheSameInYaml(text, *json)) return;
  const std::optional<PolicyModel> yaml = LoadChecked(text, PolicyFormat::kYaml);
  Require(!yaml || ModelText(*yaml) == ModelText(*json));
}

}  // namespace
}  // namespace doorward

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  doorward::CheckAgreement({reinterpret_cast<const char*>(data), size});
  return 0;
}
