// SPDX-License-Identifier: Apache-2.0
//
// The slow, obviously right answer to "does this endpoint match this request, and what does it
// capture?": segment by segment, by trying all that `**` might take.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_
#define DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/differential/world.h"

namespace doorward::reference {

using Captures = std::map<std::string, std::string>;

// What each combination of a host and a path of the endpoint captures that matches the request, as
// if it had come with `method`; in the order of paths, then hosts.
std::vector<Captures> MatchesOf(const Endpoint& endpoint, const Request& request,
                                const std::string& method, bool folds_case);

// "" is any host.
bool HostMatches(const std::string& pattern, const std::optional<std::string>& host);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_
