// SPDX-License-Identifier: Apache-2.0
//
// The token that verification is measured with: an access token of about 1 KB as providers issue
// them, with 21 claims, of them two audiences and eight groups, and a `kid`.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_ACCESS_TOKEN_H_
#define DOORWARD_BENCHMARKS_SUPPORT_ACCESS_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "doorward/key_set.h"

namespace doorward::benchmarks {

inline constexpr std::string_view kIssuer = "https://login.example.com/";
inline constexpr std::string_view kAudience = "https://api.example.com";
// The token is valid from kIssuedAt on for decades, since some peers look at the clock themselves.
inline constexpr int64_t kIssuedAt = 1'749'999'900;

struct AccessToken {
  Algorithm algorithm;
  std::string text;
  std::string tampered;  // the same with another signature
  std::string jwk;       // the public key, or the secret

  // The parts of `text`.
  std::string_view signing_input() const;
  std::string_view header() const;  // encoded, as all of them
  std::string_view payload() const;
  std::string_view signature() const;
};

// Signs the token, of type `typ`, with a new key.
AccessToken MakeAccessToken(Algorithm algorithm, std::string_view typ);

// Octets of the subject and of all groups: what a service reads at least.
inline constexpr size_t kOctetsRead = 30 + 70;

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_ACCESS_TOKEN_H_
