// SPDX-License-Identifier: Apache-2.0
//
// The options of `verify`, from the command line and from a line's own `options`.

#ifndef TOOLS_DOORWARD_VERIFY_SETTINGS_H_
#define TOOLS_DOORWARD_VERIFY_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "doorward/timestamp.h"
#include "doorward/verifier.h"

#include "tools/doorward/json_text.h"

namespace doorward::command {

inline constexpr size_t kMaxTokenBytes = size_t{1} << 30;

// As they stand on the command line.
struct VerifyOptionTexts {
  std::optional<std::string> issuer, leeway, typ, max_token_bytes, now;
  std::vector<std::string> audiences, algorithms;
  bool allow_missing_exp = false;
  bool jws = false;

  // True where one is given that a policy decides instead. `issuer` and `audiences` narrow it, and
  // `max_token_bytes` and `now` are no rules.
  bool any_rule() const;
};

struct VerifySettings {
  VerifyOptions options;
  std::optional<Timestamp> now;  // left out: the clock
  bool rules = false;            // a line set something besides `now` and `max_token_bytes`
};

// Throws UsageError.
VerifySettings ReadVerifyOptions(const VerifyOptionTexts& texts);

// Overrides `settings` by what a line's `options` hold. Throws BadInput, for names that are no
// option too: a misspelt `issuer` would leave the issuer unchecked. A null is as left out.
void ApplyLineOptions(JsonText options, VerifySettings& settings);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_VERIFY_SETTINGS_H_
