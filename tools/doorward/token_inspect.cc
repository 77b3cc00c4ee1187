// SPDX-License-Identifier: Apache-2.0
//
// `doorward token inspect`: what a token says, for people. Nothing is verified.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/doorward/base64url.h"
#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/files.h"
#include "tools/doorward/json_text.h"
#include "tools/doorward/streams.h"
#include "tools/doorward/time_text.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(Shows the header and the payload, and the dates in words. NOTHING IS VERIFIED: anybody can write a
token that says this. `doorward verify` verifies.

Example:
  $ doorward token inspect < token.txt

Exit status: 0 shown; 64 wrong usage, or what was given is no token.
)";

constexpr size_t kMaxTokenBytes = size_t{1} << 20;

struct InspectArguments {
  std::optional<std::string> token, now;
};

std::string ReadToken(const std::string& argument) {
  std::string text = argument;
  if (argument == "-") {
    std::string error;
    std::optional<std::string> read = ReadStandardInput(kMaxTokenBytes, &error);
    if (!read) throw UsageError("cannot read standard input: " + error);
    text = *std::move(read);
  }
  const size_t begin = text.find_first_not_of(" \t\r\n");
  const size_t end = text.find_last_not_of(" \t\r\n");
  if (begin == std::string::npos) throw UsageError("there is no token: the input is empty");
  return text.substr(begin, end - begin + 1);
}

std::vector<std::string_view> SplitAtDots(std::string_view token) {
  std::vector<std::string_view> parts;
  for (size_t dot = 0; (dot = token.find('.')) != std::string_view::npos;
       token.remove_prefix(dot + 1)) {
    parts.push_back(token.substr(0, dot));
  }
  parts.push_back(token);
  return parts;
}

std::string DecodePart(std::string_view part, const char* name) {
  std::optional<std::string> decoded = DecodeBase64Url(part);
  if (!decoded)
    throw UsageError(std::string("this is no token: its ") + name + " is not base64url");
  return *std::move(decoded);
}

// A part that the claims name as a date, in words.
std::string DateLine(const JsonMember& claim, Timestamp now) {
  struct Date {
    std::string_view name;
    const char* words;
  };
  constexpr Date kDates[] = {{"iat", "issued"},
                             {"nbf", "not valid before"},
                             {"exp", "expires"},
                             {"auth_time", "signed in"},
                             {"updated_at", "profile updated"}};
  for (const Date& date : kDates) {
    if (claim.name != date.name) continue;
    const bool is_number = claim.value.kind() == JsonText::Kind::kNumber;
    const std::optional<Timestamp> at =
        is_number ? ParseJsonTime(claim.value.text()) : std::optional<Timestamp>();
    const std::string label = std::string("  ") + date.words + " (" + claim.name + "): ";
    if (!at) return label + "not a date\n";
    return label + FormatTime(*at) + ", " + FormatDistance(*at, now) + '\n';
  }
  return "";
}

std::string PayloadText(const std::string& payload, Timestamp now) {
  std::string error;
  const std::optional<JsonText> json = JsonText::Parse(payload, &error);
  if (!json) {
    return "Payload (not verified): " + std::to_string(payload.size()) +
           " octets that are no JSON\n";
  }
  std::string out = "Payload (not verified):\n" + LayOutForPeople(*json) + '\n';
  if (!json->is_object()) return out;
  std::string dates;
  for (const JsonMember& claim : json->members()) dates += DateLine(claim, now);
  return dates.empty() ? out : out + "Dates, as seen from " + FormatTime(now) + ":\n" + dates;
}

int Inspect(const InspectArguments& args) {
  const Timestamp now = ReadTimeOption("--now", args.now).value_or(CurrentTime());
  const std::string token = ReadToken(args.token.value_or("-"));
  const std::vector<std::string_view> parts = SplitAtDots(token);
  if (parts.size() == 5)
    throw UsageError("this token is encrypted (JWE, five parts); Doorward reads signed ones");
  if (parts.size() != 3) {
    throw UsageError("this is no token: one has three parts between dots, this has " +
                     std::to_string(parts.size()));
  }
  const std::string header = DecodePart(parts[0], "header");
  std::string error;
  const std::optional<JsonText> header_json = JsonText::Parse(header, &error);
  if (!header_json || !header_json->is_object()) {
    throw UsageError("this is no token: its header is no JSON object" +
                     (error.empty() ? "" : " (" + error + ")"));
  }
  const std::string payload = DecodePart(parts[1], "payload");
  StandardOutput().Write(
      "NOT VERIFIED: anybody can write a token that says this.\n\nHeader (not verified):\n" +
      LayOutForPeople(*header_json) + "\n\n" + PayloadText(payload, now));
  return kExitOk;
}

}  // namespace

Command TokenInspectCommand() {
  const auto args = std::make_shared<InspectArguments>();
  return {
      .name = "inspect",
      .summary = "show what a token says, without verifying it",
      .details = kDetails,
      .arguments =
          {
              {.name = "TOKEN",
               .help = "the token; - or nothing reads standard input, which keeps it out of "
                       "the\nlist of processes",
               .target = &args->token},
              {.name = "--now",
               .value = "TIME",
               .help = "the time that dates are told from; left out: the clock",
               .target = &args->now},
          },
      .run = [args] { return Inspect(*args); },
  };
}

}  // namespace doorward::command
