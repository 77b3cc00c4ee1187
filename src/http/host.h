// SPDX-License-Identifier: Apache-2.0
//
// Step H: the host, and the authority of an absolute-form target, which has the same syntax.

#ifndef DOORWARD_HTTP_HOST_H_
#define DOORWARD_HTTP_HOST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "doorward/request.h"

#include "src/http/fault.h"
#include "src/http/fields.h"

namespace doorward::http {

inline constexpr size_t kMaxHostBytes = 253;

using HostBuffer = std::array<char, kMaxHostBytes>;

// A host in canonical form.
struct Host {
  std::string_view name;  // lower case, no trailing dot; an IPv6 literal in brackets
  uint32_t port = 0;      // 0 for none
};

// Reads `text`. The name is a part of `text` where that is canonical already, else it is written
// to `buffer`.
Fault ParseHost(std::string_view text, HostBuffer& buffer, Host* host) noexcept;

// Reads the host of `request` and compares it with the Host field, where one was found among the
// fields. `*host` stays as it is where the request has none.
Fault FindHostFault(const Request& request, const FieldScan& fields, HostBuffer& buffer,
                    Host* host) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_HOST_H_
