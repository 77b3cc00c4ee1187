// SPDX-License-Identifier: Apache-2.0
//
// Takes an expression apart into tokens (cel-spec, "Syntax").

#ifndef DOORWARD_CEL_LEXER_H_
#define DOORWARD_CEL_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/source.h"

namespace doorward::cel {

enum class TokenKind : uint8_t {
  kEnd,
  kIdentifier,  // words that are reserved too
  kQuoted,      // `name` in backticks
  kInt,         // decimal or 0x
  kUint,        // with u or U
  kFloat,
  kString,
  kBytes,
  kPunctuation,  // "&&", "[", "?" ...
  kUnknown,      // what begins no token
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as it stands in the source
  Span at;
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  // kEnd for ever once all was read. A string that does not end is kUnknown, up to the end of its
  // line or of the source.
  Token Next();

 private:
  void SkipSpace();
  size_t NumberEnd(TokenKind& kind) const;
  size_t TextEnd(size_t quote) const;  // npos where it does not end
  size_t PunctuationEnd() const;

  std::string_view source_;
  size_t at_ = 0;
};

// True for the words that the language keeps for itself: no variable is called so.
bool IsReserved(std::string_view word);

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_LEXER_H_
