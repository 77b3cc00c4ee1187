// SPDX-License-Identifier: Apache-2.0
//
// Functions on strings: the standard ones and those of the strings extension. Positions and lengths
// count code points.

#include <algorithm>
#include <cstring>

#include "src/base/ascii.h"
#include "src/base/utf8.h"
#include "src/cel/characters.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kOutOfRange = Value::Fail(Failure::kIndex);
constexpr Value kNoMemory = Value::Fail(Failure::kMemory);
constexpr Value kNoBudget = Value::Fail(Failure::kBudget);

int64_t Length(std::string_view text) { return static_cast<int64_t>(CountCharacters(text)); }

bool IsSpace(uint32_t c) {  // Unicode's White_Space
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::string_view TrimLeft(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = DecodeUtf8(text);
    if (c.length == 0 || !IsSpace(c.value)) break;
    text.remove_prefix(c.length);
  }
  return text;
}

std::string_view TrimRight(std::string_view text) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & '\xC0') == '\x80') --begin;
    const CodePoint c = DecodeUtf8(text.substr(begin));
    if (c.length == 0 || !IsSpace(c.value)) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

template <class To>
Value MapOctets(std::string_view text, Machine& machine, To to) {
  char* const out = machine.arena().Allocate(text.size());
  if (out == nullptr) return kNoMemory;
  std::transform(text.begin(), text.end(), out, to);
  return Value::String({out, text.size()});
}

Value Reverse(std::string_view text, Machine& machine) {
  char* const out = machine.arena().Allocate(text.size());
  if (out == nullptr) return kNoMemory;
  size_t at = text.size();
  for (size_t i = 0; i < text.size();) {
    const size_t length = FirstCharacterSize(text.substr(i));
    at -= length;
    std::memcpy(out + at, text.data() + i, length);
    i += length;
  }
  return Value::String({out, text.size()});
}

Value CharAt(std::string_view text, int64_t index) {
  const size_t offset = OffsetOfCharacter(text, index);
  if (offset == npos) return kOutOfRange;
  return Value::String(text.substr(offset, FirstCharacterSize(text.substr(offset))));
}

Value IndexOf(std::string_view text, std::string_view part, int64_t from, Machine& machine) {
  const size_t begin = OffsetOfCharacter(text, from);
  if (begin == npos) return kOutOfRange;
  const size_t found = Finder(part, machine).First(text.substr(begin));
  return Value::Int(found == npos ? -1 : Length(text.substr(0, begin + found)));
}

// The last place at or before the character number `from`.
Value LastIndexOf(std::string_view text, std::string_view part, int64_t from, Machine& machine) {
  const size_t begin = OffsetOfCharacter(text, from);
  if (begin == npos) return kOutOfRange;
  const size_t found = Finder(part, machine).Last(text, begin);
  return Value::Int(found == npos ? -1 : Length(text.substr(0, found)));
}

Value Substring(std::string_view text, int64_t from, int64_t to) {
  const size_t begin = OffsetOfCharacter(text, from);
  const size_t end = OffsetOfCharacter(text, to);
  if (begin == npos || end == npos || begin > end) return kOutOfRange;
  return Value::String(text.substr(begin, end - begin));
}

// What is walked twice: first to be measured, then, paid for, to be written.
constexpr size_t kPayForBoth = 2, kPaid = 0;

// Walks the pieces that `separator`, which `finder` finds, divides a text into, at most `limit` of
// them; an empty separator divides it into its characters.
template <class Visit>
void ForEachPiece(std::string_view text, std::string_view separator, int64_t limit, Finder finder,
                  Visit visit) {
  if (limit == 0) return;
  for (; limit != 1; limit -= limit > 0 ? 1 : 0) {
    size_t end = finder.First(text);
    if (separator.empty()) {
      end = FirstCharacterSize(text);
      if (text.empty()) return;
      if (end == text.size()) break;
    }
    if (end == npos) break;
    visit(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  visit(text);
}

Value Split(std::string_view text, std::string_view separator, int64_t limit, Machine& machine) {
  size_t count = 0;
  ForEachPiece(text, separator, limit, Finder(separator, machine, kPayForBoth),
               [&](std::string_view) { ++count; });
  if (!machine.Charge(count)) return kNoBudget;
  auto* const pieces = machine.arena().AllocateArray<Value>(count);
  if (pieces == nullptr) return kNoMemory;
  Value* at = pieces;
  ForEachPiece(text, separator, limit, Finder(separator, machine, kPaid),
               [&](std::string_view piece) { *at++ = Value::String(piece); });
  return Value::List(pieces, count);
}

// Walks a text with `limit` occurrences of `from`, which `finder` finds, replaced (below 0: all):
// an empty `from` stands before each character and at the end.
template <class Visit>
void ForEachReplaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t limit, Finder finder, Visit visit) {
  for (; limit != 0; limit -= limit > 0 ? 1 : 0) {
    const size_t found = finder.First(text);
    if (found == npos) break;
    visit(text.substr(0, found));
    visit(to);
    text.remove_prefix(found + from.size());
    if (from.empty()) {
      if (text.empty()) return;
      const size_t length = FirstCharacterSize(text);
      visit(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  visit(text);
}

Value Replace(std::string_view text, std::string_view from, std::string_view to, int64_t limit,
              Machine& machine) {
  size_t size = 0;
  size_t pieces = 0;
  ForEachReplaced(text, from, to, limit, Finder(from, machine, kPayForBoth),
                  [&](std::string_view piece) {
                    size += piece.size();
                    ++pieces;
                  });
  if (!machine.Charge(pieces + size / kOctetsPerStep)) return kNoBudget;
  char* const out = machine.arena().Allocate(size);
  if (out == nullptr) return kNoMemory;
  char* at = out;
  ForEachReplaced(text, from, to, limit, Finder(from, machine, kPaid),
                  [&](std::string_view piece) { at = std::copy(piece.begin(), piece.end(), at); });
  return Value::String({out, size});
}

Value Join(const Value& list, std::string_view separator, Machine& machine) {
  size_t size = 0;
  for (Cursor c(list); !c.done(); c.Advance()) {
    const Value element = c.element();
    if (element.kind != Kind::kString) return kNoOverload;
    size += element.size + (c.index() > 0 ? separator.size() : 0);
  }
  if (!machine.Charge(SizeOf(list) + size / kOctetsPerStep)) return kNoBudget;
  char* const out = machine.arena().Allocate(size);
  if (out == nullptr) return kNoMemory;
  char* at = out;
  for (Cursor c(list); !c.done(); c.Advance()) {
    if (c.index() > 0) at = std::copy(separator.begin(), separator.end(), at);
    const std::string_view piece = c.element().view();
    at = std::copy(piece.begin(), piece.end(), at);
  }
  return Value::String({out, size});
}

// Writes one character of a quoted text to `out`, which has room for 4 octets; returns how many.
size_t QuoteCharacter(std::string_view character, char* out) {
  constexpr std::string_view kFrom = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kTo = "abfnrtv\\\"";
  const size_t found = kFrom.find(character.front());
  if (character.size() == 1 && found != npos) {
    out[0] = '\\';
    out[1] = kTo[found];
    return 2;
  }
  if (DecodeUtf8(character).length == 0) character = "\xEF\xBF\xBD";  // U+FFFD
  std::copy(character.begin(), character.end(), out);
  return character.size();
}

Value Quote(std::string_view text, Machine& machine) {
  // Each octet becomes at most three (one that is no UTF-8).
  char* const out = machine.arena().Allocate(3 * text.size() + 2 + 4);
  if (out == nullptr) return kNoMemory;
  char* at = out;
  *at++ = '"';
  while (!text.empty()) {
    const size_t length = FirstCharacterSize(text);
    at += QuoteCharacter(text.substr(0, length), at);
    text.remove_prefix(length);
  }
  *at++ = '"';
  return Value::String({out, static_cast<size_t>(at - out)});
}

int64_t IntOr(const Call& call, size_t i, int64_t otherwise) {
  return i < call.size() ? call[i].integer : otherwise;
}

// True where the arguments from the second are of the kinds that `letters` names.
bool Fits(const Call& call, std::string_view letters) {
  if (call.size() > letters.size() + 1) return false;
  for (size_t i = 1; i < call.size(); ++i) {
    if (call[i].kind != (letters[i - 1] == 's' ? Kind::kString : Kind::kInt)) return false;
  }
  return true;
}

// The functions whose first argument is a string.
Value ApplyToString(const Call& call) {
  const std::string_view text = call[0].view();
  const auto other = [&](size_t i) { return call[i].view(); };
  switch (call.op) {
    case Op::kContains:
      return Fits(call, "s") ? Value::Bool(Finder(other(1), call.machine).First(text) != npos)
                             : kNoOverload;
    case Op::kStartsWith:
      return Fits(call, "s") ? Value::Bool(text.starts_with(other(1))) : kNoOverload;
    case Op::kEndsWith:
      return Fits(call, "s") ? Value::Bool(text.ends_with(other(1))) : kNoOverload;
    case Op::kMatches:
      return Fits(call, "s") ? Matches(call) : kNoOverload;
    case Op::kCharAt:
      return Fits(call, "i") ? CharAt(text, call[1].integer) : kNoOverload;
    case Op::kIndexOf:
      return Fits(call, "si") ? IndexOf(text, other(1), IntOr(call, 2, 0), call.machine)
                              : kNoOverload;
    case Op::kLastIndexOf:
      return Fits(call, "si")
                 ? LastIndexOf(text, other(1), IntOr(call, 2, Length(text)), call.machine)
                 : kNoOverload;
    case Op::kSubstring:
      return Fits(call, "ii") ? Substring(text, call[1].integer, IntOr(call, 2, Length(text)))
                              : kNoOverload;
    case Op::kLowerAscii:
      return MapOctets(text, call.machine, [](char c) { return AsciiLower(c); });
    case Op::kUpperAscii:
      return MapOctets(text, call.machine, [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
      });
    case Op::kTrim:
      return Value::String(TrimRight(TrimLeft(text)));
    case Op::kReverse:
      return Reverse(text, call.machine);
    case Op::kQuote:
      return Quote(text, call.machine);
    case Op::kSplit:
      return Fits(call, "si") ? Split(text, other(1), IntOr(call, 2, -1), call.machine)
                              : kNoOverload;
    case Op::kReplace:
      return Fits(call, "ssi") ? Replace(text, other(1), other(2), IntOr(call, 3, -1), call.machine)
                               : kNoOverload;
    case Op::kFormat:
      return Format(call);
    default:
      return kNoOverload;
  }
}

}  // namespace

Value NewString(std::string_view text, Machine& machine) noexcept {
  char* const out = machine.arena().Allocate(text.size());
  if (out == nullptr) return kNoMemory;
  std::copy(text.begin(), text.end(), out);
  return Value::String({out, text.size()});
}

// What looks at each character takes more, and so does what counts them several times.
size_t OctetsPerStepOf(Op op) {
  switch (op) {
    case Op::kReverse:
    case Op::kTrim:
      return kOctetsPerStepOneByOne;
    case Op::kQuote:
      return kOctetsPerStepOneByOne / 2;
    case Op::kSubstring:
    case Op::kIndexOf:
    case Op::kLastIndexOf:
      return kOctetsPerStep / 3;
    default:
      return kOctetsPerStep;
  }
}

Value ApplyText(const Call& call) noexcept {
  if (call.op == Op::kJoin) {
    if (!call.Has(0, Kind::kList) || !Fits(call, "s")) return kNoOverload;
    return Join(call[0], call.size() > 1 ? call[1].view() : "", call.machine);
  }
  if (!call.Has(0, Kind::kString)) return kNoOverload;
  if (!call.machine.Charge(call[0].size / OctetsPerStepOf(call.op))) return kNoBudget;
  const Value value = ApplyToString(call);
  return call.machine.Charge(0) ? value : kNoBudget;
}

}  // namespace doorward::cel
