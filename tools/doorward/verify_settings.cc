// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/verify_settings.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "tools/doorward/command_line.h"
#include "tools/doorward/members.h"
#include "tools/doorward/time_text.h"

namespace doorward::command {
namespace {

constexpr std::chrono::seconds kMaxLeeway{600};

// Each reader returns nothing where the text is not that; who called knows how to complain.

// A number of seconds, cut to whole ones: the library's are whole, and less is stricter.
std::optional<std::chrono::seconds> ReadSeconds(std::string_view number) {
  double seconds = 0;
  const char* const end = number.data() + number.size();
  const auto [at, failed] = std::from_chars(number.data(), end, seconds);
  if (failed != std::errc() || at != end ||
      !(seconds >= 0 && seconds <= static_cast<double>(kMaxLeeway.count()))) {
    return std::nullopt;
  }
  return std::chrono::seconds(static_cast<int64_t>(seconds));
}

// "90", "1.5", and as a duration, "2m".
std::optional<std::chrono::seconds> ReadLeeway(std::string_view text) {
  const std::optional<std::chrono::seconds> leeway = ParseDuration(text);
  if (!leeway) return ReadSeconds(text);
  return *leeway <= kMaxLeeway ? leeway : std::nullopt;
}

std::optional<size_t> ReadTokenBytes(std::string_view text) {
  uint64_t bytes = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (failed != std::errc() || end != text.data() + text.size() || bytes == 0 ||
      bytes > kMaxTokenBytes) {
    return std::nullopt;
  }
  return static_cast<size_t>(bytes);
}

std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t comma = 0; (comma = text.find(',')) != std::string_view::npos;) {
    out.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  out.push_back(text);
  return out;
}

AlgorithmSet ReadAlgorithms(const std::vector<std::string>& lists) {
  std::vector<std::string_view> known;
  for (size_t i = 0; i < kAlgorithmCount; ++i)
    known.push_back(AlgorithmName(static_cast<Algorithm>(i)));
  AlgorithmSet set;
  for (const std::string& list : lists) {
    for (std::string_view name : SplitAtCommas(list)) {
      const std::optional<Algorithm> algorithm = FindAlgorithm(name);
      if (!algorithm) {
        throw UsageError("unknown algorithm " + QuoteArgument(name) + DidYouMean(name, known));
      }
      set.Add(*algorithm);
    }
  }
  return set;
}

AlgorithmSet ReadLineAlgorithms(JsonText list) {
  AlgorithmSet set;
  for (const std::string& name : StringList(list, "allowed_algs")) {
    const std::optional<Algorithm> algorithm = FindAlgorithm(name);
    if (!algorithm) throw BadInput("`allowed_algs` holds a name that is no algorithm");
    set.Add(*algorithm);
  }
  return set;
}

std::string_view NumberText(const JsonMember& member) {
  if (member.value.kind() != JsonText::Kind::kNumber) {
    throw BadInput("`" + member.name + "` is not a number");
  }
  return member.value.text();
}

std::string StringOf(const JsonMember& member) { return *OptionalString({member}, member.name); }
bool BoolOf(const JsonMember& member) { return *OptionalBool({member}, member.name); }

void ApplyLineOption(const JsonMember& option, VerifySettings& out) {
  VerifyOptions& options = out.options;
  const std::string& name = option.name;
  if (option.value.kind() == JsonText::Kind::kNull) return;
  if (name == "now") {
    out.now = OptionalTime({option}, name);
    return;
  }
  if (name == "max_token_bytes") {
    const auto bytes = ReadTokenBytes(NumberText(option));
    if (!bytes) throw BadInput("`max_token_bytes` is not a whole number from 1 to 2^30");
    options.max_token_bytes = *bytes;
    return;
  }
  out.rules = true;
  if (name == "issuer") {
    options.issuer = StringOf(option);
  } else if (name == "audience") {
    options.audiences = option.value.is_array() ? StringList(option.value, name)
                                                : std::vector<std::string>{StringOf(option)};
    if (options.audiences.empty())
      throw BadInput("`audience` is an empty list, which checks nothing");
  } else if (name == "leeway") {
    const auto leeway = ReadSeconds(NumberText(option));
    if (!leeway) throw BadInput("`leeway` is not a number of seconds from 0 to 600");
    options.leeway = *leeway;
  } else if (name == "allowed_algs") {
    options.algorithms = ReadLineAlgorithms(option.value);
  } else if (name == "required_typ") {
    options.token_type = StringOf(option);
  } else if (name == "require_exp") {
    options.allow_missing_expiry = !BoolOf(option);
  } else if (name == "jws") {
    options.signature_only = BoolOf(option);
  } else {
    throw BadInput("`options` holds a name that is no option of `verify`");
  }
}

}  // namespace

bool VerifyOptionTexts::any_rule() const {
  return leeway || typ || !algorithms.empty() || allow_missing_exp || jws;
}

VerifySettings ReadVerifyOptions(const VerifyOptionTexts& texts) {
  VerifySettings out;
  out.now = ReadTimeOption("--now", texts.now);
  VerifyOptions& options = out.options;
  options.issuer = texts.issuer;
  options.audiences = texts.audiences;
  options.algorithms =
      texts.algorithms.empty() ? AlgorithmSet::All() : ReadAlgorithms(texts.algorithms);
  options.token_type = texts.typ;
  options.allow_missing_expiry = texts.allow_missing_exp;
  options.signature_only = texts.jws;
  if (texts.leeway) {
    const auto leeway = ReadLeeway(*texts.leeway);
    if (!leeway) {
      throw UsageError("`--leeway` is a number of seconds from 0 to 600, not " +
                       QuoteArgument(*texts.leeway));
    }
    options.leeway = *leeway;
  }
  if (texts.max_token_bytes) {
    const auto bytes = ReadTokenBytes(*texts.max_token_bytes);
    if (!bytes) {
      throw UsageError("`--max-token-bytes` is a whole number from 1 to 2^30, not " +
                       QuoteArgument(*texts.max_token_bytes));
    }
    options.max_token_bytes = *bytes;
  }
  return out;
}

void ApplyLineOptions(JsonText options, VerifySettings& settings) {
  if (!options.is_object()) throw BadInput("`options` is not an object");
  for (const JsonMember& option : options.members()) ApplyLineOption(option, settings);
}

}  // namespace doorward::command
