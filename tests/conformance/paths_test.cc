// SPDX-License-Identifier: Apache-2.0
//
// tests/data/paths.jsonl: attacks on paths, hosts, methods and headers, with harmless twins. Each
// line is a test of its own, named by its id.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

struct Field {
  std::string name;
  std::string value;
};

struct ConformanceCase {
  std::string id;
  std::string method;
  // The values of Host: usually one.
  std::vector<std::string> hosts;
  std::string target;
  std::vector<Field> headers;
  std::string profile;
  std::string safe_outcome;
  std::string reject_step;  // "" where the request is acceptable
  // What a decision is made on; "" for members that the file leaves out.
  std::string normalised_host;
  std::string normalised_query;
};

void PrintTo(const ConformanceCase& c, std::ostream* out) { *out << c.id; }

std::string Text(const simdjson::dom::element& value) {
  return std::string(value.get_string().value());
}

std::vector<std::string> ReadHosts(const simdjson::dom::element& host) {
  if (host.is_null()) return {};
  if (host.is_string()) return {Text(host)};
  const simdjson::dom::array values = host.get_array().value();
  std::vector<std::string> hosts;
  for (const simdjson::dom::element value : values) hosts.push_back(Text(value));
  return hosts;
}

void ReadRequest(const simdjson::dom::object& request, ConformanceCase* out) {
  for (const auto [key, value] : request) {
    if (key == "method") {
      out->method = Text(value);
    } else if (key == "host") {
      out->hosts = ReadHosts(value);
    } else if (key == "target") {
      out->target = Text(value);
    } else if (key == "headers") {
      const simdjson::dom::array pairs = value.get_array().value();
      for (const simdjson::dom::element pair : pairs) {
        out->headers.push_back({Text(pair.at(0).value()), Text(pair.at(1).value())});
      }
    } else {
      throw std::runtime_error("unknown member of a request: " + std::string(key));
    }
  }
}

void ReadNormalised(const simdjson::dom::element& normalised, ConformanceCase* out) {
  if (normalised.is_null()) return;
  const simdjson::dom::object members = normalised.get_object().value();
  for (const auto [key, value] : members) {
    if (key == "host") {
      out->normalised_host = Text(value);
    } else if (key == "query") {
      out->normalised_query = Text(value);
    } else if (key != "method" && key != "path" && key != "port") {
      throw std::runtime_error("unknown member of a normalised request: " + std::string(key));
    }
  }
}

ConformanceCase ReadCase(const simdjson::dom::object& line) {
  // What tells people where a case comes from.
  constexpr std::string_view kForPeople[] = {"attack_on",     "source", "backend_may_resolve_to",
                                             "reject_reason", "rule",   "note"};
  ConformanceCase out;
  for (const auto [key, value] : line) {
    if (key == "id") {
      out.id = Text(value);
    } else if (key == "request") {
      ReadRequest(value.get_object().value(), &out);
    } else if (key == "profile") {
      out.profile = Text(value);
    } else if (key == "safe_outcome") {
      out.safe_outcome = Text(value);
    } else if (key == "reject_step") {
      out.reject_step = value.is_null() ? "" : Text(value);
    } else if (key == "normalised") {
      ReadNormalised(value, &out);
    } else if (std::find(std::begin(kForPeople), std::end(kForPeople), key) ==
               std::end(kForPeople)) {
      throw std::runtime_error("unknown member of a case: " + std::string(key));
    }
  }
  return out;
}

std::vector<ConformanceCase> ReadCases() {
  std::vector<ConformanceCase> cases;
  std::ifstream file(DOORWARD_TEST_DATA "/paths.jsonl");
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) {
    cases.push_back(ReadCase(parser.parse(line).get_object().value()));
  }
  return cases;
}

RequestRules RulesOf(const std::string& profile) {
  if (profile == "fold") return {.path_case = RequestRules::PathCase::kFold};
  if (profile == "windows") return {.backend = RequestRules::Backend::kWindows};
  EXPECT_EQ(profile, "default");
  return {};
}

Reason ReasonOf(const std::string& step) {
  switch (step.empty() ? '\0' : step[0]) {
    case 'M':
      return Reason::kBadMethod;
    case 'F':
      return Reason::kBadHeader;
    case 'H':
      return Reason::kBadHost;
    case 'T':
      return Reason::kBadTarget;
    case 'P':
      return Reason::kBadPath;
    case 'S':
      return Reason::kBadSegment;
    default:
      return Reason::kAllowed;
  }
}

// A request as a host application hands it in: without Host it has the host "", and several stand
// among the headers.
struct HandedIn {
  std::vector<Header> headers;
  Request request;

  explicit HandedIn(const ConformanceCase& c) {
    if (c.hosts.size() > 1) {
      for (const std::string& host : c.hosts) headers.push_back({"Host", host});
    }
    for (const Field& field : c.headers) headers.push_back({field.name, field.value});
    request = {.method = c.method,
               .host = c.hosts.empty() ? std::string_view() : std::string_view(c.hosts[0]),
               .target = c.target,
               .headers = headers};
  }
};

class PathConformance : public testing::TestWithParam<ConformanceCase> {};

TEST_P(PathConformance, HasItsSafeOutcome) {
  const ConformanceCase& c = GetParam();
  const HandedIn handed(c);
  RequestRules rules = RulesOf(c.profile);
  Scratch scratch;
  CanonicalRequest out;
  Reason reason = Normalise(handed.request, rules, scratch, &out);
  constexpr std::string_view kTreatedAs = "treated_as:";
  if (c.safe_outcome.starts_with(kTreatedAs)) {
    ASSERT_EQ(reason, Reason::kAllowed);
    EXPECT_EQ(out.path, c.safe_outcome.substr(kTreatedAs.size()));
    EXPECT_EQ(out.method, c.method);
    EXPECT_EQ(out.query, c.normalised_query);
    if (!c.normalised_host.empty()) {
      EXPECT_EQ(out.host, c.normalised_host);
    }
    return;
  }
  ASSERT_EQ(c.safe_outcome, "reject_400");
  const bool is_override = c.reject_step == "F2" || c.reject_step == "F3" || c.reject_step == "M4";
  if (is_override) {
    // It influences nothing and is stripped; or it is refused, where the policy asks for that.
    EXPECT_EQ(reason, Reason::kAllowed);
    ASSERT_EQ(c.headers.size(), 1u);
    EXPECT_TRUE(IsOverrideHeader(c.headers[0].name));
    rules.override_headers = RequestRules::OverrideHeaders::kReject;
    reason = Normalise(handed.request, rules, scratch, &out);
  }
  EXPECT_EQ(reason, is_override ? Reason::kBadHeader : ReasonOf(c.reject_step));
  EXPECT_NE(ExplainRefusal(handed.request, rules, reason), "");
}

std::string NameOf(const testing::TestParamInfo<ConformanceCase>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(PathsJsonl, PathConformance, testing::ValuesIn(ReadCases()), NameOf);

TEST(PathConformanceFile, IsRead) { EXPECT_EQ(ReadCases().size(), 175u); }

}  // namespace
}  // namespace doorward
