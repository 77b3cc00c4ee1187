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

std::string_view ForwardValue(const ForwardHeader& header, cel::Machine& machine) {
  const cel::Value value = header.value->Evaluate(machine);
  const bool fit = value.kind == cel::Kind::kString && IsFitToSend(value.view());
  return fit ? value.view() : std::string_view();
}

std::span<const std::string_view> ForwardValues(const PolicyProgram& program,
                                                const CallerData& caller, PolicyScratch& scratch) {
  if (!program.forwards_requests) return caller.forward_values;
  auto& [values, known] = scratch.forward_values[&caller == &program.anonymous ? 0 : 1];
  if (known) return values;
  known = true;
  values = caller.forward_values;
  scratch.activation.SetCaller(program.roles, caller);
  for (size_t i = 0; i < values.size(); ++i) {
    const ForwardHeader& header = program.forward_headers[i];
    if (header.depends_on_request) values[i] = ForwardValue(header, scratch.machine);
  }
  return values;
}

const ForwardHeader* RequiredHeaderWithoutValue(const PolicyProgram& program,
                                                std::span<const std::string_view> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (program.forward_headers[i].required && values[i].empty()) {
      return &program.forward_headers[i];
    }
  }
  return nullptr;
}

void MakeForwarding(const PolicyProgram& program, std::span<const Header> headers,
                    std::span<const std::string_view> values, PolicyScratch& scratch) {
  scratch.headers_to_remove.clear();
  scratch.headers_to_set.clear();
  for (const Header& header : headers) {
    if (program.header_filter.Removes(header.name, scratch.folded_name)) {
      scratch.Remove(header.name);
    }
  }
  AddTokenRemovals(program, headers, scratch);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    scratch.headers_to_set.push_back({program.forward_headers[i].name, values[i]});
  }
}

}  // namespace doorward
