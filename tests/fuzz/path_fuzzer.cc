// SPDX-License-Identifier: Apache-2.0
//
// Targets under all settings of `request:`. The first octet chooses the settings, the rest is the
// target. What Normalise makes of it must be what a slow reading of the rules makes of it, its
// canonical path must be a fixed point, and a pattern could have been written for each segment.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "src/http/http.h"
#include "tests/unit/http/reference_path.h"

namespace doorward {
namespace {

void Require(bool holds, const char* what, std::string_view found) {
  if (holds) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(found.size()), found.data());
  std::abort();
}

void CheckPatterns(const CanonicalRequest& out, const RequestRules& rules) {
  for (size_t i = 0; i < out.decoded.size(); ++i) {
    const std::string_view segment = out.decoded[i];
    Require(FindUnacceptable(segment, true, true, rules) == nullptr, "no pattern", segment);
    const size_t half = segment.size() / 2;
    Require(FindUnacceptable(segment.substr(0, half), true, false, rules) == nullptr,
            "no pattern begins with", segment);
    Require(FindUnacceptable(segment.substr(half), false, true, rules) == nullptr,
            "no pattern ends with", segment);
  }
}

void CheckTarget(const std::string& target, const RequestRules& rules) {
  static Scratch scratch;
  CanonicalRequest out;
  const Request request{.method = "GET", .host = "a", .target = target};
  const Reason reason = Normalise(request, rules, scratch, &out);
  if (target.starts_with('/')) {
    const std::string difference = DifferenceFrom(ReadPathSlowly(target, rules), reason, out);
    Require(difference.empty(), "not as the reference", difference);
  }
  if (reason != Reason::kAllowed) {
    Require(!ExplainRefusal(request, rules, reason).empty(), "no explanation", target);
    return;
  }
  CheckPatterns(out, rules);
  const std::string path(out.path);
  const Reason again =
      Normalise({.method = "GET", .host = "a", .target = path}, rules, scratch, &out);
  Require(again == Reason::kAllowed && out.path == path, "no fixed point", path);
}

}  // namespace
}  // namespace doorward

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string target(data + 1, data + size);
  doorward::CheckTarget(target, doorward::RulesOfBits(data[0]));
  return 0;
}
