// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/json_writer.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace doorward::command {
namespace {

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void AppendQuoted(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void JsonWriter::Separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

void JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
}

void JsonWriter::Close(char bracket) { out_ += bracket; }

JsonWriter& JsonWriter::Member(std::string_view name) {
  Separate();
  AppendQuoted(out_, name);
  out_ += ':';
  return *this;
}

void JsonWriter::String(std::string_view value) {
  Separate();
  AppendQuoted(out_, value);
}

void JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
}

}  // namespace doorward::command
