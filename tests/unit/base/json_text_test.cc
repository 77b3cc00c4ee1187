// SPDX-License-Identifier: Apache-2.0

#include "src/base/json_text.h"

#include <gtest/gtest.h>

namespace doorward {
namespace {

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(JsonText, EscapesWhatJsonDoesNotPermit) {
  EXPECT_EQ(Json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Json("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Json(std::string_view("\0\x1F\x7F", 3)), "\"\\u0000\\u001f\x7F\"");
}

TEST(JsonText, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(Json("é€"), "\"é€\"");
  EXPECT_EQ(Json("a\xFFz\xC3"), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace doorward
