// SPDX-License-Identifier: Apache-2.0

#include "src/policy/header_filter.h"

#include <algorithm>

#include "src/http/http.h"

namespace doorward {
namespace {

// Cloud Run checks this field instead of Authorization, so that only the proxy itself may send it.
constexpr std::string_view kServerlessAuthorization = "X-Serverless-Authorization";

size_t Letter(char folded) { return static_cast<size_t>(folded) & 31; }

std::string Folded(std::string_view name) {
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), FoldSpelling);
  return folded;
}

// What the host needs to read and write the message itself (RFC 9112 section 6, RFC 9110
// section 7.6.1).
bool FramesMessage(std::string_view folded) {
  constexpr std::string_view kNames[] = {"host",       "content-length", "transfer-encoding",
                                         "connection", "keep-alive",     "proxy-connection",
                                         "te",         "trailer",        "upgrade"};
  return std::find(std::begin(kNames), std::end(kNames), folded) != std::end(kNames);
}

}  // namespace

HeaderFilter::HeaderFilter(const std::vector<std::string>& names,
                           const std::vector<std::string>& patterns) {
  AddName(kServerlessAuthorization);
  for (const std::string& name : names) AddName(name);
  for (std::string_view pattern : patterns) {
    if (pattern.ends_with('*')) {
      AddPrefix(pattern.substr(0, pattern.size() - 1));
    } else {
      AddName(pattern);
    }
  }
}

void HeaderFilter::AddName(std::string_view name) {
  Expect(FoldSpelling(name[0]), name.size(), name.size());
  exact_.emplace(Folded(name), true);
}

void HeaderFilter::AddPrefix(std::string_view prefix) {
  if (prefix.empty()) {
    everything_ = true;
    return;
  }
  Expect(FoldSpelling(prefix[0]), prefix.size(), SIZE_MAX);
  prefixes_.push_back(Folded(prefix));
}

void HeaderFilter::Expect(char first, size_t shortest, size_t longest) {
  for (size_t n = shortest; n <= std::min<size_t>(longest, 63); ++n) {
    lengths_[Letter(first)] |= uint64_t{1} << n;
  }
  if (longest > 63) lengths_[Letter(first)] |= uint64_t{1} << 63;
}

bool HeaderFilter::Removes(std::string_view name, std::string& buffer) const {
  if (name.empty()) return false;
  if (IsOverrideHeader(name)) return true;
  const uint64_t lengths = lengths_[Letter(FoldSpelling(name[0]))];
  if (!everything_ && (lengths >> std::min<size_t>(name.size(), 63) & 1) == 0) return false;
  buffer.resize(name.size());
  std::transform(name.begin(), name.end(), buffer.begin(), FoldSpelling);
  if (exact_.contains(buffer)) return true;
  const bool by_wildcard = everything_ || std::any_of(prefixes_.begin(), prefixes_.end(),
                                                      [&](const std::string& prefix) {
                                                        return buffer.starts_with(prefix);
                                                      });
  return by_wildcard && !FramesMessage(buffer);
}

}  // namespace doorward
