// SPDX-License-Identifier: Apache-2.0
//
// What is wrong, or doubtful, in a text that was loaded (a policy, a key set), and where.
//
//   for (const doorward::Diagnostic& d : loaded.diagnostics) std::cerr << d << "\n";
//   // policy.yaml:14:13: error: unknown role `edtior` [unknown_role]
//   //   help: did you mean `editor`?

#ifndef DOORWARD_DIAGNOSTIC_H_
#define DOORWARD_DIAGNOSTIC_H_

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "doorward/export.h"

namespace doorward {

enum class Severity : uint8_t {
  kError = 0,    // nothing was loaded
  kWarning = 1,  // loaded, but it opens a hole, or says nothing that can happen
};

// A place in a text: where it begins, and how far the text at fault reaches. `line` 0 means that
// the diagnostic is about the text as a whole.
struct SourceRange {
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1, in code points
  size_t offset = 0;    // in bytes
  size_t length = 0;    // in bytes; 0 where the text at fault is missing
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;  // stable, for machines: "unknown_role"
  std::string file;  // the name that was given with the text
  SourceRange range;
  std::string message;     // one sentence; what the author wrote stands in backticks
  std::string expected;    // what would be right here, where that can be said in a few words
  std::string suggestion;  // a near name or a way out, where there is one
  std::string excerpt;     // the text at fault, shortened to a line of at most 80 code points
};

// Returns true if one of `diagnostics` is an error.
DOORWARD_EXPORT bool HasErrors(const std::vector<Diagnostic>& diagnostics) noexcept;

// Prints as compilers do: `file:line:column: severity: message [code]`, then indented lines for
// what was expected and for the suggestion. No line break at the end.
DOORWARD_EXPORT std::ostream& operator<<(std::ostream& out, const Diagnostic& diagnostic);

}  // namespace doorward

#endif  // DOORWARD_DIAGNOSTIC_H_
