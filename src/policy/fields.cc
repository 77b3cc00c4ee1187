// SPDX-License-Identifier: Apache-2.0

#include "src/policy/fields.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace doorward {
namespace {

using Kind = DocumentNode::Kind;

// Comparisons of names for all suggestions of a text: about a quarter of a second.
constexpr size_t kMaxComparisons = 1'000'000;

std::string_view Describe(Kind kind) {
  switch (kind) {
    case Kind::kString:
      return "text";
    case Kind::kNumber:
      return "a number";
    case Kind::kBool:
      return "a truth value";
    case Kind::kList:
      return "a list";
    case Kind::kObject:
      return "an object";
    default:
      return "nothing";
  }
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// A number of at most nine digits and the unit after it, taken off `text`.
std::optional<std::pair<int64_t, char>> TakeAmount(std::string_view& text) {
  const size_t unit = std::min(text.find_first_not_of("0123456789"), text.size());
  if (unit == 0 || unit > 9 || unit == text.size()) return std::nullopt;
  int64_t number = 0;
  for (const char c : text.substr(0, unit)) number = number * 10 + (c - '0');
  const std::pair amount(number, text[unit]);
  text.remove_prefix(unit + 1);
  return amount;
}

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  constexpr std::pair<char, int64_t> kUnits[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
  int64_t total = 0;
  const auto* unit = std::begin(kUnits);
  do {
    const auto amount = TakeAmount(text);
    if (!amount) return std::nullopt;
    unit = std::find_if(unit, std::end(kUnits),
                        [&](const auto& u) { return u.first == amount->second; });
    if (unit == std::end(kUnits)) return std::nullopt;
    total += amount->first * unit->second;
    ++unit;
  } while (!text.empty());
  return std::chrono::seconds(total);
}

}  // namespace

std::optional<bool> SpelledBool(std::string_view text) {
  for (const std::string_view name : {"true", "True", "TRUE"}) {
    if (text == name) return true;
  }
  for (const std::string_view name : {"false", "False", "FALSE"}) {
    if (text == name) return false;
  }
  return std::nullopt;
}

std::string Enumerate(std::span<const std::string_view> names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += Quote(names[i]);
  }
  return out;
}

// False for what was reported of the same place already.
bool Fields::IsNews(Span at, std::string_view message) {
  if (!document_.has_aliases()) return true;
  return reported_.insert({at.offset, std::hash<std::string_view>()(message)}).second;
}

void Fields::Error(Span at, std::string_view code, std::string message, DiagnosticHelp help) {
  if (IsNews(at, message)) diagnostics_.Error(at, code, std::move(message), std::move(help));
}

void Fields::Warning(Span at, std::string_view code, std::string message, DiagnosticHelp help) {
  if (IsNews(at, message)) diagnostics_.Warning(at, code, std::move(message), std::move(help));
}

void Fields::WrongType(const DocumentValue& value, std::string_view what,
                       std::string_view expected) {
  if (value.is_null()) {
    Error(value.at(), "empty_value", std::string(what) + " has no value",
          {std::string(expected), ""});
    return;
  }
  const bool needs_quotes = expected == "text" && !value.text().empty();
  Error(value.at(), "wrong_type",
        std::string(what) + " must be " + std::string(expected) + ", not " +
            std::string(Describe(value.kind())),
        {std::string(expected), needs_quotes ? "put it in quotes" : ""});
}

std::string Fields::Suggest(std::string_view name,
                            const std::vector<std::string_view>& candidates) {
  if (!Keeps(Severity::kError)) return "";
  comparisons_ += candidates.size();
  return comparisons_ > kMaxComparisons ? "" : DidYouMean(name, candidates);
}

std::optional<std::string_view> Fields::AnyText(const DocumentValue& value, std::string_view what) {
  if (value.is_string()) return value.text();
  WrongType(value, what, "text");
  return std::nullopt;
}

std::optional<std::string_view> Fields::Text(const DocumentValue& value, std::string_view what) {
  const std::optional<std::string_view> text = AnyText(value, what);
  if (!text || !text->empty()) return text;
  Error(value.at(), "empty_value", std::string(what) + " is empty");
  return std::nullopt;
}

std::optional<std::string_view> Fields::Name(const DocumentValue& value, std::string_view what) {
  const std::optional<std::string_view> text = Text(value, what);
  return text && CheckName(value, what) ? text : std::nullopt;
}

bool Fields::CheckName(const DocumentValue& value, std::string_view what) {
  const std::string_view text = value.text();
  if (text.empty()) {
    Error(value.at(), "bad_name", std::string(what) + " is empty");
  } else if (std::any_of(text.begin(), text.end(), IsControl)) {
    Error(value.at(), "bad_name", std::string(what) + " holds a control character");
  } else if (text.front() == ' ' || text.back() == ' ') {
    Error(value.at(), "bad_name", std::string(what) + " begins or ends with a space");
  } else {
    return true;
  }
  return false;
}

std::optional<bool> Fields::Bool(const DocumentValue& value, std::string_view what) {
  const std::string_view text = value.text();
  const bool is_scalar = is_yaml() ? value.is_string() : value.kind() == Kind::kBool;
  if (is_scalar) {
    if (const std::optional<bool> spelled = SpelledBool(text)) return spelled;
  }
  Error(value.at(), value.is_null() ? "empty_value" : "wrong_type",
        std::string(what) + (value.is_null() ? " has no value" : " must be `true` or `false`"),
        {"`true` or `false`", ""});
  return std::nullopt;
}

std::optional<std::chrono::seconds> Fields::Duration(const DocumentValue& value,
                                                     std::string_view what) {
  const std::string_view text = value.text();
  if (value.is_string()) {
    if (const std::optional<std::chrono::seconds> duration = ParseDuration(text)) return duration;
  } else if (value.kind() != Kind::kNumber) {
    WrongType(value, what, "a duration");
    return std::nullopt;
  }
  const bool is_bare = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  Error(value.at(), "bad_duration", Quote(text) + " is no duration",
        {"whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`",
         is_bare ? "write " + Quote(std::string(text) + "s") + " for seconds" : ""});
  return std::nullopt;
}

void Fields::UnknownWord(const DocumentValue& value, std::string_view what,
                         const std::vector<std::string_view>& names) {
  Error(value.at(), "unknown_value", Quote(value.text()) + " is no value for " + std::string(what),
        {Enumerate(names), Suggest(value.text(), names)});
}

void Fields::TooMany(Span at, std::string_view what, size_t most) {
  Error(at, "too_many_entries",
        std::string(what) + " has more than " + std::to_string(most) + " entries",
        {"at most " + std::to_string(most), ""});
}

std::vector<DocumentValue> Fields::List(const DocumentValue& value, std::string_view what,
                                        ListSize size, size_t most) {
  if (value.kind() != Kind::kList) return {value};
  std::vector<DocumentValue> out;
  for (const DocumentValue& element : value.elements()) out.push_back(element);
  if (out.size() > most) {
    TooMany(value.at(), what, most);
    return {};
  }
  if (out.empty() && size == ListSize::kNotEmpty) {
    Error(value.at(), "empty_list", std::string(what) + " is empty", {"at least one entry", ""});
  }
  return out;
}

std::vector<std::string> Fields::Texts(const DocumentValue& value, std::string_view what,
                                       ListSize size) {
  std::vector<std::string> out;
  const std::vector<DocumentValue> list = List(value, what, size);
  const std::string entry = "an entry of " + std::string(what);
  for (const DocumentValue& element : list) {
    if (const auto text = Text(element, list.size() > 1 ? entry : what)) out.emplace_back(*text);
  }
  WarnRepeated(list);
  return out;
}

void Fields::WarnRepeated(const std::vector<DocumentValue>& values) {
  constexpr size_t kFew = 8;
  std::vector<std::string_view> few;
  absl::flat_hash_set<std::string_view, std::hash<std::string_view>> many;
  few.reserve(std::min(values.size(), kFew));
  for (const DocumentValue& value : values) {
    if (!value.is_string()) continue;
    const std::string_view text = value.text();
    bool is_new = std::find(few.begin(), few.end(), text) == few.end();
    if (is_new && few.size() < kFew) {
      few.push_back(text);
    } else if (is_new) {
      is_new = many.insert(text).second;
    }
    if (is_new) continue;
    Warning(value.at(), "repeated_value", Quote(text) + " stands in this list already",
            {"", "remove it here"});
  }
}

ObjectFields::ObjectFields(Fields& fields, const DocumentValue& object, std::string_view what,
                           std::span<const std::string_view> names)
    : fields_(fields), object_(object), what_(what), names_(names) {
  if (!is_object()) {
    fields_.WrongType(object, what, "an object");
    return;
  }
  for (const DocumentValue::Member& member : object.members()) TakeMember(member);
}

void ObjectFields::TakeMember(const DocumentValue::Member& member) {
  const std::string_view name = member.key.text();
  const size_t index = Index(name);
  if (index < names_.size()) {
    found_[index] = member;
    if (member.value.is_null()) {
      fields_.Error(member.key.at(), "empty_value",
                    Quote(name) + " of " + std::string(what_) + " has no value",
                    {"", "give it a value, or leave it out"});
    }
    return;
  }
  if (!fields_.Keeps(Severity::kError)) {
    fields_.Error(member.key.at(), "unknown_member", "");
    return;
  }
  const std::vector<std::string_view> candidates(names_.begin(), names_.end());
  fields_.Error(member.key.at(), "unknown_member",
                std::string(what_) + " has no member " + Quote(name),
                {Enumerate(names_), fields_.Suggest(name, candidates)});
}

size_t ObjectFields::Index(std::string_view name) const {
  return static_cast<size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
}

bool ObjectFields::Has(std::string_view name) const { return found_[Index(name)].has_value(); }

const DocumentValue* ObjectFields::Find(std::string_view name) const {
  const auto& member = found_[Index(name)];
  return member && !member->value.is_null() ? &member->value : nullptr;
}

const DocumentValue* ObjectFields::Require(std::string_view name, std::string_view expected) const {
  const DocumentValue* const value = Find(name);
  if (!Has(name) && is_object() && !object_.is_partial()) {
    fields_.Error(start(), "missing_member", std::string(what_) + " has no " + Quote(name),
                  {std::string(expected), ""});
  }
  return value;
}

Span ObjectFields::NameSpan(std::string_view name) const { return found_[Index(name)]->key.at(); }

Span ObjectFields::WholeSpan(std::string_view name) const {
  const auto& member = *found_[Index(name)];
  const Span key = member.key.at();
  const Span value = member.value.at();
  const uint32_t end = std::max(key.offset + key.length, value.offset + value.length);
  return {key.offset, end - key.offset};
}

}  // namespace doorward
