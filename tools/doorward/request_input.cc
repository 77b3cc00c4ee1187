// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/request_input.h"

#include <stdexcept>
#include <utility>

#include "tools/doorward/json_text.h"
#include "tools/doorward/members.h"
#include "tools/doorward/time_text.h"

namespace doorward::command {

// Fills a RequestInput member by member; throws BadInput.
class RequestReader {
 public:
  RequestReader(RequestInput& out, const Policy& policy) : out_(out), policy_(policy) {}

  void Read(std::string_view json, std::string& id_out) {
    std::string error;
    const std::optional<JsonText> line = JsonText::Parse(json, &error);
    if (!line) throw BadInput(error);
    if (!line->is_object()) throw BadInput("not a JSON object");
    members_ = line->members();
    if (const JsonText* id = Find(members_, "id")) id_out = id->Compact();
    out_.method_ = RequiredString("method");
    out_.target_ = RequiredString("target");
    out_.source_ip_ = OptionalString(members_, "source_ip");
    out_.now_ = OptionalTime(members_, "now");
    ReadHost();
    ReadHeaders();
    ReadCaller();
  }

 private:
  std::string RequiredString(std::string_view name) {
    std::optional<std::string> value = OptionalString(members_, name);
    if (!value) throw BadInput("`" + std::string(name) + "` is missing");
    return *std::move(value);
  }

  // A host that is no string is one that no server accepts: a bad request, not a bad line.
  void ReadHost() {
    const JsonText* host = Find(members_, "host");
    if (host != nullptr) out_.host_ = host->is_string() ? host->string() : "";
  }

  void AddHeader(std::string name, const JsonText& value) {
    if (!value.is_string()) throw BadInput("`headers` holds a value that is no string");
    out_.fields_.push_back({std::move(name), value.string()});
  }

  void ReadHeaders() {
    const JsonText* headers = Find(members_, "headers");
    if (headers == nullptr) return;
    if (headers->is_object()) {
      for (JsonMember& member : headers->members()) AddHeader(std::move(member.name), member.value);
    } else if (headers->is_array()) {
      for (const JsonText& element : headers->elements()) {
        const auto pair = element.is_array() ? element.elements() : std::vector<JsonText>();
        if (pair.size() != 2 || !pair[0].is_string()) {
          throw BadInput("`headers` holds an element that is no pair of name and value");
        }
        AddHeader(pair[0].string(), pair[1]);
      }
    } else {
      throw BadInput("`headers` is neither an object nor a list of pairs");
    }
    for (const RequestInput::Field& field : out_.fields_) {
      out_.headers_.push_back({field.name, field.value});
    }
  }

  void ReadCaller() {
    out_.token_ = OptionalString(members_, "token");
    const JsonText* claims = Find(members_, "claims");
    const JsonText* roles = Find(members_, "roles");
    const int given =
        (out_.token_ ? 1 : 0) + (claims != nullptr ? 1 : 0) + (roles != nullptr ? 1 : 0);
    if (given > 1) throw BadInput("at most one of `token`, `claims` and `roles` may be there");
    const std::optional<std::string> issuer = OptionalString(members_, "issuer");
    if (claims != nullptr) {
      if (!claims->is_object()) throw BadInput("`claims` is not an object");
      out_.caller_ = CallerOf(claims->text(), issuer);
      return;
    }
    // The library tells which issuers a policy has, templates included.
    if (issuer) CallerOf("{}", issuer);
    if (roles != nullptr) ReadRoles(*roles);
  }

  Caller CallerOf(std::string_view claims, const std::optional<std::string>& issuer) {
    std::string error;
    std::optional<Caller> caller = policy_.CallerWithClaims(claims, issuer, &error);
    if (!caller) throw BadInput(error);
    return *std::move(caller);
  }

  void ReadRoles(const JsonText& roles) {
    std::vector<std::string> names = StringList(roles, "roles");
    out_.caller_ =
        policy_.CallerWithRoles(std::vector<std::string_view>(names.begin(), names.end()));
  }

  RequestInput& out_;
  const Policy& policy_;
  std::vector<JsonMember> members_;
};

RequestInput::RequestInput(std::string_view json, const Policy& policy, std::string& id) {
  RequestReader(*this, policy).Read(json, id);
}

Request RequestInput::request() const {
  return {.method = method_,
          .host = host_,
          .target = target_,
          .headers = headers_,
          .source_ip = source_ip_};
}

Credential RequestInput::credential() const {
  if (token_) return Credential::Token(*token_);
  if (caller_) return Credential::KnownCaller(*caller_);
  return Credential::FromHeaders();
}

}  // namespace doorward::command
