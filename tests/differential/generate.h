// SPDX-License-Identifier: Apache-2.0
//
// Policies, callers and requests by chance, from so few words that patterns overlap and requests
// nearly match. Each policy may mix all that the language has.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_GENERATE_H_
#define DOORWARD_TESTS_DIFFERENTIAL_GENERATE_H_

#include <cstddef>

#include "tests/differential/choices.h"
#include "tests/differential/world.h"

namespace doorward::reference {

World MakeWorld(Choices& choices, size_t max_rules);
// A rule that could be one of the world's.
Rule MakeRule(Choices& choices, const World& world, const std::string& id);

Caller MakeCaller(Choices& choices, const World& world);
// The claims of a caller, some of them not as they should be.
Json MakeClaims(Choices& choices, const World& world);
Request MakeRequest(Choices& choices, const World& world);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_GENERATE_H_
