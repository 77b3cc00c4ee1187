// SPDX-License-Identifier: Apache-2.0
//
// Where a token stands in a request: the places of `token.from`, and what to take out of the
// request before it goes on.

#ifndef DOORWARD_POLICY_TOKEN_PLACE_H_
#define DOORWARD_POLICY_TOKEN_PLACE_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/request.h"

#include "src/policy/decide.h"
#include "src/policy/model.h"

namespace doorward {

struct PresentedToken {
  enum class State : uint8_t {
    kNone,
    kOne,        // `token` may be empty, which is a malformed token
    kAmbiguous,  // a place that was looked at holds two
  };
  State state = State::kNone;
  std::string_view token;
};

// Looks through `places` in their order; the first that holds a token counts, and none after it is
// looked at. Cost: one pass over the headers for each place.
PresentedToken FindToken(std::span<const TokenPlace> places,
                         std::span<const Header> headers) noexcept;

// True where the field is a place of `places`, whatever it holds.
bool IsTokenField(std::span<const TokenPlace> places, std::string_view name) noexcept;

// Appends the pairs of a Cookie field's value that are no place of `places`.
void AppendOtherCookies(std::span<const TokenPlace> places, std::string_view value,
                        std::string& out);

// Adds to the scratch's lists what `token.forward` takes out of the request: fields to remove, or a
// Cookie field without the token.
void AddTokenRemovals(const PolicyProgram& program, std::span<const Header> headers,
                      PolicyScratch& scratch);

}  // namespace doorward

#endif  // DOORWARD_POLICY_TOKEN_PLACE_H_
