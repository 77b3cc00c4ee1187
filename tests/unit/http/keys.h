// SPDX-License-Identifier: Apache-2.0
//
// The keys of a canonical request as text.

#ifndef DOORWARD_TESTS_UNIT_HTTP_KEYS_H_
#define DOORWARD_TESTS_UNIT_HTTP_KEYS_H_

#include <string_view>
#include <vector>

#include "src/http/http.h"

namespace doorward {

inline std::vector<std::string_view> TextsOf(const SegmentTexts& segments) {
  std::vector<std::string_view> texts;
  for (size_t i = 0; i < segments.size(); ++i) texts.push_back(segments[i]);
  return texts;
}

inline std::vector<std::string_view> KeysOf(const CanonicalRequest& request) {
  std::vector<std::string_view> keys;
  for (const SegmentKey& key : request.keys) keys.push_back(key.view());
  return keys;
}

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_HTTP_KEYS_H_
