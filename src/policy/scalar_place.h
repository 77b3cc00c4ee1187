// SPDX-License-Identifier: Apache-2.0
//
// Finds again, in a document's text, what a scalar was decoded from.

#ifndef DOORWARD_POLICY_SCALAR_PLACE_H_
#define DOORWARD_POLICY_SCALAR_PLACE_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorward {

// Where octet `offset` of `decoded` stands in `raw`, the scalar as the source spells it: quoted (in
// JSON or YAML), a block scalar of YAML (`|`, `>`) or plain text of several lines. What came of a
// line's end stands at that end. Nothing where the two cannot be brought together. Cost: linear in
// what stands before the place.
std::optional<size_t> PlaceInScalar(std::string_view raw, std::string_view decoded, size_t offset);

}  // namespace doorward

#endif  // DOORWARD_POLICY_SCALAR_PLACE_H_
