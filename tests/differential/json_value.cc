// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/json_value.h"

#include <algorithm>
#include <string_view>

namespace doorward::reference {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

Json Json::Bool(bool value) {
  Json out;
  out.kind = Kind::kBool;
  out.truth = value;
  return out;
}

Json Json::Int(int64_t value) {
  Json out;
  out.kind = Kind::kInt;
  out.number = value;
  return out;
}

Json Json::String(std::string value) {
  Json out;
  out.kind = Kind::kString;
  out.text = std::move(value);
  return out;
}

Json Json::Array(std::vector<Json> elements) {
  Json out;
  out.kind = Kind::kArray;
  out.items = std::move(elements);
  return out;
}

Json Json::Strings(const std::vector<std::string>& elements) {
  Json out = Array();
  for (const std::string& element : elements) out.items.push_back(String(element));
  return out;
}

Json Json::Object() {
  Json out;
  out.kind = Kind::kObject;
  return out;
}

Json& Json::Set(const std::string& name, Json value) {
  Remove(name);
  names.push_back(name);
  items.push_back(std::move(value));
  return *this;
}

void Json::Remove(const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return;
  items.erase(items.begin() + (found - names.begin()));
  names.erase(found);
}

const Json* Json::Find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &items[static_cast<size_t>(found - names.begin())];
}

const Json* Json::Refer(const std::string& reference) const {
  if (!reference.starts_with('/')) return Find(reference);
  const Json* at = this;
  for (size_t begin = 1; at != nullptr && begin <= reference.size();) {
    const size_t end = std::min(reference.find('/', begin), reference.size());
    const std::string part = reference.substr(begin, end - begin);
    if (at->is(Kind::kArray)) {
      const bool is_index = part.size() == 1 && part[0] >= '0' && part[0] <= '9';
      const size_t index = is_index ? static_cast<size_t>(part[0] - '0') : at->items.size();
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->Find(part);
    }
    begin = end + 1;
  }
  return at;
}

std::string Json::ToText() const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return truth ? "true" : "false";
    case Kind::kInt:
      return std::to_string(number);
    case Kind::kString:
      return Quoted(text);
    case Kind::kArray:
    case Kind::kObject:
      break;
  }
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    if (is(Kind::kObject)) out += Quoted(names[i]) + ':';
    out += items[i].ToText();
  }
  return is(Kind::kObject) ? "{" + out + "}" : "[" + out + "]";
}

}  // namespace doorward::reference
