// SPDX-License-Identifier: Apache-2.0

#include "doorward/timestamp.h"

#include <gtest/gtest.h>

namespace doorward {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST(Timestamp, FractionsCountForwardAlsoBeforeTheEpoch) {
  const Timestamp after = system_clock::time_point(milliseconds(1500));
  EXPECT_EQ(after, Timestamp::FromUnixSeconds(1, 500'000'000));
  const Timestamp before = system_clock::time_point(milliseconds(-500));
  EXPECT_EQ(before, Timestamp::FromUnixSeconds(-1, 500'000'000));
}

TEST(Timestamp, OrdersBySecondsThenFraction) {
  EXPECT_LT(Timestamp::FromUnixSeconds(1, 999'999'999), Timestamp::FromUnixSeconds(2));
  EXPECT_LT(Timestamp::FromUnixSeconds(2), Timestamp::FromUnixSeconds(2, 1));
  EXPECT_EQ(Timestamp::FromUnixSeconds(2, 1), Timestamp::FromUnixSeconds(2, 1));
}

TEST(Timestamp, ReachesTheYear9999) {
  EXPECT_EQ((Timestamp::FromUnixSeconds(253'402'300'799) + seconds(60)).unix_seconds(),
            253'402'300'859);
}

TEST(Timestamp, SumsStopAtTheEndsOfTheRange) {
  EXPECT_EQ((Timestamp::FromUnixSeconds(INT64_MAX - 1) + seconds(1)).unix_seconds(), INT64_MAX);
  EXPECT_EQ((Timestamp::FromUnixSeconds(INT64_MAX - 1) + seconds(2)).unix_seconds(), INT64_MAX);
  EXPECT_EQ((Timestamp::FromUnixSeconds(INT64_MIN) + seconds(-1)).unix_seconds(), INT64_MIN);
}

}  // namespace
}  // namespace doorward
