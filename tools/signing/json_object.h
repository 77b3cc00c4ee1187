// SPDX-License-Identifier: Apache-2.0
//
// The members of a JSON object, as texts that can be put together again.

#ifndef DOORWARD_TOOLS_SIGNING_JSON_OBJECT_H_
#define DOORWARD_TOOLS_SIGNING_JSON_OBJECT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::signing {

class JsonObject {
 public:
  // Nothing where `json` is no object.
  static std::optional<JsonObject> Parse(std::string_view json);

  // A member that is a string; nothing where it is absent or of another kind.
  std::optional<std::string> FindString(std::string_view name) const;

  // All members but those named, as `"name":value,"name":value`.
  std::string MembersWithout(const std::vector<std::string_view>& names) const;

 private:
  struct Member {
    std::string name;
    std::string value;  // minified JSON
    std::optional<std::string> string;
  };
  std::vector<Member> members_;
};

// Writes `text`, which is UTF-8, as a JSON string.
std::string QuoteJson(std::string_view text);

}  // namespace doorward::signing

#endif  // DOORWARD_TOOLS_SIGNING_JSON_OBJECT_H_
