// SPDX-License-Identifier: Apache-2.0
//
// Strings as JSON text.

#ifndef DOORWARD_BASE_JSON_TEXT_H_
#define DOORWARD_BASE_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace doorward {

// Appends `text` as a JSON string (RFC 8259 section 7), quotes included. An octet that is not UTF-8
// becomes U+FFFD, so that the result is JSON whatever a client sent.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace doorward

#endif  // DOORWARD_BASE_JSON_TEXT_H_
