// SPDX-License-Identifier: Apache-2.0

#include "src/policy/forwarding.h"

#include <algorithm>

#include "src/policy/token_place.h"

namespace doorward {
namespace {

// Printable ASCII, not empty, without a space at either end: what no backend trims or reads
// otherwise.
bool IsFitToSend(std::string_view value) {
  if (value.empty() || value.front() == ' ' || value.back() == ' ') return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

std::string_view ForwardValue(const ForwardHeaderModel& header, const CallerData& caller) {
  std::string_view value;
  switch (header.value) {
    case ForwardHeaderModel::Value::kSubject:
      value = caller.holdings.subject;
      break;
    case ForwardHeaderModel::Value::kIssuer:
      value = caller.issuer;
      break;
    case ForwardHeaderModel::Value::kClaim:
      value = caller.claims.Find(header.claim).string_or("");
      break;
  }
  return IsFitToSend(value) ? value : std::string_view();
}

std::string_view RequiredHeaderWithoutValue(const PolicyProgram& program,
                                            const CallerData& caller) {
  for (size_t i = 0; i < program.forward_headers.size(); ++i) {
    const ForwardHeaderModel& header = program.forward_headers[i];
    const bool has_value = !caller.forward_values.empty() && !caller.forward_values[i].empty();
    if (header.required && !has_value) return header.name;
  }
  return "";
}

void MakeForwarding(const PolicyProgram& program, std::span<const Header> headers,
                    const CallerData& caller, PolicyScratch& scratch) {
  scratch.headers_to_remove.clear();
  scratch.headers_to_set.clear();
  for (const Header& header : headers) {
    if (program.header_filter.Removes(header.name, scratch.folded_name)) {
      scratch.Remove(header.name);
    }
  }
  AddTokenRemovals(program, headers, scratch);
  for (size_t i = 0; i < caller.forward_values.size(); ++i) {
    const std::string_view value = caller.forward_values[i];
    if (!value.empty()) scratch.headers_to_set.push_back({program.forward_headers[i].name, value});
  }
}

}  // namespace doorward
