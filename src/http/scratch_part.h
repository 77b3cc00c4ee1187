// SPDX-License-Identifier: Apache-2.0
//
// The memory that a canonical request points into where it differs from the request as received.

#ifndef DOORWARD_HTTP_SCRATCH_PART_H_
#define DOORWARD_HTTP_SCRATCH_PART_H_

#include <array>
#include <string_view>

#include "src/base/scratch_state.h"
#include "src/http/host.h"
#include "src/http/http.h"

namespace doorward::http {

// A canonical path is never longer than the target that it was made from.
using PathBuffer = std::array<char, kMaxTargetBytes>;
using SegmentArray = std::array<std::string_view, kMaxSegments>;
using SegmentKeyArray = std::array<SegmentKey, kMaxSegments>;

// The three readings of a path (see CanonicalRequest), and what they are made from. Only what a
// request fills is valid; nothing is cleared between requests.
struct HttpPart : ScratchPart {
  static constexpr ScratchSlot kSlot = ScratchSlot::kHttp;

  HostBuffer host;
  PathBuffer encoded;
  PathBuffer decoded;
  PathBuffer folded;
  SegmentArray encoded_segments;
  SegmentArray decoded_segments;
  SegmentKeyArray keys;
};

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_SCRATCH_PART_H_
