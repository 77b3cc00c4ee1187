// SPDX-License-Identifier: Apache-2.0

#include "src/base/json_text.h"

#include "src/base/utf8.h"

namespace doorward {
namespace {

void AppendAscii(char c, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out += {'\\', c};
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (c >= 0x20) {
    out += c;
  } else {
    out += {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
  }
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const CodePoint next = DecodeUtf8(text);
    if (next.length == 1) {
      AppendAscii(text[0], out);
    } else if (next.length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text.substr(0, next.length));
    }
    text.remove_prefix(next.length == 0 ? 1 : next.length);
  }
  out += '"';
}

}  // namespace doorward
