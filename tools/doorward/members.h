// SPDX-License-Identifier: Apache-2.0
//
// Members of a line's object, read with their types checked.

#ifndef TOOLS_DOORWARD_MEMBERS_H_
#define TOOLS_DOORWARD_MEMBERS_H_

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/timestamp.h"

#include "tools/doorward/json_text.h"

namespace doorward::command {

// A line that cannot be read: it is answered with the error `bad_input`, and the command goes on.
// The message quotes no value of the line, which may hold a token.
class BadInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The member `name`; nothing where it is left out. Each throws BadInput where it is of another
// type.
std::optional<std::string> OptionalString(const std::vector<JsonMember>& members,
                                          std::string_view name);
// RFC 3339 in a string, or a Unix time.
std::optional<Timestamp> OptionalTime(const std::vector<JsonMember>& members,
                                      std::string_view name);
std::optional<bool> OptionalBool(const std::vector<JsonMember>& members, std::string_view name);

// The elements of `value`, which all are strings. `name` is that of the member, for the message.
std::vector<std::string> StringList(JsonText value, std::string_view name);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_MEMBERS_H_
