// SPDX-License-Identifier: Apache-2.0
//
// Key sets that `verify` was given: by a file, or text by text in the lines.

#ifndef TOOLS_DOORWARD_KEY_CACHE_H_
#define TOOLS_DOORWARD_KEY_CACHE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "doorward/key_set.h"

namespace doorward::command {

// Reads the key set at `path` and prints what is wrong with it to standard error. Null where it
// does not load.
std::shared_ptr<const KeySet> LoadKeysOrReport(const std::string& path);

// Parsed key sets by their text, so that a million lines with one key set parse it once. Bounded.
class KeyCache {
 public:
  // Throws BadInput where `jwks` is no key set.
  std::shared_ptr<const KeySet> Get(const std::string& jwks);

 private:
  static constexpr size_t kMaxBytes = size_t{64} << 20;  // of text

  std::unordered_map<std::string, std::shared_ptr<const KeySet>> sets_;
  size_t bytes_ = 0;
};

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_KEY_CACHE_H_
