// SPDX-License-Identifier: Apache-2.0
//
// Step F: the request's fields (headers).

#ifndef DOORWARD_HTTP_FIELDS_H_
#define DOORWARD_HTTP_FIELDS_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "doorward/request.h"

#include "src/http/http.h"

namespace doorward::http {

// What one pass over the fields finds.
struct FieldScan {
  bool acceptable = false;
  size_t host_count = 0;  // Host fields, and
  std::string_view host;  // the value of the last one
};

FieldScan ScanFields(std::span<const Header> fields, const RequestRules& rules) noexcept;

// True where a value holds CR, LF or NUL.
bool HoldsLineBreakOrNul(std::string_view value) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_FIELDS_H_
