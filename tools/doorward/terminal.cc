// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/terminal.h"

#include <cstdlib>

#include <unistd.h>

namespace doorward::command {
namespace {

constexpr uint32_t kReplacementCharacter = 0xFFFD;

struct Character {
  uint32_t code;
  size_t length;  // in octets
};

// Reads the character that `text`, which is not empty, begins with. Overlong forms are read as what
// they stand for, which is the careful side.
Character FirstCharacter(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC0 || lead >= 0xF8 || text.size() < length) return {kReplacementCharacter, 1};
  uint32_t code = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto octet = static_cast<uint8_t>(text[i]);
    if ((octet & 0xC0) != 0x80) return {kReplacementCharacter, 1};
    code = code << 6 | (octet & 0x3F);
  }
  return {code, length};
}

bool Misleads(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == kReplacementCharacter ||
         code == 0x61C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

bool MayColour(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return ::isatty(fd) == 1;
}

std::string ReplaceMisleading(std::string_view text, std::string (*replacement)(uint32_t code)) {
  std::string out;
  while (!text.empty()) {
    const Character next = FirstCharacter(text);
    if (Misleads(next.code)) {
      out += replacement(next.code);
    } else {
      out += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return out;
}

std::string Harmless(std::string_view text) {
  return ReplaceMisleading(text, [](uint32_t) { return std::string(" "); });
}

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(FirstCharacter(text).length);
  return count;
}

size_t PrefixLength(std::string_view text, size_t count) {
  size_t length = 0;
  for (; count > 0 && length < text.size(); --count) {
    length += FirstCharacter(text.substr(length)).length;
  }
  return length;
}

}  // namespace doorward::command
