// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics for people: with the line at fault and a mark under it.
//
//   policy.yaml:14:13: error: unknown role `edtior` [unknown_role]
//      14 |     allow: [edtior]
//         |             ^~~~~~
//     help: did you mean `editor`?

#ifndef TOOLS_DOORWARD_DIAGNOSTIC_TEXT_H_
#define TOOLS_DOORWARD_DIAGNOSTIC_TEXT_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/diagnostic.h"

#include "tools/doorward/secrets.h"

namespace doorward::command {

// The texts that diagnostics are about, by the file name that they were loaded with. What is shown
// of one is masked: no key material leaves by a diagnostic that happens to stand beside it.
class Sources {
 public:
  void Add(const std::string& name, std::string text);
  // The text with its secrets masked, each octet by one; "" where there is none of that name.
  std::string_view Text(const std::string& name) const;
  // Masks the secrets of the text at fault in all that `d` says.
  void HideSecrets(Diagnostic& d) const;

 private:
  struct Source {
    std::string text, masked;
    std::vector<SecretSpan> secrets;
  };
  std::map<std::string, Source> sources_;
};

// The text at fault as Diagnostic::excerpt has it.
std::string ExcerptOf(std::string_view text, const SourceRange& range);

// The line that `offset` stands in, and how many octets of it stand before.
struct SourceLine {
  std::string_view text;
  size_t before = 0;
};
SourceLine LineAt(std::string_view text, size_t offset);

// Returns the diagnostic as lines, the last one ended too.
std::string DiagnosticText(const Diagnostic& diagnostic, const Sources& sources, bool colours);

// Prints to standard error, with colours where that is a terminal.
void PrintDiagnostics(const std::vector<Diagnostic>& diagnostics, const Sources& sources);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_DIAGNOSTIC_TEXT_H_
