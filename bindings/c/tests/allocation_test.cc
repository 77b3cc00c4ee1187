// SPDX-License-Identifier: Apache-2.0
//
// Deciding through C takes nothing from the heap once the scratch is warm, refusals and calls that
// break the rules included.

#include <fstream>
#include <iterator>
#include <string>

#include <doorward.h>
#include <gtest/gtest.h>

#include "tests/support/allocation_counter.h"

namespace doorward {
namespace {

constexpr doorward_time kNow = {1750000000, 0};

std::string ReadExample(const std::string& name) {
  std::ifstream file(DOORWARD_SOURCE_DIR "/examples/embed/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

doorward_string View(const std::string& s) { return {s.data(), s.size()}; }

class CAllocationTest : public testing::Test {
 protected:
  CAllocationTest() {
    doorward_policy* const policy = doorward_policy_load(
        View(ReadExample("policy.yaml")), doorward_string_of("p"), 0, nullptr, nullptr);
    authorizer_ = doorward_authorizer_new(policy, nullptr, nullptr);
    doorward_policy_free(policy);
    EXPECT_EQ(
        doorward_authorizer_set_keys(authorizer_, doorward_string_of("https://login.example.com/"),
                                     View(ReadExample("jwks.json")), 0, nullptr, nullptr),
        DOORWARD_OK);
    token_.erase(token_.find_last_not_of('\n') + 1);
  }
  ~CAllocationTest() override {
    doorward_scratch_free(scratch_);
    doorward_authorizer_free(authorizer_);
  }

  std::string token_ = ReadExample("token.txt");
  doorward_authorizer* authorizer_ = nullptr;
  doorward_scratch* scratch_ = doorward_scratch_new(nullptr);
};

struct Row {
  const char* name;
  const char* method;
  const char* scheme;
  uint32_t flags;
  doorward_reason reason;
};

constexpr Row kRows[] = {
    {"allowed", "GET", "Bearer ", DOORWARD_REQUEST_WITHOUT_HOSTS, DOORWARD_REASON_ALLOWED},
    {"denied", "PUT", "Bearer ", DOORWARD_REQUEST_WITHOUT_HOSTS, DOORWARD_REASON_DEFAULT_DENY},
    {"no token", "GET", "Basic ", DOORWARD_REQUEST_WITHOUT_HOSTS, DOORWARD_REASON_NO_TOKEN},
    {"a bad token", "GET", "Bearer x", DOORWARD_REQUEST_WITHOUT_HOSTS,
     DOORWARD_REASON_TOKEN_BAD_JSON},
    {"a bad request", "GET", "Bearer ", 0, DOORWARD_REASON_BAD_HOST},
    {"a broken call", "GET", "Bearer ", 2, DOORWARD_REASON_INTERNAL},
};

TEST_F(CAllocationTest, NoneForADecisionOnceWarm) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::string authorization = row.scheme + token_;
    const doorward_header headers[] = {{doorward_string_of("Accept"), doorward_string_of("*/*")},
                                       {doorward_string_of("Authorization"), View(authorization)}};
    doorward_request request{};
    request.struct_size = sizeof request;
    request.method = doorward_string_of(row.method);
    request.target = doorward_string_of("/orders/17");
    request.headers = headers;
    request.header_count = 2;
    request.flags = row.flags;
    uint64_t before = 0;
    for (int round = 0; round < 10; ++round) {
      if (round == 5) before = AllocationsOnThisThread();
      const doorward_decision* const d =
          doorward_authorize(authorizer_, &request, nullptr, kNow, scratch_);
      EXPECT_EQ(doorward_decision_reason(d), row.reason);
      EXPECT_GE(doorward_decision_path(d).size + doorward_decision_headers_to_set(d).count, 0u);
    }
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
  }
}

TEST_F(CAllocationTest, NoneForAVerificationOnceWarm) {
  uint64_t before = 0;
  for (int round = 0; round < 10; ++round) {
    if (round == 5) before = AllocationsOnThisThread();
    const doorward_verification* const v =
        doorward_verify(authorizer_, View(token_), kNow, scratch_);
    EXPECT_EQ(doorward_verification_reason(v), DOORWARD_REASON_ALLOWED);
    EXPECT_NE(doorward_verification_claims(v), nullptr);
  }
  EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
}

}  // namespace
}  // namespace doorward
