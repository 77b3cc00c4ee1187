// SPDX-License-Identifier: Apache-2.0
//
// Step M: the method.

#include <algorithm>

#include "src/http/http.h"
#include "src/http/octet.h"

namespace doorward {

bool IsMethodSyntax(std::string_view method) noexcept {
  constexpr size_t kMaxMethodBytes = 32;
  return !method.empty() && method.size() <= kMaxMethodBytes &&
         std::all_of(method.begin(), method.end(),
                     [](char c) { return http::Is(http::kToken, c) && !http::IsLower(c); });
}

bool IsRefusedMethod(std::string_view method) noexcept {
  return (method.size() == 5 || method.size() == 7) &&
         (method == "TRACE" || method == "TRACK" || method == "DEBUG" || method == "CONNECT");
}

}  // namespace doorward
