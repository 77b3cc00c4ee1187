// SPDX-License-Identifier: Apache-2.0
//
// Code points that a path may not hold: controls, formats, look-alikes of `/ \ . : *`,
// compatibility forms that some backend folds to ASCII, private use and non-characters.

#ifndef DOORWARD_HTTP_CODE_POINT_H_
#define DOORWARD_HTTP_CODE_POINT_H_

#include <cstdint>
#include <string_view>

namespace doorward::http {

bool IsRefusedCodePoint(uint32_t code_point) noexcept;

// True where octets may follow `text`, the first octets of a character's UTF-8 but not all of them,
// that make a character which a path may hold.
bool MayBecomeAcceptable(std::string_view text) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_CODE_POINT_H_
