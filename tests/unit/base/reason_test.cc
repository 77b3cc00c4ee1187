// SPDX-License-Identifier: Apache-2.0

#include "doorward/reason.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace doorward {
namespace {

struct ReasonCase {
  const char* name;
  int number;
  int http_status;
};

// Numbers, names and statuses are a contract: they reach logs and other languages. Rows are only
// ever added.
constexpr ReasonCase kReasons[] = {
    {"internal", 0, 500},
    {"allowed", 1, 200},
    {"denied_by_rule", 2, 403},
    {"default_deny", 3, 403},
    {"insufficient_scope", 4, 403},
    {"roles_incomplete", 5, 403},
    {"forward_value", 6, 403},
    {"no_token", 7, 401},
    {"token_malformed", 8, 401},
    {"token_too_large", 9, 401},
    {"token_signature", 10, 401},
    {"token_expired", 11, 401},
    {"token_not_yet_valid", 12, 401},
    {"token_issued_in_future", 13, 401},
    {"token_too_old", 14, 401},
    {"token_without_expiry", 15, 401},
    {"token_bad_date", 16, 401},
    {"token_issuer_unknown", 17, 401},
    {"token_audience", 18, 401},
    {"token_type", 19, 401},
    {"token_algorithm", 20, 401},
    {"token_key_unknown", 21, 401},
    {"token_critical_header", 22, 401},
    {"token_claim_missing", 23, 401},
    {"token_claim_value", 24, 401},
    {"token_not_accepted", 25, 401},
    {"token_tenant", 26, 401},
    {"token_confirmation", 27, 401},
    {"token_revoked", 28, 401},
    {"token_duplicate_member", 29, 401},
    {"token_bad_json", 30, 401},
    {"token_signature_removed", 31, 401},
    {"keys_unavailable", 32, 503},
    {"no_policy", 33, 503},
    {"misdirected", 34, 421},
    {"bad_method", 35, 400},
    {"bad_header", 36, 400},
    {"bad_host", 37, 400},
    {"bad_target", 38, 400},
    {"bad_path", 39, 400},
    {"bad_segment", 40, 400},
    {"bad_source", 41, 400},
};

TEST(Reason, KeepsNumberNameAndStatus) {
  for (const ReasonCase& row : kReasons) {
    SCOPED_TRACE(row.name);
    const auto reason = static_cast<Reason>(row.number);
    EXPECT_EQ(ReasonName(reason), row.name);
    EXPECT_EQ(ReasonHttpStatus(reason), row.http_status);
    EXPECT_EQ(FindReason(row.name), reason);
  }
}

TEST(Reason, HasATextOfItsOwnThatFitsAQuotedString) {
  std::set<std::string_view> texts;
  for (const ReasonCase& row : kReasons) {
    SCOPED_TRACE(row.name);
    const std::string_view text = ReasonText(static_cast<Reason>(row.number));
    EXPECT_TRUE(texts.insert(text).second);
    // It stands in error_description (RFC 6750 section 3).
    EXPECT_EQ(text.find_first_of("\"\\"), std::string_view::npos);
    EXPECT_NE(text.back(), '.');
  }
}

TEST(Reason, UnknownNumberIsInternalAndUnknownNameIsNothing) {
  EXPECT_EQ(ReasonName(static_cast<Reason>(std::size(kReasons))), "internal");
  EXPECT_EQ(ReasonHttpStatus(static_cast<Reason>(255)), 500);
  EXPECT_EQ(FindReason("Allowed"), std::nullopt);
  EXPECT_EQ(FindReason(""), std::nullopt);
}

TEST(Reason, ZeroedMemoryDenies) { EXPECT_EQ(Reason{}, Reason::kInternal); }

}  // namespace
}  // namespace doorward
