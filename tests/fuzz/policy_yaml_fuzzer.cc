// SPDX-License-Identifier: Apache-2.0
//
// Any text as a policy in YAML: it loads, or there are errors, each with a place in the text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "src/base/source.h"
#include "src/base/utf8.h"
#include "src/policy/load.h"

namespace doorward {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckLoad(std::string_view text) {
  const SourceText source("policy", text);
  DiagnosticList list(source);
  const bool loaded = LoadModel(source, PolicyFormat::kYaml, list).has_value();
  const std::vector<Diagnostic> diagnostics = list.Take();
  Require(loaded != HasErrors(diagnostics));
  for (const Diagnostic& d : diagnostics) {
    Require(!d.code.empty() && !d.message.empty());
    Require(d.range.offset + d.range.length <= text.size());
    Require(IsUtf8(d.message) && IsUtf8(d.excerpt) && IsUtf8(d.expected) && IsUtf8(d.suggestion));
  }
}

}  // namespace
}  // namespace doorward

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  doorward::CheckLoad({reinterpret_cast<const char*>(data), size});
  return 0;
}
