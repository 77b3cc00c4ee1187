// SPDX-License-Identifier: Apache-2.0
//
// Tells which of the client's header fields must not reach the upstream: every spelling of the
// names that the policy sets or strips, and those that could make a backend serve something else
// than was decided.

#ifndef DOORWARD_POLICY_HEADER_FILTER_H_
#define DOORWARD_POLICY_HEADER_FILTER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/string_map.h"

namespace doorward {

class HeaderFilter {
 public:
  // Removes every spelling of `names`, and what `patterns` stand for: names, or beginnings with one
  // "*" at their end. What frames a message (Host, Content-Length, hop-by-hop fields) is removed by
  // name only, never by a "*".
  HeaderFilter(const std::vector<std::string>& names, const std::vector<std::string>& patterns);

  // `buffer` is working memory, reused from call to call.
  // Cost: a table look-up by first letter and length; for the few names that pass it, a hash of the
  // name.
  bool Removes(std::string_view name, std::string& buffer) const;

 private:
  void AddName(std::string_view name);
  void AddPrefix(std::string_view prefix);
  // Notes that names of these lengths with this first letter may be meant.
  void Expect(char first, size_t shortest, size_t longest);

  StringMap<bool> exact_;              // folded: lower case, "-" for "_", "." and space
  std::vector<std::string> prefixes_;  // likewise
  bool everything_ = false;            // "*" alone
  // By first letter: bit n is set where a name of n octets may be meant; bit 63 for longer ones.
  std::array<uint64_t, 32> lengths_{};
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_HEADER_FILTER_H_
