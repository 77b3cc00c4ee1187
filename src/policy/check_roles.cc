// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/policy/check.h"
#include "src/policy/read_expression.h"

namespace doorward {
namespace {

constexpr std::string_view kRoleMembers[] = {"inherits", "granted_to", "description"};
constexpr std::string_view kGrantMembers[] = {"claim", "values", "issuer", "when"};

bool IsReserved(std::string_view name) { return name == kEveryone || name == kAuthenticated; }

std::optional<uint32_t> FindIssuer(PolicyCheck& check, const DocumentValue& value) {
  const std::optional<std::string_view> name = check.fields.Text(value, "`issuer` of a grant");
  if (!name) return std::nullopt;
  const auto found = check.issuers.index.find(*name);
  if (found != check.issuers.index.end()) return found->second;
  if (check.issuers.complete) {
    check.fields.Error(
        value.at(), "unknown_issuer", "unknown issuer " + Quote(*name),
        {"a spelling of one of `issuers`", check.fields.Suggest(*name, check.issuers.names)});
  }
  return std::nullopt;
}

bool CheckGrantIsWhole(Fields& fields, const ObjectFields& grant, Span at) {
  if (grant.is_partial()) return false;
  const bool has_claim = grant.Has("claim");
  if (has_claim != grant.Has("values")) {
    fields.Error(
        grant.NameSpan(has_claim ? "claim" : "values"), "incomplete_grant",
        has_claim ? "`claim` stands here without `values`" : "`values` stands here without `claim`",
        {"`claim` and `values` together", ""});
    return false;
  }
  if (has_claim || grant.Has("issuer") || grant.Has("when")) return true;
  fields.Error(at, "incomplete_grant", "this grant would hold for everyone",
               {"`claim` with `values`, `issuer` or `when`", ""});
  return false;
}

void CheckGrant(PolicyCheck& check, const DocumentValue& value, RoleModel& role) {
  constexpr std::string_view kWhat = "an entry of `granted_to`";
  Fields& fields = check.fields;
  const ObjectFields grant(fields, value, kWhat, kGrantMembers);
  if (!grant.is_object()) return;
  GrantModel model;
  if (const DocumentValue* const claim = grant.Find("claim")) {
    if (auto reference = ReadClaimReference(fields, *claim, "`claim` of a grant")) {
      const bool split = IsSplitByName(*reference);
      model.claim = ClaimSource{*std::move(reference), split};
    }
  }
  if (const DocumentValue* const values = grant.Find("values")) {
    model.values = fields.Texts(*values, "`values` of a grant", ListSize::kNotEmpty);
  }
  if (const DocumentValue* const issuer = grant.Find("issuer")) {
    model.issuer = FindIssuer(check, *issuer);
  }
  if (const DocumentValue* const when = grant.Find("when")) {
    model.when = ReadExpression(fields, *when, "`when` of a grant", ExpressionPlace::kGrant, 'b');
  }
  if (CheckGrantIsWhole(fields, grant, value.at())) role.granted_to.push_back(std::move(model));
}

void CheckInherits(PolicyCheck& check, const DocumentValue& value, RoleModel& role) {
  const std::vector<DocumentValue> names = check.fields.List(value, "`inherits` of a role");
  for (const DocumentValue& name : names) {
    const auto inherited = FindRole(check, name, "`inherits` of a role");
    if (inherited) role.inherits.push_back(*inherited);
  }
  check.fields.WarnRepeated(names);
}

void CheckRole(PolicyCheck& check, const DocumentValue& value, RoleModel& role) {
  if (value.is_null()) return;  // nothing after the colon equals {}
  const ObjectFields fields(check.fields, value, "a role", kRoleMembers);
  if (const DocumentValue* const description = fields.Find("description")) {
    role.description = check.fields.AnyText(*description, "`description` of a role").value_or("");
  }
  if (const DocumentValue* const inherits = fields.Find("inherits")) {
    CheckInherits(check, *inherits, role);
  }
  if (const DocumentValue* const grants = fields.Find("granted_to")) {
    constexpr std::string_view kWhat = "`granted_to` of a role";
    for (const DocumentValue& grant :
         check.fields.List(*grants, kWhat, ListSize::kNotEmpty, kMaxGrants)) {
      CheckGrant(check, grant, role);
    }
  }
}

// Finds roles that inherit themselves, by a depth-first walk without recursion: chains may be as
// long as a policy has roles.
class CycleFinder {
 public:
  explicit CycleFinder(PolicyCheck& check)
      : check_(check), roles_(check.model.roles), states_(roles_.size(), State::kNew) {}

  // Reports each circle. False where there is one.
  bool Run() {
    for (uint32_t role = 0; role < roles_.size(); ++role) {
      if (states_[role] == State::kNew) Walk(role);
    }
    return !found_;
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };
  struct Step {
    uint32_t role;
    size_t next;  // of what it inherits
  };

  void Walk(uint32_t start) {
    Enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      const std::vector<uint32_t>& inherits = roles_[step.role].inherits;
      if (step.next == inherits.size()) {
        states_[step.role] = State::kDone;
        path_.pop_back();
        continue;
      }
      const uint32_t inherited = inherits[step.next++];
      if (states_[inherited] == State::kNew)
        Enter(inherited);
      else if (states_[inherited] == State::kOpen)
        Report(inherited);
    }
  }

  void Enter(uint32_t role) {
    states_[role] = State::kOpen;
    path_.push_back({role, 0});
  }

  // The path ends with a role that inherits `role`, which stands on the path already.
  void Report(uint32_t role) {
    found_ = true;
    const bool is_kept = check_.fields.Keeps(Severity::kError);
    check_.fields.Error(
        roles_[role].at, "role_cycle",
        is_kept ? "roles inherit each other in a circle: " + DescribePath(role) : "",
        {"", "remove one of these from `inherits`"});
  }

  std::string DescribePath(uint32_t from) const {
    constexpr size_t kMaxNamed = 8;
    auto at = std::find_if(path_.begin(), path_.end(), [&](Step s) { return s.role == from; });
    std::string out;
    for (size_t count = 0; at != path_.end() && count < kMaxNamed; ++at, ++count) {
      out += Quote(roles_[at->role].name) + " inherits ";
    }
    return out + (at == path_.end() ? "" : "… inherits ") + Quote(roles_[from].name);
  }

  PolicyCheck& check_;
  const std::vector<RoleModel>& roles_;
  std::vector<State> states_;
  std::vector<Step> path_;
  bool found_ = false;
};

// Each role is held together with all that it inherits, however far: what that comes to is bounded,
// as a long chain would grow with the square of its length.
void CheckInheritance(PolicyCheck& check) {
  constexpr size_t kMaxSteps = 20'000'000;
  const std::vector<RoleModel>& roles = check.model.roles;
  std::vector<size_t> reached_from(roles.size(), roles.size());
  std::vector<uint32_t> pending;
  size_t steps = 0;
  for (size_t i = 0; i < roles.size(); ++i) {
    pending.assign(1, static_cast<uint32_t>(i));
    while (!pending.empty()) {
      const uint32_t role = pending.back();
      pending.pop_back();
      if (std::exchange(reached_from[role], i) == i) continue;
      steps += 1 + roles[role].inherits.size();
      if (steps > kMaxSteps) {
        check.fields.Error(roles[i].at, "too_much_inheritance",
                           "roles inherit too many others, all in all",
                           {"at most 20,000,000 pairs of a role and one that it inherits", ""});
        return;
      }
      pending.insert(pending.end(), roles[role].inherits.begin(), roles[role].inherits.end());
    }
  }
}

}  // namespace

void DeclareRoles(PolicyCheck& check, const DocumentValue& section) {
  if (section.kind() != DocumentValue::Kind::kObject) {
    check.fields.WrongType(section, "`roles`", "an object of role names");
    check.roles.complete = false;
    return;
  }
  for (const auto& [key, value] : section.members()) {
    const std::string_view name = key.text();
    if (check.model.roles.size() == kMaxRoles) {
      check.fields.TooMany(key.at(), "`roles`", kMaxRoles);
      check.roles.complete = false;
      return;
    }
    if (IsReserved(name)) {
      check.fields.Error(key.at(), "reserved_name", Quote(name) + " is a reserved name",
                         {"a name other than `everyone` and `authenticated`", ""});
    } else {
      check.fields.CheckName(key, "the name of a role");
    }
    check.roles.index.emplace(name, static_cast<uint32_t>(check.model.roles.size()));
    check.roles.names.push_back(name);
    RoleModel& role = check.model.roles.emplace_back();
    role.at = key.at();
    role.name = std::string(name);
  }
}

void CheckRoles(PolicyCheck& check, const DocumentValue& section) {
  uint32_t index = 0;
  for (const auto& [key, value] : section.members()) {
    if (index == check.model.roles.size()) break;
    CheckRole(check, value, check.model.roles[index++]);
  }
  if (CycleFinder(check).Run()) CheckInheritance(check);
}

std::optional<uint32_t> FindDeclaredRole(PolicyCheck& check, const DocumentValue& value,
                                         ReservedNames reserved) {
  const std::string_view name = value.text();
  const auto found = check.roles.index.find(name);
  if (found != check.roles.index.end()) return found->second;
  if (!check.roles.complete) return std::nullopt;
  std::string suggestion;
  if (reserved == ReservedNames::kFit) {
    suggestion = check.fields.Suggest(name, {kEveryone, kAuthenticated});
  }
  if (suggestion.empty()) suggestion = check.fields.Suggest(name, check.roles.names);
  check.fields.Error(value.at(), "unknown_role", "unknown role " + Quote(name),
                     {"a role that `roles` declares", std::move(suggestion)});
  return std::nullopt;
}

std::optional<uint32_t> FindRole(PolicyCheck& check, const DocumentValue& value,
                                 std::string_view what) {
  const std::optional<std::string_view> name = check.fields.Text(value, what);
  if (!name) return std::nullopt;
  if (!IsReserved(*name)) return FindDeclaredRole(check, value, ReservedNames::kDoNotFit);
  check.fields.Error(value.at(), "reserved_name",
                     "the reserved name " + Quote(*name) + " cannot stand in " + std::string(what),
                     {"a role that `roles` declares", ""});
  return std::nullopt;
}

}  // namespace doorward
