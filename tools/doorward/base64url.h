// SPDX-License-Identifier: Apache-2.0
//
// Base64url (RFC 7515 section 2), for looking into a token; tools/signing has the other direction.

#ifndef TOOLS_DOORWARD_BASE64URL_H_
#define TOOLS_DOORWARD_BASE64URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace doorward::command {

// Strict: no padding, no white space, no other characters, trailing bits of zero.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_BASE64URL_H_
