// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/metrics.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proxy {
namespace {

using doorward::Reason;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountDecisionsByOutcomeAndReason) {
  Metrics metrics;
  metrics.OnDecision(Reason::kAllowed, nanoseconds(300));
  metrics.OnDecision(Reason::kAllowed, microseconds(3));
  metrics.OnDecision(Reason::kTokenExpired, milliseconds(2));
  const std::string text = metrics.Text();
  EXPECT_THAT(text,
              HasSubstr("doorward_decisions_total{outcome=\"allow\",reason=\"allowed\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("doorward_decisions_total{outcome=\"deny\",reason=\"token_expired\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("doorward_decisions_total{outcome=\"deny\",reason=\"internal\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("doorward_decision_duration_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("doorward_decision_duration_seconds_bucket{le=\"2.5e-07\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("doorward_decision_duration_seconds_bucket{le=\"5e-07\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_decision_duration_seconds_bucket{le=\"0.001\"} 2\n"));
}

TEST(Metrics, CountRequestsByStatus) {
  Metrics metrics;
  for (const int status : {200, 200, 502, 0, -1, 600}) metrics.OnExchange(status, milliseconds(1));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("doorward_requests_total{code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("doorward_requests_total{code=\"502\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_requests_total{code=\"0\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("doorward_request_duration_seconds_count 6\n"));
  EXPECT_THAT(text, Not(HasSubstr("code=\"404\"")));
}

TEST(Metrics, TellOfEachServer) {
  Metrics metrics;
  metrics.OnUpstream("a:80", 200, milliseconds(1));
  metrics.OnUpstream("a:80", 204, milliseconds(1));
  metrics.OnUpstream("b:80", 200, milliseconds(1));
  metrics.OnUpstreamError("b:80", "timeout");
  metrics.OnServerHealth("a:80", true);
  metrics.OnServerHealth("b:80", true);
  metrics.OnServerHealth("b:80", false);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("doorward_upstream_duration_seconds_count{server=\"a:80\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("doorward_upstream_responses_total{code=\"204\",server=\"a:80\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("doorward_upstream_errors_total{error=\"timeout\",server=\"b:80\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_upstream_healthy{server=\"a:80\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_upstream_healthy{server=\"b:80\"} 0\n"));
}

TEST(Metrics, TellOfConnectionsThatAreOpen) {
  Metrics metrics;
  for (const int change : {+1, +1, -1}) metrics.OnConnections(change);
  EXPECT_THAT(metrics.Text(), HasSubstr("doorward_connections 1\n"));
}

TEST(Metrics, TellOfReloads) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(),
              HasSubstr("doorward_reloads_total{outcome=\"failure\",what=\"keys\"} 0\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("doorward_last_reload_success{what=\"policy\"} 1\n"));
  metrics.OnReload("policy", false);
  metrics.OnOrder("policy", false);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("doorward_reloads_total{outcome=\"failure\",what=\"policy\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_last_reload_success{what=\"policy\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("doorward_last_reload_success{what=\"keys\"} 1\n"));
}

TEST(Metrics, TellOfThePolicyInForceAlone) {
  Metrics metrics;
  metrics.OnPolicy("one", 1);
  metrics.OnPolicy("two", 2);
  metrics.OnPolicy("two", 2);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, Not(HasSubstr("revision=\"one\"")));
  EXPECT_THAT(text, HasSubstr("doorward_policy_info{revision=\"two\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("doorward_policy_rules 2\n"));
}

TEST(Metrics, TellOfTheKeysOfIssuersThatThePolicyHas) {
  Metrics metrics;
  metrics.OnKeys("a");
  metrics.OnKeys("b");
  EXPECT_THAT(metrics.Text(), HasSubstr("doorward_keys_age_seconds{issuer=\"a\"} "));
  metrics.OnKeysGone("a");
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("issuer=\"a\"")));
  EXPECT_THAT(metrics.Text(), HasSubstr("doorward_keys_age_seconds{issuer=\"b\"} "));
}

TEST(Metrics, AskForFiguresWhenThePageIsMade) {
  Metrics metrics;
  double value = 1;
  metrics.AddFigure(Metrics::Kind::kCounter, "x_total", "An x", [&] { return value; });
  metrics.AddFigure(Metrics::Kind::kGauge, "y", "A y", [&] { return -value; });
  value = 7;
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# HELP x_total An x\n# TYPE x_total counter\nx_total 7\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE y gauge\ny -7\n"));
}

TEST(Metrics, LoseNothingOfManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) {
        metrics.OnDecision(Reason::kAllowed, nanoseconds(j));
        metrics.OnExchange(200 + j % 5, microseconds(j));
        metrics.OnUpstream(j % 2 == 0 ? "a" : "b", 200, microseconds(j));
        if (j % 100 == 0)
          metrics.OnPolicy(std::to_string(j), 1), metrics.OnKeys("i"), metrics.Text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("doorward_decision_duration_seconds_count 4000\n"));
  EXPECT_THAT(text, HasSubstr("doorward_requests_total{code=\"204\"} 800\n"));
  EXPECT_THAT(text,
              HasSubstr("doorward_upstream_responses_total{code=\"200\",server=\"b\"} 2000\n"));
}

}  // namespace
}  // namespace proxy
