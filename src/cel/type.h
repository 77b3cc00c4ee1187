// SPDX-License-Identifier: Apache-2.0
//
// The types that the checker gives to expressions before anything is evaluated. `dyn` is what is
// known only then; a type variable is what the rest of the expression will settle (the element type
// of `[]`).

#ifndef DOORWARD_CEL_TYPE_H_
#define DOORWARD_CEL_TYPE_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "src/cel/value.h"

namespace doorward::cel {

struct Type {
  enum class Form : uint8_t { kDyn, kKind, kVariable };
  Form form = Form::kDyn;
  Kind kind = Kind::kNull;              // kKind
  const Type* first = nullptr;          // a list's elements, a map's keys
  const Type* second = nullptr;         // a map's values
  mutable const Type* bound = nullptr;  // what a variable turned out to be
};

// Makes types, and matches them. Types live as long as their table.
class TypeTable {
 public:
  TypeTable();

  const Type* dyn() const { return &dyn_; }
  const Type* Of(Kind kind) const { return &simple_[static_cast<size_t>(kind)]; }
  const Type* List(const Type* element) { return Make(Kind::kList, element, nullptr); }
  const Type* Map(const Type* key, const Type* value) { return Make(Kind::kMap, key, value); }
  const Type* Variable() { return &types_.emplace_back(Type{.form = Type::Form::kVariable}); }

  // The type of a letter (overload.h; also C map(string, dyn), P map(string, string)). `a` and `b`
  // stand for A and B.
  const Type* OfLetter(char letter, const Type* a, const Type* b);

  // What a variable is bound to, or the type itself.
  static const Type* Resolve(const Type* type);
  static bool IsDyn(const Type* type) { return Resolve(type)->form == Type::Form::kDyn; }
  static bool Is(const Type* type, Kind kind) {
    const Type* const t = Resolve(type);
    return t->form == Type::Form::kKind && t->kind == kind;
  }

  // True where a value of type `actual` may stand for one of `expected`, perhaps to be found out
  // when it is evaluated. Binds variables; a failed attempt leaves none bound.
  bool Assign(const Type* expected, const Type* actual);

  // The type of either: `dyn` where they differ.
  const Type* Join(const Type* a, const Type* b);

  // Variables that were bound since `Mark` are free again.
  size_t Mark() const { return trail_.size(); }
  void Undo(size_t mark);

  // "map(string, dyn)". A variable that is still free is `dyn`.
  static std::string Name(const Type* type);

 private:
  const Type* Make(Kind kind, const Type* first, const Type* second) {
    return &types_.emplace_back(
        Type{.form = Type::Form::kKind, .kind = kind, .first = first, .second = second});
  }
  bool Match(const Type* expected, const Type* actual);
  bool Bind(const Type* variable, const Type* type);

  Type dyn_;
  Type simple_[kKindCount];
  std::deque<Type> types_;
  std::vector<std::pair<const Type*, const Type*>>
      trail_;  // variables and what they were bound to before
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_TYPE_H_
