// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/workload.h"

#include <set>
#include <string_view>

namespace doorward::benchmarks {
namespace {

std::string Endpoint(const WorkloadRule& rule) {
  std::string text;
  for (const std::string& method : rule.methods) text += (text.empty() ? "" : ",") + method;
  text += " " + rule.host;
  for (const std::string& segment : rule.path) text += "/" + segment;
  return text;
}

std::string InJson(std::string_view text) {
  std::string out = "\"";
  for (char c : text) out += c == '\\' ? "\\\\" : std::string(1, c);
  return out + "\"";
}

std::string InYaml(std::string_view text) {
  const bool is_plain = text.find_first_of(":,[]{}#*\\") == text.npos;
  return is_plain ? std::string(text) : "'" + std::string(text) + "'";
}

// The names of roles, between brackets.
template <class Write>
std::string List(const std::vector<uint32_t>& roles, const Write& write) {
  std::string out = "[";
  for (uint32_t role : roles) out += (out.size() == 1 ? "" : ",") + write(RoleName(role));
  return out + "]";
}

}  // namespace

std::string RoleName(uint32_t role) { return "role-" + std::to_string(role); }

std::vector<uint32_t> Workload::RolesOf(uint32_t principal) const {
  std::set<uint32_t> held;
  std::vector<uint32_t> pending = principals[principal];
  while (!pending.empty()) {
    const uint32_t role = pending.back();
    pending.pop_back();
    if (held.insert(role).second)
      pending.insert(pending.end(), inherits[role].begin(), inherits[role].end());
  }
  return {held.begin(), held.end()};
}

std::vector<std::vector<uint64_t>> Workload::RoleBits() const {
  std::vector<std::vector<uint64_t>> bits;
  for (uint32_t i = 0; i < principals.size(); ++i) {
    bits.emplace_back((inherits.size() + 63) / 64, 0);
    for (uint32_t role : RolesOf(i)) bits.back()[role >> 6] |= uint64_t{1} << (role & 63);
  }
  return bits;
}

std::string Workload::PolicyJson() const {
  std::string out = R"({"doorward":1,"roles":{)";
  for (uint32_t role = 0; role < inherits.size(); ++role) {
    out += (role == 0 ? "" : ",") + InJson(RoleName(role)) + ":{";
    if (!inherits[role].empty()) out += "\"inherits\":" + List(inherits[role], InJson);
    out += "}";
  }
  out += R"(},"rules":[)";
  for (size_t i = 0; i < rules.size(); ++i) {
    const WorkloadRule& rule = rules[i];
    out += (i == 0 ? "" : ",") + std::string(R"({"id":"rule-)") + std::to_string(i) + "\",\"" +
           (rule.deny ? "deny" : "allow") + "\":" + List(rule.roles, InJson) + ",\"endpoints\":[" +
           InJson(Endpoint(rule)) + "]}";
  }
  return out + "]}";
}

std::string Workload::PolicyYaml() const {
  std::string out = "doorward: 1\nroles:\n";
  for (uint32_t role = 0; role < inherits.size(); ++role) {
    out += "  " + RoleName(role) + ":";
    if (!inherits[role].empty()) out += " {inherits: " + List(inherits[role], InYaml) + "}";
    out += "\n";
  }
  out += "rules:\n";
  for (size_t i = 0; i < rules.size(); ++i) {
    const WorkloadRule& rule = rules[i];
    out += "  - id: rule-" + std::to_string(i) + "\n    " + (rule.deny ? "deny" : "allow") + ": " +
           List(rule.roles, InYaml) + "\n    endpoints:\n      - " + InYaml(Endpoint(rule)) + "\n";
  }
  return out;
}

}  // namespace doorward::benchmarks
