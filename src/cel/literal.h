// SPDX-License-Identifier: Apache-2.0
//
// Values of literals as they are written: numbers, strings, bytes (cel-spec, "Values").

#ifndef DOORWARD_CEL_LITERAL_H_
#define DOORWARD_CEL_LITERAL_H_

#include <string>
#include <string_view>

#include "src/base/source.h"
#include "src/cel/lexer.h"
#include "src/cel/value.h"

namespace doorward::cel {

// What is wrong with a literal; `message` "" for nothing.
struct LiteralFault {
  Span at;
  std::string message = {};
  std::string expected = {};
};

// Reads the digits of `token` (kInt, kUint, kFloat); `negative`: a minus stands before it.
LiteralFault ReadNumber(const Token& token, bool negative, Value& value);

// Reads a double as the conversion double(string) does too: "1e3", "-0.5", "Infinity", "NaN".
bool ReadDouble(std::string_view text, double& value);

// Decodes the octets of `token` (kString, kBytes) into `octets`.
LiteralFault ReadText(const Token& token, std::string& octets);

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_LITERAL_H_
