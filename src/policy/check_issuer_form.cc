// SPDX-License-Identifier: Apache-2.0
//
// Whether an issuer looks like those of the provider whose profile it has. A slash too many or too
// few, and no token is ever accepted; nothing but a diagnostic would tell why.

#include <algorithm>
#include <string>
#include <string_view>

#include "src/policy/check.h"
#include "src/policy/issuer_profile.h"

namespace doorward {
namespace {

bool HasOneOf(std::string_view text, Names forms) {
  return std::any_of(forms.begin(), forms.end(),
                     [&](std::string_view form) { return HasForm(text, form); });
}

// "https://host" of a URL.
std::string_view Origin(std::string_view url) {
  const size_t host = url.find("://");
  return url.substr(0, host == url.npos ? 0 : url.find('/', host + 3));
}

// The spelling with a slash more or less at its end, where that is right; whole, to be copied.
std::string RightSlash(std::string_view text, Names forms) {
  std::string other(text);
  if (text.ends_with('/')) {
    other.pop_back();
  } else {
    other += '/';
  }
  constexpr size_t kLongest = 300;
  return HasOneOf(other, forms) ? "write `" + Visible(other, kLongest) + "`" : "";
}

}  // namespace

bool CheckIssuerForm(Fields& fields, const DocumentValue& spelling, const IssuerProfile& profile) {
  const Names forms = profile.forms.empty() ? profile.issuers : profile.forms;
  const std::string_view text = spelling.text();
  if (forms.empty() || HasOneOf(text, forms)) return true;
  const auto is_near = [&](std::string_view form) { return Origin(form) == Origin(text); };
  if (profile.has_other_hosts && std::none_of(forms.begin(), forms.end(), is_near)) return true;

  const std::string expected = Enumerate(forms);
  for (const WrongForm& wrong : profile.wrong_forms) {
    if (!HasForm(text, wrong.form)) continue;
    fields.Error(spelling.at(), "issuer_form", Quote(text) + " " + std::string(wrong.why),
                 {expected, std::string(wrong.suggestion)});
    return false;
  }
  fields.Error(
      spelling.at(), "issuer_form",
      Quote(text) + " is no issuer that tokens of " + std::string(profile.provider) + " have",
      {expected, RightSlash(text, forms)});
  return false;
}

}  // namespace doorward
