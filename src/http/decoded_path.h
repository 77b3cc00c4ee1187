// SPDX-License-Identifier: Apache-2.0
//
// Step P in full, for any path.

#ifndef DOORWARD_HTTP_DECODED_PATH_H_
#define DOORWARD_HTTP_DECODED_PATH_H_

#include <string_view>

#include "src/http/fault.h"
#include "src/http/http.h"
#include "src/http/scratch_part.h"

namespace doorward::http {

// A path in canonical form, and the same with every octet decoded. Both have their slashes, and so
// their segments, in common; where they are equally long they are the same text.
struct DecodedPath {
  std::string_view encoded;
  std::string_view decoded;
};

// Step P: reads `path` once, into two buffers. Faults are counted in octets of `path`.
Fault DecodePath(std::string_view path, const RequestRules& rules, PathBuffer& encoded,
                 PathBuffer& decoded, DecodedPath* out) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_DECODED_PATH_H_
