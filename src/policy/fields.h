// SPDX-License-Identifier: Apache-2.0
//
// Reads the values of a document as what they should be, and reports where they are not.
//
//   const ObjectFields rule(fields, value, "a rule", kRuleMembers);
//   if (const DocumentValue* id = rule.Find("id")) ReadId(*id);

#ifndef DOORWARD_POLICY_FIELDS_H_
#define DOORWARD_POLICY_FIELDS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "src/base/source.h"
#include "src/policy/document.h"

namespace doorward {

enum class ListSize : uint8_t { kAny, kNotEmpty };

// Entries that a section may have, far above what anyone writes: a short text can stand for many
// by aliases, and each entry takes memory.
inline constexpr size_t kMaxIssuers = 1'000;
inline constexpr size_t kMaxTokenPlaces = 16;
inline constexpr size_t kMaxHosts = 100'000;
inline constexpr size_t kMaxGrants = 100'000;  // of one role
inline constexpr size_t kMaxRoles = 1'000'000;
inline constexpr size_t kMaxRules = 1'000'000;

// A word that a member may hold, and what it means.
template <class Meaning>
struct Word {
  std::string_view name;
  Meaning meaning;
};

// Reads values of one document. What is wrong is reported, and then nothing is returned. `what`
// names a value in messages, as "the `id` of a rule".
class Fields {
 public:
  Fields(const Document& document, DiagnosticList& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  void Error(Span at, std::string_view code, std::string message, DiagnosticHelp help = {});
  void Warning(Span at, std::string_view code, std::string message, DiagnosticHelp help = {});
  // Reports a value that is of another kind than `expected` ("a list of role names").
  void WrongType(const DocumentValue& value, std::string_view what, std::string_view expected);

  // "did you mean ...?", as long as suggestions are read and have not cost too much.
  std::string Suggest(std::string_view name, const std::vector<std::string_view>& candidates);
  SourceRange Range(Span at) const { return diagnostics_.source().Range(at); }
  uint32_t Line(Span at) const { return diagnostics_.source().Line(at.offset); }
  // False once further ones of this severity are only counted: they need no words then.
  bool Keeps(Severity severity) const { return !diagnostics_.full(severity); }
  bool has_errors() const { return diagnostics_.has_errors(); }
  bool is_yaml() const { return document_.is_yaml(); }

  // Text that is not empty.
  std::optional<std::string_view> Text(const DocumentValue& value, std::string_view what);
  // Text that may be empty: a description.
  std::optional<std::string_view> AnyText(const DocumentValue& value, std::string_view what);
  // A name for people and lists: not empty, no control characters, no white space at its ends.
  std::optional<std::string_view> Name(const DocumentValue& value, std::string_view what);
  bool CheckName(const DocumentValue& value, std::string_view what);
  std::optional<bool> Bool(const DocumentValue& value, std::string_view what);
  // "90s", "10m", "12h", "1h30m": whole numbers, larger units first.
  std::optional<std::chrono::seconds> Duration(const DocumentValue& value, std::string_view what);

  template <class Meaning, size_t kSize>
  std::optional<Meaning> OneOf(const DocumentValue& value, std::string_view what,
                               const Word<Meaning> (&words)[kSize]) {
    const std::optional<std::string_view> text = Text(value, what);
    if (!text) return std::nullopt;
    std::vector<std::string_view> names;
    for (const Word<Meaning>& word : words) {
      if (word.name == *text) return word.meaning;
      names.push_back(word.name);
    }
    UnknownWord(value, what, names);
    return std::nullopt;
  }

  // The elements of a list; a single value stands for a list of itself. None where there are more
  // than `most`.
  std::vector<DocumentValue> List(const DocumentValue& value, std::string_view what,
                                  ListSize size = ListSize::kAny, size_t most = SIZE_MAX);
  void TooMany(Span at, std::string_view what, size_t most);
  // A list of texts that are not empty; those that are repeated are warned of.
  std::vector<std::string> Texts(const DocumentValue& value, std::string_view what, ListSize size);
  // Warns of texts that a list holds twice.
  void WarnRepeated(const std::vector<DocumentValue>& values);

 private:
  bool IsNews(Span at, std::string_view message);
  void UnknownWord(const DocumentValue& value, std::string_view what,
                   const std::vector<std::string_view>& names);

  const Document& document_;
  DiagnosticList& diagnostics_;
  // Offsets and hashes of messages that were reported, where aliases may lead to one place by
  // several ways.
  absl::flat_hash_set<std::pair<uint32_t, uint64_t>> reported_;
  size_t comparisons_ = 0;
};

// The members of one object. Unknown and empty ones are reported when it is made.
class ObjectFields {
 public:
  static constexpr size_t kMaxNames = 24;

  // `what`: "a rule". `names`: all that it may have, at most kMaxNames; must outlive this.
  ObjectFields(Fields& fields, const DocumentValue& object, std::string_view what,
               std::span<const std::string_view> names);

  bool is_object() const { return object_.kind() == DocumentValue::Kind::kObject; }
  const DocumentValue* Find(std::string_view name) const;
  // True where further members may have been meant: a merge key was reported.
  bool is_partial() const { return object_.is_partial(); }
  // Reports a member that is missing.
  const DocumentValue* Require(std::string_view name, std::string_view expected = "") const;
  // Of a member that was found: of its name, and from its name to the end of its value.
  Span NameSpan(std::string_view name) const;
  Span WholeSpan(std::string_view name) const;
  // Where a member is missing.
  Span start() const { return {object_.at().offset, 0}; }
  // True where a member of that name stands there, even with nothing after its colon.
  bool Has(std::string_view name) const;

 private:
  size_t Index(std::string_view name) const;
  void TakeMember(const DocumentValue::Member& member);

  Fields& fields_;
  DocumentValue object_;
  std::string_view what_;
  std::span<const std::string_view> names_;
  std::array<std::optional<DocumentValue::Member>, kMaxNames> found_;
};

// The truth value that a YAML scalar spells by YAML's core schema: `true`, `True`, `TRUE`.
std::optional<bool> SpelledBool(std::string_view text);

// "`a`, `b` or `c`".
std::string Enumerate(std::span<const std::string_view> names);

}  // namespace doorward

#endif  // DOORWARD_POLICY_FIELDS_H_
