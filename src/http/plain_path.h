// SPDX-License-Identifier: Apache-2.0
//
// The fast way: a path of unreserved characters and slashes is its own canonical form.

#ifndef DOORWARD_HTTP_PLAIN_PATH_H_
#define DOORWARD_HTTP_PLAIN_PATH_H_

#include <optional>
#include <string_view>

#include "src/http/http.h"
#include "src/http/scratch_part.h"

namespace doorward::http {

// Does steps T, P and S for an origin-form target whose path is plain, and sets what `out` says of
// path and query; nothing is copied. Returns the verdict, or nothing for any other target, and for
// what only `empty_segments: merge` may accept: the steps one by one must tell.
// Cost: one pass, 16 octets at a time.
std::optional<Reason> NormalisePlainTarget(std::string_view target, const RequestRules& rules,
                                           HttpPart& part, CanonicalRequest* out) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_PLAIN_PATH_H_
