// SPDX-License-Identifier: Apache-2.0
//
// What a check found wrong with a text, and where: a decision looks only whether there is one, an
// explanation words it.

#ifndef DOORWARD_HTTP_FAULT_H_
#define DOORWARD_HTTP_FAULT_H_

#include <cstddef>

namespace doorward::http {

struct Fault {
  const char* what = nullptr;  // one clause; null where nothing is wrong
  size_t at = 0;               // the octets at fault, in the text that was checked
  size_t length = 0;           // 0 where it is the text as a whole

  explicit operator bool() const noexcept { return what != nullptr; }
};

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_FAULT_H_
