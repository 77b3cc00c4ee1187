// SPDX-License-Identifier: Apache-2.0
//
// Step S for one segment, by its decoded octets.

#ifndef DOORWARD_HTTP_SEGMENT_H_
#define DOORWARD_HTTP_SEGMENT_H_

#include <cstddef>
#include <string_view>

#include "src/http/http.h"

namespace doorward::http {

// A segment, or a part of one where a pattern leaves the rest open.
struct SegmentPart {
  std::string_view octets;
  bool begins = true;  // whether it is the segment's beginning, and
  bool ends = true;    // its end
};

// Returns what is wrong with `part` as one clause, or null where some segment may hold it. The
// octets by themselves must be acceptable (step P).
const char* FindSegmentFault(const SegmentPart& part, const RequestRules& rules) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_SEGMENT_H_
