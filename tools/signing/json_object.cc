// SPDX-License-Identifier: Apache-2.0

#include "tools/signing/json_object.h"

#include <algorithm>
#include <cstdio>

#include <simdjson.h>

namespace doorward::signing {

std::optional<JsonObject> JsonObject::Parse(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) return std::nullopt;
  JsonObject out;
  for (const auto field : object) {
    Member member{std::string(field.key), simdjson::minify(field.value), std::nullopt};
    std::string_view string;
    if (field.value.get(string) == simdjson::SUCCESS) member.string = std::string(string);
    out.members_.push_back(std::move(member));
  }
  return out;
}

std::optional<std::string> JsonObject::FindString(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.name == name) return member.string;
  }
  return std::nullopt;
}

std::string JsonObject::MembersWithout(const std::vector<std::string_view>& names) const {
  std::string out;
  for (const Member& member : members_) {
    if (std::find(names.begin(), names.end(), member.name) != names.end()) continue;
    if (!out.empty()) out += ',';
    out += QuoteJson(member.name) + ":" + member.value;
  }
  return out;
}

std::string QuoteJson(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace doorward::signing
