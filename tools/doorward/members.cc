// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/members.h"

#include "tools/doorward/time_text.h"

namespace doorward::command {
namespace {

[[noreturn]] void Fail(std::string_view name, std::string_view what) {
  throw BadInput("`" + std::string(name) + "` " + std::string(what));
}

}  // namespace

std::optional<std::string> OptionalString(const std::vector<JsonMember>& members,
                                          std::string_view name) {
  const JsonText* value = Find(members, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) Fail(name, "is not a string");
  return value->string();
}

std::optional<Timestamp> OptionalTime(const std::vector<JsonMember>& members,
                                      std::string_view name) {
  const JsonText* value = Find(members, name);
  if (value == nullptr) return std::nullopt;
  std::optional<Timestamp> time;
  if (value->is_string()) time = ParseTime(value->string());
  if (value->kind() == JsonText::Kind::kNumber) time = ParseJsonTime(value->text());
  if (!time) Fail(name, "is not a time: " + std::string(kTimeForms));
  return time;
}

std::optional<bool> OptionalBool(const std::vector<JsonMember>& members, std::string_view name) {
  const JsonText* value = Find(members, name);
  if (value == nullptr) return std::nullopt;
  if (value->kind() != JsonText::Kind::kBool) Fail(name, "is not true or false");
  return value->boolean();
}

std::vector<std::string> StringList(JsonText value, std::string_view name) {
  if (!value.is_array()) Fail(name, "is not a list of strings");
  std::vector<std::string> out;
  for (const JsonText& element : value.elements()) {
    if (!element.is_string()) Fail(name, "is not a list of strings");
    out.push_back(element.string());
  }
  return out;
}

}  // namespace doorward::command
