// SPDX-License-Identifier: Apache-2.0
//
// The few words that patterns and paths of generated worlds are made of, some of them next to each
// other: in one octet, in length, in case.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_WORDS_H_
#define DOORWARD_TESTS_DIFFERENTIAL_WORDS_H_

#include <string>
#include <vector>

#include "tests/differential/choices.h"
#include "tests/differential/world.h"

namespace doorward::reference {

using Names = std::vector<std::string>;

const Names& Words();
// One of them mostly, or a longer one.
std::string Word(Choices& choices);

struct RegexWord {
  std::string regex;
  Names fits;
};
const std::vector<RegexWord>& Regexes();

const Names& Methods();
// Of a policy that names more methods than there are bits for.
const Names& ManyMethods();
const Names& HostPatterns();

// Rules ask for some roles only. Others stand between them, so that a policy needs many words of
// role bits.
inline bool IsInUse(const Role& role) { return role.name.starts_with('r'); }
Names RolesInUse(const World& world);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_WORDS_H_
