// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/words.h"

namespace doorward::reference {
namespace {

// Lengths about the widths that a matcher may read at once, and texts that differ in one octet.
std::string LongWord(Choices& choices) {
  static const std::vector<size_t> sizes{7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 64, 65};
  std::string word(choices.Of(sizes), 'l');
  if (choices.OneIn(2)) word[choices.Below(word.size())] = 'm';
  return word;
}

std::string AnyWord(Choices& choices) {
  static const std::string letters = "abclxAZ09-_~=:@!$&'()+,";
  std::string word;
  for (size_t n = 1 + choices.Below(36); n > 0; --n) word += letters[choices.Below(letters.size())];
  return word;
}

}  // namespace

const Names& Words() {
  static const Names words{"a", "b", "ab", "aba", "abab", "c1",       "c22",
                           "x", "A", "Ab", "a*b", "{a}",  "\xC3\xA9", "a b"};
  return words;
}

std::string Word(Choices& choices) {
  const size_t which = choices.Below(16);
  return which == 15 ? AnyWord(choices) : which > 12 ? LongWord(choices) : choices.Of(Words());
}

const std::vector<RegexWord>& Regexes() {
  static const std::vector<RegexWord> regexes{
      {"[a-b]+", {"a", "abab"}}, {"c[0-9]{2}", {"c22"}},  {".", {"a", "x", "\xC3\xA9"}},
      {"(ab)+", {"ab", "abab"}}, {"a|b", {"a", "b"}},     {"(?i)AB?", {"a", "Ab"}},
      {"[^a].*", {"b", "c1"}},   {"a.*b", {"ab", "a b"}}, {".*", {"x", "a*b"}},
      {"l{8,24}", {"llllllll"}}, {"\\w", {"a"}},          {"[A-Z]\\w?", {"A", "Ab"}},
  };
  return regexes;
}

const Names& Methods() {
  static const Names methods{"GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PURGE"};
  return methods;
}

const Names& ManyMethods() {
  static const Names methods = [] {
    Names out;
    for (int i = 0; i < 40; ++i) out.push_back("M" + std::to_string(i));
    return out;
  }();
  return methods;
}

const Names& HostPatterns() {
  static const Names hosts{"a.example", "x.a.example", "b.example", "*.example", "*.a.example"};
  return hosts;
}

Names RolesInUse(const World& world) {
  Names out;
  for (const Role& role : world.roles) {
    if (IsInUse(role)) out.push_back(role.name);
  }
  return out;
}

}  // namespace doorward::reference
