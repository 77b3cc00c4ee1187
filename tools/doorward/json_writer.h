// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON, members in the order of the calls. Any bytes may be given: what is not UTF-8 becomes
// U+FFFD, so that the output is always JSON.
//
//   JsonWriter w;
//   w.Object([&] { w.Member("allowed").Bool(true); });      // {"allowed":true}

#ifndef TOOLS_DOORWARD_JSON_WRITER_H_
#define TOOLS_DOORWARD_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::command {

class JsonWriter {
 public:
  // `body` writes the members, each with Member and one value.
  template <class Body>
  void Object(Body body) {
    Open('{');
    body();
    Close('}');
  }
  // `body` writes the elements.
  template <class Body>
  void Array(Body body) {
    Open('[');
    body();
    Close(']');
  }
  // An array of strings.
  template <class List>
  void Strings(const List& strings) {
    Array([&] {
      for (const auto& s : strings) String(s);
    });
  }

  JsonWriter& Member(std::string_view name);
  void String(std::string_view value);
  void Number(int64_t value) { Raw(std::to_string(value)); }
  void Bool(bool value) { Raw(value ? "true" : "false"); }
  void Null() { Raw("null"); }
  // A value that is JSON already.
  void Raw(std::string_view json);

  const std::string& text() const { return out_; }
  void Clear() { out_.clear(); }

 private:
  void Open(char bracket);
  void Close(char bracket);
  // Writes the comma that separates a value or a member from the one before it.
  void Separate();

  std::string out_;
};

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_JSON_WRITER_H_
