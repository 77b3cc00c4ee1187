// SPDX-License-Identifier: Apache-2.0
//
// Prints the workload of the decision benchmarks for programs in Python, as one JSON object:
// `policy`, roles by principal, rules, and requests with the right answers.
//
//   workload_json RULES REQUESTS

#include <cstdlib>
#include <iostream>
#include <string>

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {
namespace {

// Prints `[a,b]` of what `print` prints for each item.
template <class Items, class Print>
void PrintList(const Items& items, const Print& print) {
  std::cout << "[";
  const char* separator = "";
  for (const auto& item : items) {
    std::cout << separator;
    separator = ",";
    print(item);
  }
  std::cout << "]";
}

// What the workload is made of needs no escaping.
void PrintText(const std::string& text) { std::cout << '"' << text << '"'; }
void PrintRoles(const std::vector<uint32_t>& roles) {
  PrintList(roles, [](uint32_t role) { PrintText(RoleName(role)); });
}

void PrintRule(const WorkloadRule& rule) {
  std::cout << R"({"deny":)" << (rule.deny ? "true" : "false") << R"(,"methods":)";
  PrintList(rule.methods, PrintText);
  std::cout << R"(,"path":)";
  PrintList(rule.path, PrintText);
  std::cout << R"(,"roles":)";
  PrintRoles(rule.roles);
  std::cout << "}";
}

void PrintRequest(const WorkloadRequest& request) {
  std::cout << R"({"method":)";
  PrintText(request.method);
  std::cout << R"(,"path":)";
  PrintText(request.path);
  std::cout << R"(,"principal":)" << request.principal << R"(,"allowed":)"
            << (request.allowed ? "true" : "false") << "}";
}

void Print(const Workload& workload) {
  std::cout << R"({"policy":)" << workload.PolicyJson() << R"(,"inherits":)";
  PrintList(workload.inherits, PrintRoles);
  std::cout << R"(,"rules":)";
  PrintList(workload.rules, PrintRule);
  std::cout << R"(,"principals":)";
  PrintList(workload.principals, PrintRoles);
  std::cout << R"(,"requests":)";
  PrintList(workload.requests, PrintRequest);
  std::cout << "}\n";
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  constexpr uint64_t kSeed = 20261123;
  const auto count = [&](int i) {
    return static_cast<size_t>(std::strtoull(argv[i], nullptr, 10));
  };
  doorward::benchmarks::Print(doorward::benchmarks::MakePlainWorkload(count(1), count(2), kSeed));
}
