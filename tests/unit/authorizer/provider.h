// SPDX-License-Identifier: Apache-2.0
//
// An identity provider with its profile, for tests: a policy with one issuer, whose tokens are
// tried on rules that each ask for one thing.

#ifndef DOORWARD_TESTS_UNIT_AUTHORIZER_PROVIDER_H_
#define DOORWARD_TESTS_UNIT_AUTHORIZER_PROVIDER_H_

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/support/print_reason.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {

// One for each algorithm that providers sign with, made once for the program.
inline const SigningKey& ProviderKey(Algorithm algorithm) {
  static const SigningKey rsa = *SigningKey::Generate(Algorithm::kRS256, "k");
  static const SigningKey ec = *SigningKey::Generate(Algorithm::kES256, "k");
  return algorithm == Algorithm::kES256 ? ec : rsa;
}

inline std::string ProviderJwks(Algorithm algorithm) {
  return "{\"keys\":[" + ProviderKey(algorithm).PublicJwk() + "]}";
}

// Members that each token has: valid at kNow.
inline constexpr std::string_view kTimes = R"("iat":1749999900,"exp":1750003400)";

class Provider {
 public:
  // `entry`: members of an issuer's entry, as in a flow mapping.
  explicit Provider(std::string_view entry, Algorithm algorithm = Algorithm::kRS256)
      : algorithm_(algorithm),
        policy_(LoadPolicy("doorward: 1\nissuers: {" + std::string(entry) +
                           R"(}
roles: {viewer: , ops: {granted_to: [{claim: groups, values: [g-ops]}]}}
token: {from: [{header: Authorization, scheme: Bearer}, {header: X-Goog-IAP-JWT-Assertion}, {header: X-Amzn-Oidc-Data}]}
rules:
  - {id: any, allow: [authenticated], endpoints: [/any]}
  - {id: role, allow: [viewer], endpoints: [/role]}
  - {id: grant, allow: [ops], endpoints: [/grant]}
  - {id: scope, allow: [authenticated], scopes: [read], endpoints: [/scope]}
)")),
        authorizer_(policy_) {
    (void)authorizer_.SetKeys(policy_->issuer_keys(0).issuer, ProviderJwks(algorithm),
                              KeyOrigin::kRemote);
  }

  std::string Token(std::string_view claims, std::string_view header = "") const {
    return *ProviderKey(algorithm_)
                .SignJws("{" + std::string(header) + "}",
                         "{" + std::string(claims) + "," + std::string(kTimes) + "}");
  }

  Decision Ask(std::string_view path, std::string_view token, Timestamp now = kNow) {
    const Request request{.method = "GET", .target = path};
    return authorizer_.Authorize(request, Credential::Token(token), now, scratch_);
  }

  const Authorizer& authorizer() const { return authorizer_; }

 private:
  Algorithm algorithm_;
  std::shared_ptr<const Policy> policy_;
  Authorizer authorizer_;
  Scratch scratch_;
};

// What becomes of one token on each path.
struct ProviderCase {
  std::string_view name;
  std::string_view claims;  // members but kTimes
  Reason any;               // another than kAllowed: on all paths
  Reason role = Reason::kDefaultDeny, grant = Reason::kDefaultDeny,
         scope = Reason::kInsufficientScope;
  std::string_view subject = "";
  std::string_view explained = "";  // of a refusal; "" where it is not looked at
};

inline void ExpectCase(Provider& provider, const ProviderCase& row) {
  SCOPED_TRACE(row.name);
  const std::string token = provider.Token(row.claims);
  const Decision any = provider.Ask("/any", token);
  EXPECT_EQ(any.reason(), row.any) << any.Explain();
  if (row.any != Reason::kAllowed) {
    if (!row.explained.empty()) {
      EXPECT_NE(any.Explain().find(row.explained), std::string::npos) << any.Explain();
    }
    return;
  }
  EXPECT_EQ(any.subject(), row.subject);
  EXPECT_EQ(provider.Ask("/role", token).reason(), row.role);
  EXPECT_EQ(provider.Ask("/grant", token).reason(), row.grant);
  EXPECT_EQ(provider.Ask("/scope", token).reason(), row.scope);
}

template <size_t kSize>
void ExpectCases(Provider& provider, const ProviderCase (&rows)[kSize]) {
  for (const ProviderCase& row : rows) ExpectCase(provider, row);
}

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_AUTHORIZER_PROVIDER_H_
