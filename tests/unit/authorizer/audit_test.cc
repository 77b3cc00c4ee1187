// SPDX-License-Identifier: Apache-2.0

#include "doorward/audit.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

// Writes each event down as a line.
class Recorder final : public AuditSink {
 public:
  void OnDecision(const AuditEvent& event) noexcept override {
    std::string line(event.policy_revision);
    line += event.allowed ? " allowed " : " denied ";
    line.append(ReasonName(event.reason)).append(" ").append(std::to_string(event.http_status));
    for (std::string_view part :
         {event.rule_id, event.issuer, event.subject, event.method, event.host.value_or("(none)"),
          event.path, event.source_ip.value_or("(none)")}) {
      line.append(" [").append(part).append("]");
    }
    for (std::string_view rule : event.report) line.append(" ").append(rule);
    line.append(" at ").append(std::to_string(event.time.unix_seconds()));
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

TEST(Audit, EveryDecisionIsRecorded) {
  const Issuer issuer;
  const auto recorder = std::make_shared<Recorder>();
  const auto policy = LoadPolicy(kOrdersPolicy);
  Authorizer authorizer(policy, {.audit_sink = recorder});
  EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
  Scratch scratch;
  const std::string token = issuer.Token();
  (void)authorizer.Authorize(
      {.method = "GET", .host = "A.example:443", .target = "/orders/%31?q", .source_ip = "::1"},
      Credential::Token(token), kNow, scratch);
  (void)authorizer.Authorize({.method = "POST", .target = "/orders"}, Credential::Token(token),
                             kNow, scratch);
  (void)authorizer.Authorize({.method = "GET", .host = "h", .target = "/a//b"}, kNow, scratch);
  authorizer.SetPolicy(nullptr);
  (void)authorizer.Authorize({.method = "GET", .target = "/"}, kNow, scratch);

  const std::string revision(policy->revision());
  ASSERT_EQ(recorder->lines.size(), 4u);
  EXPECT_EQ(recorder->lines[0],
            revision +
                " allowed allowed 200 [read] [https://login.example/] [ann] [GET] "
                "[a.example] [/orders/1] [::1] at 1750000000");
  EXPECT_EQ(recorder->lines[1],
            revision +
                " denied default_deny 403 [] [https://login.example/] [ann] [POST] "
                "[(none)] [/orders] [(none)] at 1750000000");
  EXPECT_EQ(recorder->lines[2],
            revision + " denied bad_segment 400 [] [] [] [GET] [h] [] [(none)] at 1750000000");
  EXPECT_EQ(recorder->lines[3],
            " denied no_policy 503 [] [] [] [GET] [(none)] [] [(none)] at 1750000000");
}

TEST(Audit, ExplainingIsNoDecision) {
  const auto recorder = std::make_shared<Recorder>();
  Authorizer authorizer(LoadPolicy(kOrdersPolicy), {.audit_sink = recorder});
  Scratch scratch;
  (void)authorizer.Explain({.method = "GET", .target = "/"}, Credential::FromHeaders(), kNow,
                           scratch);
  EXPECT_TRUE(recorder->lines.empty());
}

}  // namespace
}  // namespace doorward
