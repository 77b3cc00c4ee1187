// SPDX-License-Identifier: Apache-2.0
//
// The rules for target and path, written octet by octet as docs/requests.md states them, without
// regard for speed. What the library does with a path is compared with this.

#ifndef DOORWARD_TESTS_UNIT_HTTP_REFERENCE_PATH_H_
#define DOORWARD_TESTS_UNIT_HTTP_REFERENCE_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "doorward/reason.h"

#include "src/http/http.h"

namespace doorward {

struct ReferencePath {
  Reason reason = Reason::kAllowed;
  std::string path;
  std::string query;
  bool has_query = false;
  std::vector<std::string> keys;
  std::vector<std::string> decoded;
  std::vector<std::string> encoded;
};

// Reads the target of a GET request in origin-form; any other form is kBadTarget.
ReferencePath ReadPathSlowly(const std::string& target, const RequestRules& rules);

// Returns how `actual`, what Normalise made of the same, differs; "" where it does not.
std::string DifferenceFrom(const ReferencePath& expected, Reason actual_reason,
                           const CanonicalRequest& actual);

// Returns the rules that the lowest 6 bits of `bits` choose, one for each member, so that a test
// can go through all of them.
RequestRules RulesOfBits(unsigned bits);

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_HTTP_REFERENCE_PATH_H_
