// SPDX-License-Identifier: Apache-2.0

#include "src/policy/activation.h"

#include <algorithm>
#include <optional>

#include "src/base/ascii.h"
#include "src/base/take.h"
#include "src/base/utf8.h"
#include "src/policy/expression.h"
#include "src/policy/program.h"
#include "src/policy/token_place.h"

namespace doorward {
namespace {

using cel::Failure;
using cel::Kind;
using cel::Value;
using Variable = ExpressionVariable;

constexpr Value kNoBudget = Value::Fail(Failure::kBudget);

Value ClaimsValue(JsonView claims) {
  return claims.is_object() ? Value::Json(claims) : Value::Map(nullptr, 0);
}

}  // namespace

Value TextMap::Find(std::string_view key) const noexcept {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), key,
      [](const Entry& entry, std::string_view wanted) { return entry.key < wanted; });
  if (found == entries_.end() || found->key != key) return Value::Fail(Failure::kNoSuchKey);
  return found->is_ambiguous ? Value::Fail(Failure::kAmbiguousKey) : Value::String(found->value);
}

template <class Merge>
void TextMap::Finish(Merge merge) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.position < b.position;
  });
  size_t kept = 0;
  for (size_t first = 0, next = 0; first < entries_.size(); first = next) {
    for (next = first + 1; next < entries_.size() && entries_[next].key == entries_[first].key;) {
      ++next;
    }
    if (next - first > 1) merge(std::span(entries_).subspan(first, next - first));
    entries_[kept++] = entries_[first];
  }
  entries_.resize(kept);
}

Value ClaimsActivation::Get(size_t index) noexcept {
  switch (static_cast<Variable>(index)) {
    case Variable::kClaims:
      return ClaimsValue(claims_);
    case Variable::kIssuer:
      return Value::String(issuer_);
    default:
      return Value::Fail(Failure::kNotThere);
  }
}

void CallerActivation::SetCaller(const RoleTable& roles, const CallerData& caller) {
  roles_ = &roles;
  caller_ = &caller;
  held_known_ = false;
}

Value CallerActivation::Get(size_t index) noexcept {
  switch (static_cast<Variable>(index)) {
    case Variable::kClaims:
      return ClaimsValue(caller_->claims);
    case Variable::kSubject:
      return Value::String(caller_->holdings.subject);
    case Variable::kIssuer:
      return Value::String(caller_->issuer);
    case Variable::kRoles:
      return Roles();
    case Variable::kScopes:
      return Value::Strings(caller_->holdings.scopes.data(), caller_->holdings.scopes.size());
    default:
      return Value::Fail(Failure::kNotThere);
  }
}

Value CallerActivation::Roles() {
  if (!held_known_) {
    held_.clear();
    const size_t end = roles_->size() + kFirstRoleBit;
    for (uint32_t bit = kFirstRoleBit; bit < end; ++bit) {
      if (caller_->holdings.held.Contains(bit)) held_.push_back(roles_->name(bit));
    }
    held_known_ = true;
  }
  return Value::Strings(held_.data(), held_.size());
}

void RequestActivation::Begin(const PolicyProgram& program, const Request& request,
                              const CanonicalRequest& canonical, Timestamp now,
                              cel::Machine& machine) {
  program_ = &program;
  request_ = &request;
  canonical_ = &canonical;
  now_ = now;
  machine_ = &machine;
  captures_ = {};
  params_known_ = query_known_ = headers_known_ = false;
  SetCaller(program.roles, program.anonymous);
  machine.Begin(*this);
}

void RequestActivation::SetCaptures(std::span<const Capture> captures) {
  captures_ = captures;
  params_known_ = false;
}

Value RequestActivation::Get(size_t index) noexcept {
  switch (static_cast<Variable>(index)) {
    case Variable::kParams:
      return Params();
    case Variable::kMethod:
      return Value::String(canonical_->method);
    case Variable::kHost:
      return Value::String(canonical_->host);
    case Variable::kPath:
      return Value::String(canonical_->path);
    case Variable::kQuery:
      return Query();
    case Variable::kHeaders:
      return Headers();
    case Variable::kTime:
      return cel::MakeTimestamp(now_.unix_seconds(), now_.nanos());
    case Variable::kSourceIp:
      return SourceIp();
    default:
      return CallerActivation::Get(index);
  }
}

char* RequestActivation::Room(size_t size, TextMap& map) {
  char* const room = machine_->arena().Allocate(size);
  if (room == nullptr) map.SetIncomplete();
  return room;
}

bool RequestActivation::PayFor(const TextMap& map, size_t octets) {
  return machine_->Charge(octets / cel::kOctetsPerStepOneByOne + map.StepsToFinish());
}

// A segment's octets; of a tail the canonical segments, joined.
std::string_view RequestActivation::ValueOf(const Capture& capture) {
  const SegmentTexts& decoded = canonical_->decoded;
  if (capture.takes == Capture::Takes::kFromFront) return decoded[capture.before];
  if (capture.takes == Capture::Takes::kFromBack) {
    return decoded[decoded.size() - 1 - capture.after];
  }
  const SegmentTexts& all = canonical_->encoded;
  const size_t begin = capture.before, end = all.size() - capture.after;
  if (begin == end) return {};
  size_t size = end - begin - 1;
  for (size_t i = begin; i < end; ++i) size += all[i].size();
  // Where the segments stand in the canonical path one behind the other, that is the text.
  const std::string_view path = canonical_->path;
  const char* const first = all[begin].data();
  const char* const last = all[end - 1].data() + all[end - 1].size();
  const bool in_path = first >= path.data() && last <= path.data() + path.size();
  if (in_path && first + size == last) return {first, size};
  char* const out = Room(size, params_);
  if (out == nullptr) return {};
  char* at = out;
  for (size_t i = begin; i < end; ++i) {
    if (i > begin) *at++ = '/';
    at = std::copy(all[i].begin(), all[i].end(), at);
  }
  return {out, size};
}

Value RequestActivation::Params() {
  if (!params_known_) {
    params_.Clear();
    for (const Capture& capture : captures_) params_.Add(capture.name, ValueOf(capture), false);
    if (!PayFor(params_, 0)) return kNoBudget;
    params_.Finish([](std::span<TextMap::Entry>) {});
    params_known_ = true;
  }
  return params_.AsValue();
}

// Form-decodes (URL Standard, application/x-www-form-urlencoded). What is malformed stays as it is.
std::string_view RequestActivation::Decode(std::string_view text, bool& is_malformed) {
  if (text.find_first_of("%+") == text.npos) {
    is_malformed = is_malformed || !IsUtf8(text);
    return text;
  }
  char* const out = Room(text.size(), query_);
  if (out == nullptr) return text;
  char* at = out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? HexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        is_malformed = true;
        return text;
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    *at++ = c;
  }
  const std::string_view decoded(out, static_cast<size_t>(at - out));
  is_malformed = is_malformed || !IsUtf8(decoded);
  return decoded;
}

Value RequestActivation::Query() {
  if (!query_known_) {
    query_.Clear();
    for (std::string_view rest = canonical_->query; !rest.empty();) {
      std::string_view value = TakeUpTo('&', rest);
      if (value.empty()) continue;
      bool is_malformed = false;
      const std::string_view key = Decode(TakeUpTo('=', value), is_malformed);
      value = Decode(value, is_malformed);
      query_.Add(key, value, is_malformed);
    }
    if (!PayFor(query_, canonical_->query.size())) return kNoBudget;
    query_.Finish([](std::span<TextMap::Entry> pairs) { pairs[0].is_ambiguous = true; });
    query_known_ = true;
  }
  return query_.AsValue();
}

void RequestActivation::ReadHeader(const Header& header) {
  if (program_->header_filter.Removes(header.name, folded_name_)) return;
  std::string_view value = header.value;
  if (EqualIgnoringCase(header.name, "cookie")) {
    const size_t begin = cookies_.size();
    AppendOtherCookies(program_->token_from, header.value, cookies_);
    value = std::string_view(cookies_).substr(begin);
    if (value.empty()) return;
  } else if (IsTokenField(program_->token_from, header.name)) {
    return;
  }
  char* const name = Room(header.name.size(), headers_);
  if (name == nullptr) return;
  std::transform(header.name.begin(), header.name.end(), name, &AsciiLower);
  headers_.Add({name, header.name.size()}, value, !IsUtf8(value));
}

// RFC 9110 section 5.3: the values in their order, with commas between them.
void RequestActivation::JoinHeaders(std::span<TextMap::Entry> fields) {
  constexpr std::string_view kComma = ", ";
  size_t size = kComma.size() * (fields.size() - 1);
  for (const TextMap::Entry& field : fields) size += field.value.size();
  char* const out = Room(size, headers_);
  if (out == nullptr) return;
  char* at = out;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) at = std::copy(kComma.begin(), kComma.end(), at);
    at = std::copy(fields[i].value.begin(), fields[i].value.end(), at);
    fields[0].is_ambiguous = fields[0].is_ambiguous || fields[i].is_ambiguous;
  }
  fields[0].value = {out, static_cast<size_t>(at - out)};
}

Value RequestActivation::Headers() {
  if (!headers_known_) {
    headers_.Clear();
    size_t size = 0;
    for (const Header& header : request_->headers) {
      size += header.name.size() + header.value.size();
    }
    // Views into it must last while it grows: each pair may gain a space.
    cookies_.clear();
    cookies_.reserve(2 * size);
    for (const Header& header : request_->headers) ReadHeader(header);
    if (!PayFor(headers_, size)) return kNoBudget;
    headers_.Finish([&](std::span<TextMap::Entry> fields) { JoinHeaders(fields); });
    headers_known_ = true;
  }
  return headers_.AsValue();
}

Value RequestActivation::SourceIp() {
  if (!canonical_->source) return Value::Fail(Failure::kNotThere);
  source_ = {canonical_->source->octets,
             static_cast<uint8_t>(canonical_->source->size == 4 ? 4 : 6)};
  return Value::OfAddress(Kind::kIp, &source_);
}

}  // namespace doorward
