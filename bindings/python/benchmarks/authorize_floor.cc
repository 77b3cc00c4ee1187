// SPDX-License-Identifier: Apache-2.0
//
// What authorizing costs in C++, for the same requests that authorize.py times in Python: the
// floor under its figure.
//
//   authorize_floor POLICY ISSUER JWKS REQUESTS NOW LOOPS      prints the seconds of LOOPS
//   decisions
//
// REQUESTS is a file: the six header fields, a line each as `Name: value`, an empty line, and the
// requests, a line each as `METHOD target`, taken in turn.

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "doorward/authorizer.h"

namespace {

std::string ReadFile(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Two texts that `separator` stands between.
using Pair = std::pair<std::string, std::string>;
std::vector<Pair> ReadPairs(std::istream& lines, const std::string& separator) {
  std::vector<Pair> pairs;
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    const size_t at = line.find(separator);
    pairs.emplace_back(line.substr(0, at), line.substr(at + separator.size()));
  }
  return pairs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 64;
  const doorward::LoadOutcome loaded = doorward::Policy::Load(ReadFile(argv[1]), argv[1]);
  doorward::Authorizer authorizer(loaded.policy);
  (void)authorizer.SetKeys(argv[2], ReadFile(argv[3]), doorward::KeyOrigin::kLocal);
  std::ifstream lines(argv[4]);
  const std::vector<Pair> fields = ReadPairs(lines, ": "), requests = ReadPairs(lines, " ");
  const auto now = doorward::Timestamp::FromUnixSeconds(std::atoll(argv[5]));
  const long loops = std::atol(argv[6]);
  std::vector<doorward::Header> headers;
  for (const auto& [name, value] : fields) headers.push_back({name, value});

  doorward::Scratch scratch;
  long allowed = 0;
  const auto decide = [&](size_t i) {
    const doorward::Decision decision = authorizer.Authorize({.method = requests[i].first,
                                                              .host = "api.example.com",
                                                              .target = requests[i].second,
                                                              .headers = headers},
                                                             now, scratch);
    allowed += decision.allowed() ? 1 : 0;
  };
  for (size_t i = 0; i < requests.size(); ++i) decide(i);
  allowed = 0;
  const auto start = std::chrono::steady_clock::now();
  for (long n = 0; n < loops; ++n) decide(static_cast<size_t>(n) % requests.size());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::cout << taken.count() << " " << allowed << "\n";
}
