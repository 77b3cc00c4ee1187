// SPDX-License-Identifier: Apache-2.0

#include "src/cel/type.h"

namespace doorward::cel {
namespace {

using Form = Type::Form;

bool Occurs(const Type* variable, const Type* type) {
  type = TypeTable::Resolve(type);
  if (type == variable) return true;
  return (type->first != nullptr && Occurs(variable, type->first)) ||
         (type->second != nullptr && Occurs(variable, type->second));
}

}  // namespace

TypeTable::TypeTable() {
  for (size_t i = 0; i < kKindCount; ++i) {
    simple_[i] = Type{.form = Form::kKind, .kind = static_cast<Kind>(i)};
  }
  simple_[static_cast<size_t>(Kind::kList)].first = &dyn_;
  simple_[static_cast<size_t>(Kind::kMap)].first = &dyn_;
  simple_[static_cast<size_t>(Kind::kMap)].second = &dyn_;
}

const Type* TypeTable::OfLetter(char letter, const Type* a, const Type* b) {
  switch (letter) {
    case 'b':
      return Of(Kind::kBool);
    case 'i':
      return Of(Kind::kInt);
    case 'u':
      return Of(Kind::kUint);
    case 'f':
      return Of(Kind::kDouble);
    case 's':
      return Of(Kind::kString);
    case 'y':
      return Of(Kind::kBytes);
    case 't':
      return Of(Kind::kTimestamp);
    case 'r':
      return Of(Kind::kDuration);
    case 'p':
      return Of(Kind::kIp);
    case 'c':
      return Of(Kind::kCidr);
    case 'T':
      return Of(Kind::kType);
    case 'A':
      return a;
    case 'B':
      return b;
    case 'L':
      return List(a);
    case 'M':
      return Map(a, b);
    case 'S':
      return List(Of(Kind::kString));
    case 'D':
      return Of(Kind::kList);
    case 'C':
      return Map(Of(Kind::kString), dyn());
    case 'P':
      return Map(Of(Kind::kString), Of(Kind::kString));
    default:
      return dyn();
  }
}

const Type* TypeTable::Resolve(const Type* type) {
  while (type->form == Form::kVariable && type->bound != nullptr) type = type->bound;
  return type;
}

bool TypeTable::Bind(const Type* variable, const Type* type) {
  if (variable == type) return true;
  if (Occurs(variable, type)) return false;
  trail_.emplace_back(variable, variable->bound);
  variable->bound = type;
  return true;
}

void TypeTable::Undo(size_t mark) {
  for (; trail_.size() > mark; trail_.pop_back()) trail_.back().first->bound = trail_.back().second;
}

bool TypeTable::Assign(const Type* expected, const Type* actual) {
  const size_t mark = Mark();
  if (Match(expected, actual)) return true;
  Undo(mark);
  return false;
}

bool TypeTable::Match(const Type* expected, const Type* actual) {
  const Type* const e = Resolve(expected);
  const Type* const a = Resolve(actual);
  if (e == a) return true;
  if (a->form == Form::kDyn && expected->form == Form::kVariable && e->form != Form::kVariable) {
    // What was settled by another argument is open again: dyn stands for both.
    return Bind(expected, a);
  }
  if (e->form == Form::kVariable) return Bind(e, a);
  if (a->form == Form::kVariable) return Bind(a, e);
  if (e->form == Form::kDyn || a->form == Form::kDyn) return true;
  if (e->kind != a->kind) return false;
  return (e->first == nullptr || Match(e->first, a->first)) &&
         (e->second == nullptr || Match(e->second, a->second));
}

const Type* TypeTable::Join(const Type* a, const Type* b) {
  if (IsDyn(a) || IsDyn(b)) return dyn();
  return Assign(a, b) ? a : dyn();
}

std::string TypeTable::Name(const Type* type) {
  type = Resolve(type);
  if (type->form != Form::kKind) return "dyn";
  if (type->kind == Kind::kList) return "list(" + Name(type->first) + ")";
  if (type->kind == Kind::kMap) return "map(" + Name(type->first) + ", " + Name(type->second) + ")";
  return std::string(KindName(type->kind));
}

}  // namespace doorward::cel
