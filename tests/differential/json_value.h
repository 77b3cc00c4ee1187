// SPDX-License-Identifier: Apache-2.0
//
// A JSON value that is built, looked into and written: the claims and the policies of the
// differential tests.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_JSON_VALUE_H_
#define DOORWARD_TESTS_DIFFERENTIAL_JSON_VALUE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace doorward::reference {

struct Json {
  enum class Kind : uint8_t { kNull, kBool, kInt, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool truth = false;
  int64_t number = 0;
  std::string text = {};
  std::vector<Json> items = {};         // elements, or values of members
  std::vector<std::string> names = {};  // of members, in step with `items`

  static Json Bool(bool value);
  static Json Int(int64_t value);
  static Json String(std::string value);
  static Json Array(std::vector<Json> elements = {});
  static Json Strings(const std::vector<std::string>& elements);
  static Json Object();

  // Sets a member of an object; returns the object.
  Json& Set(const std::string& name, Json value);
  void Remove(const std::string& name);
  // A member by name, or null.
  const Json* Find(const std::string& name) const;
  // What a claim reference means: a member, or with a leading "/" a JSON Pointer without escapes.
  const Json* Refer(const std::string& reference) const;

  bool is(Kind wanted) const { return kind == wanted; }
  std::string ToText() const;
};

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_JSON_VALUE_H_
