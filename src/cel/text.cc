// SPDX-License-Identifier: Apache-2.0
//
// Functions on strings: the standard ones and those of the strings extension. Positions and lengths
// count code points.

#include <algorithm>
#include <cstring>
#include <memory>

#include <re2/re2.h>

#include "src/base/ascii.h"
#include "src/base/utf8.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kOutOfRange = Value::Fail(Failure::kIndex);
constexpr Value kNoMemory = Value::Fail(Failure::kMemory);
constexpr Value kNoBudget = Value::Fail(Failure::kBudget);

// A pattern that comes with the request must be small, and is paid for: as a whole, and by octet.
constexpr int64_t kPatternMemory = 64 * 1024;
constexpr size_t kStepsPerPattern = 1000;
constexpr size_t kStepsPerPatternOctet = 50;

// Octets of the first character; one that is no UTF-8 counts as one.
size_t FirstLength(std::string_view text) {
  return std::max<size_t>(DecodeUtf8(text).length, text.empty() ? 0 : 1);
}

// Where the character number `index` begins; npos where the text is shorter. The end counts.
size_t OffsetOf(std::string_view text, int64_t index) {
  if (index < 0) return npos;
  size_t offset = 0;
  for (; index > 0; --index) {
    if (offset == text.size()) return npos;
    offset += FirstLength(text.substr(offset));
  }
  return offset;
}

int64_t Length(std::string_view text) { return static_cast<int64_t>(CountCodePoints(text)); }

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

Value MapOctets(std::string_view text, Machine& machine, char (*to)(char)) {
  char* const out = machine.arena().Allocate(text.size());
  if (out == nullptr) return kNoMemory;
  std::transform(text.begin(), text.end(), out, to);
  return Value::String({out, text.size()});
}

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }
char Lower(char c) { return AsciiLower(c); }

Value Reverse(std::string_view text, Machine& machine) {
  char* const out = machine.arena().Allocate(text.size());
  if (out == nullptr) return kNoMemory;
  size_t at = text.size();
  for (size_t i = 0; i < text.size();) {
    const size_t length = FirstLength(text.substr(i));
    at -= length;
    std::memcpy(out + at, text.data() + i, length);
    i += length;
  }
  return Value::String({out, text.size()});
}

Value CharAt(std::string_view text, int64_t index) {
  const size_t offset = OffsetOf(text, index);
  if (offset == npos) return kOutOfRange;
  return Value::String(text.substr(offset, FirstLength(text.substr(offset))));
}

Value IndexOf(std::string_view text, std::string_view part, int64_t from) {
  const size_t begin = OffsetOf(text, from);
  if (begin == npos) return kOutOfRange;
  const size_t found = text.find(part, begin);
  return Value::Int(found == npos ? -1 : Length(text.substr(0, found)));
}

// The last place at or before the character number `from`.
Value LastIndexOf(std::string_view text, std::string_view part, int64_t from) {
  const size_t begin = OffsetOf(text, from);
  if (begin == npos) return kOutOfRange;
  const size_t found = text.rfind(part, begin);
  return Value::Int(found == npos ? -1 : Length(text.substr(0, found)));
}

Value Substring(std::string_view text, int64_t from, int64_t to) {
  const size_t begin = OffsetOf(text, from);
  const size_t end = OffsetOf(text, to);
  if (begin == npos || end == npos || begin > end) return kOutOfRange;
  return Value::String(text.substr(begin, end - begin));
}

// Walks the pieces that `separator` divides a text into, at most `limit` of them; an empty
// separator divides it into its characters.
template <class Visit>
void ForEachPiece(std::string_view text, std::string_view separator, int64_t limit, Visit visit) {
  if (limit == 0) return;
  for (; limit != 1; limit -= limit > 0 ? 1 : 0) {
    size_t end = text.find(separator);
    if (separator.empty()) {
      end = FirstLength(text);
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
  ForEachPiece(text, separator, limit, [&](std::string_view) { ++count; });
  if (!machine.Charge(count)) return kNoBudget;
  auto* const pieces = machine.arena().AllocateArray<Value>(count);
  if (pieces == nullptr) return kNoMemory;
  Value* at = pieces;
  ForEachPiece(text, separator, limit,
               [&](std::string_view piece) { *at++ = Value::String(piece); });
  return Value::List(pieces, count);
}

// Walks a text with `limit` occurrences of `from` replaced (below 0: all): an empty `from` stands
// before each character and at the end.
template <class Visit>
void ForEachReplaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t limit, Visit visit) {
  for (; limit != 0; limit -= limit > 0 ? 1 : 0) {
    const size_t found = text.find(from);
    if (found == npos) break;
    visit(text.substr(0, found));
    visit(to);
    text.remove_prefix(found + from.size());
    if (from.empty()) {
      if (text.empty()) return;
      const size_t length = FirstLength(text);
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
  ForEachReplaced(text, from, to, limit, [&](std::string_view piece) {
    size += piece.size();
    ++pieces;
  });
  if (!machine.Charge(pieces + size / kOctetsPerStep)) return kNoBudget;
  char* const out = machine.arena().Allocate(size);
  if (out == nullptr) return kNoMemory;
  char* at = out;
  ForEachReplaced(text, from, to, limit,
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
    const size_t length = FirstLength(text);
    at += QuoteCharacter(text.substr(0, length), at);
    text.remove_prefix(length);
  }
  *at++ = '"';
  return Value::String({out, static_cast<size_t>(at - out)});
}

// Where RE2's automaton runs out of its memory, it looks at each instruction for each octet.
Value Search(std::string_view text, const re2::RE2& pattern, Machine& machine) {
  const auto instructions = static_cast<size_t>(std::max(pattern.ProgramSize(), 0));
  if (!machine.Charge((1 + text.size() / 16) * (1 + instructions / 8))) return kNoBudget;
  return Value::Bool(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern));
}

Value Matches(const Call& call) {
  const std::string_view text = call[0].view();
  if (call.constant > 0) {
    return Search(text, *call.program.patterns[call.constant - 1], call.machine);
  }
  const std::string_view pattern = call[1].view();
  if (!call.machine.Charge(kStepsPerPattern + pattern.size() * kStepsPerPatternOctet)) {
    return kNoBudget;
  }
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kPatternMemory);
  const re2::RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled.ok()) return Value::Fail(Failure::kBadPattern);
  return Search(text, compiled, call.machine);
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
      return Fits(call, "s") ? Value::Bool(text.find(other(1)) != npos) : kNoOverload;
    case Op::kStartsWith:
      return Fits(call, "s") ? Value::Bool(text.starts_with(other(1))) : kNoOverload;
    case Op::kEndsWith:
      return Fits(call, "s") ? Value::Bool(text.ends_with(other(1))) : kNoOverload;
    case Op::kMatches:
      return Fits(call, "s") ? Matches(call) : kNoOverload;
    case Op::kCharAt:
      return Fits(call, "i") ? CharAt(text, call[1].integer) : kNoOverload;
    case Op::kIndexOf:
      return Fits(call, "si") ? IndexOf(text, other(1), IntOr(call, 2, 0)) : kNoOverload;
    case Op::kLastIndexOf:
      return Fits(call, "si") ? LastIndexOf(text, other(1), IntOr(call, 2, Length(text)))
                              : kNoOverload;
    case Op::kSubstring:
      return Fits(call, "ii") ? Substring(text, call[1].integer, IntOr(call, 2, Length(text)))
                              : kNoOverload;
    case Op::kLowerAscii:
      return MapOctets(text, call.machine, &Lower);
    case Op::kUpperAscii:
      return MapOctets(text, call.machine, &Upper);
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

Value ApplyText(const Call& call) noexcept {
  if (call.op == Op::kJoin) {
    if (!call.Has(0, Kind::kList) || !Fits(call, "s")) return kNoOverload;
    return Join(call[0], call.size() > 1 ? call[1].view() : "", call.machine);
  }
  if (!call.Has(0, Kind::kString)) return kNoOverload;
  // A search may compare each place of the text with all of what it looks for.
  const size_t part = call.Has(1, Kind::kString) ? call[1].size : 0;
  if (!call.machine.Charge((call[0].size / kOctetsPerStep) * (1 + part / 64))) return kNoBudget;
  return ApplyToString(call);
}

}  // namespace doorward::cel
