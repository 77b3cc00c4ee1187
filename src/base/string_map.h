// SPDX-License-Identifier: Apache-2.0
//
// A hash map from strings that is searched with views. Abseil's own hash of std::string does not
// take a std::string_view where Abseil was built with a string_view of its own, as in Debian.

#ifndef DOORWARD_BASE_STRING_MAP_H_
#define DOORWARD_BASE_STRING_MAP_H_

#include <functional>
#include <string>
#include <string_view>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

namespace doorward {

struct StringViewHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>()(absl::string_view(text.data(), text.size()));
  }
};

template <class Value>
using StringMap = absl::flat_hash_map<std::string, Value, StringViewHash, std::equal_to<>>;

}  // namespace doorward

#endif  // DOORWARD_BASE_STRING_MAP_H_
