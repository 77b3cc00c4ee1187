// SPDX-License-Identifier: Apache-2.0
//
// Step T: the request target (RFC 9112 section 3.2).

#ifndef DOORWARD_HTTP_TARGET_H_
#define DOORWARD_HTTP_TARGET_H_

#include <string_view>

#include "src/http/fault.h"
#include "src/http/host.h"

namespace doorward::http {

struct Target {
  std::string_view path;   // begins with "/", or is "*"
  std::string_view query;  // without "?"
  bool has_query = false;
  bool is_asterisk = false;
};

// True where each octet is one that a target may hold: 0x21 to 0x7E without `#`.
bool HoldsOnlyTargetOctets(std::string_view text) noexcept;

// Splits `text`, the target of a request to `host` (null: it has none), into path and query.
Fault ParseTarget(std::string_view text, std::string_view method, const Host* host,
                  Target* target) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_TARGET_H_
