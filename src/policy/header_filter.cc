// SPDX-License-Identifier: Apache-2.0

#include "src/policy/header_filter.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/http/http.h"

namespace doorward {
namespace {

// Cloud Run checks this field instead of Authorization, so that only the proxy itself may send it.
constexpr std::string_view kServerlessAuthorization = "X-Serverless-Authorization";

char Fold(char c) { return c == '_' || c == '.' || c == ' ' ? '-' : AsciiLower(c); }

size_t Letter(char folded) { return static_cast<size_t>(folded) & 31; }

}  // namespace

HeaderFilter::HeaderFilter(const std::vector<std::string>& names) {
  const auto add = [&](std::string name) {
    const bool prefix = name.ends_with('*');
    if (prefix) name.pop_back();
    if (name.empty()) {
      everything_ |= prefix;
      return;
    }
    std::transform(name.begin(), name.end(), name.begin(), Fold);
    Expect(name[0], name.size(), prefix ? SIZE_MAX : name.size());
    if (prefix) {
      prefixes_.push_back(std::move(name));
    } else {
      exact_.emplace(std::move(name), true);
    }
  };
  for (const std::string& name : names) add(name);
  add(std::string(kServerlessAuthorization));
}

void HeaderFilter::Expect(char first, size_t shortest, size_t longest) {
  for (size_t n = shortest; n <= std::min<size_t>(longest, 63); ++n) {
    lengths_[Letter(first)] |= uint64_t{1} << n;
  }
  if (longest > 63) lengths_[Letter(first)] |= uint64_t{1} << 63;
}

bool HeaderFilter::Removes(std::string_view name, std::string& buffer) const {
  if (name.empty()) return false;
  if (everything_ || IsOverrideHeader(name)) return true;
  if ((lengths_[Letter(Fold(name[0]))] >> std::min<size_t>(name.size(), 63) & 1) == 0) return false;
  buffer.resize(name.size());
  std::transform(name.begin(), name.end(), buffer.begin(), Fold);
  if (exact_.contains(buffer)) return true;
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&](const std::string& prefix) { return buffer.starts_with(prefix); });
}

}  // namespace doorward
