// SPDX-License-Identifier: Apache-2.0
//
// What a terminal is sent, and what it must not be sent.

#ifndef TOOLS_DOORWARD_TERMINAL_H_
#define TOOLS_DOORWARD_TERMINAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::command {

// True where colours may be used on a file descriptor: it is a terminal that knows them, and
// NO_COLOR (no-color.org) is unset or empty.
bool MayColour(int fd);

// Returns `text` with each character that could rewrite or reorder what a terminal shows (controls,
// marks of direction, line separators) replaced by what `replacement` gives for it. An octet that
// is no UTF-8 is U+FFFD to it.
std::string ReplaceMisleading(std::string_view text, std::string (*replacement)(uint32_t code));

// The same, with a space for each.
std::string Harmless(std::string_view text);

// Counts code points; an octet that is no UTF-8 counts as one.
size_t CountCharacters(std::string_view text);

// The length in octets of the first `count` characters of `text`.
size_t PrefixLength(std::string_view text, size_t count);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_TERMINAL_H_
