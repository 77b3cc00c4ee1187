// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "doorward/authorizer.h"

std::string ReadFile(const char* path) {
  std::ostringstream text;
  if (text << std::ifstream(path).rdbuf()) return text.str();
  std::cerr << path << ": cannot be read, or is empty\n";
  std::exit(2);
}

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "usage: embed POLICY ISSUER JWKS METHOD TARGET AUTHORIZATION\n";
    return 64;
  }
  const doorward::LoadOutcome loaded = doorward::Policy::Load(ReadFile(argv[1]), argv[1]);
  for (const doorward::Diagnostic& d : loaded.diagnostics) std::cerr << d << "\n";
  if (!loaded.policy) return 2;

  doorward::Authorizer authorizer(loaded.policy);
  const auto diagnostics =
      authorizer.SetKeys(argv[2], ReadFile(argv[3]), doorward::KeyOrigin::kLocal);
  for (const doorward::Diagnostic& d : diagnostics) std::cerr << d << "\n";
  if (doorward::HasErrors(diagnostics)) return 2;

  const doorward::Header headers[] = {{"Authorization", argv[6]}};
  doorward::Scratch scratch;  // one for each thread
  const doorward::Decision d =
      authorizer.Authorize({.method = argv[4], .target = argv[5], .headers = headers},
                           std::chrono::system_clock::now(), scratch);
  std::cout << d.http_status() << " " << doorward::ReasonName(d.reason()) << " " << d.rule_id()
            << "\n";
  return d.allowed() ? 0 : 1;
}
