// SPDX-License-Identifier: Apache-2.0

#include "src/policy/load.h"

#include <array>
#include <cstdint>
#include <string>

#include <openssl/evp.h>
#include <re2/re2.h>
#include <simdjson.h>

#include "src/base/utf8.h"
#include "src/policy/check.h"
#include "src/policy/document.h"

namespace doorward {
namespace {

constexpr std::string_view kPolicyMembers[] = {"doorward", "hosts",   "issuers", "roles",
                                               "rules",    "request", "token",   "forward"};

bool IsJson(std::string_view name, PolicyFormat format) {
  constexpr std::string_view kEnding = ".json";
  if (format != PolicyFormat::kByName) return format == PolicyFormat::kJson;
  if (name.size() < kEnding.size()) return false;
  const std::string_view ending = name.substr(name.size() - kEnding.size());
  for (size_t i = 0; i < kEnding.size(); ++i) {
    const char c =
        ending[i] >= 'A' && ending[i] <= 'Z' ? static_cast<char>(ending[i] + 0x20) : ending[i];
    if (c != kEnding[i]) return false;
  }
  return true;
}

bool CheckText(const SourceText& source, DiagnosticList& diagnostics) {
  const std::string_view text = source.text();
  if (text.size() > kMaxPolicyBytes) {
    diagnostics.WholeTextError("too_large", "the policy's text exceeds 64 MiB",
                               {"at most 64 MiB", ""});
    return false;
  }
  if (simdjson::validate_utf8(text.data(), text.size())) return true;
  size_t at = 0;
  while (const size_t length = DecodeUtf8(text.substr(at)).length) at += length;
  diagnostics.Error({static_cast<uint32_t>(at), 1}, "bad_utf8",
                    "the text is not UTF-8 from here on", {"UTF-8", "save the file as UTF-8"});
  return false;
}

std::string HashText(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string out;
  for (size_t i = 0; i < 8; ++i) out += {kHex[digest[i] >> 4], kHex[digest[i] & 15]};
  return out;
}

// Hides what looks like the secret members of keys in a text that has no structure: one that is not
// even YAML or JSON.
void HideLikelySecrets(const SourceText& source, DiagnosticList& diagnostics) {
  const RE2 member(R"re((?:^|[\s{,"'])(?:k|d|p|q|dp|dq|qi|oth|r|t)["']?\s*:\s*([^,}\r\n]+))re");
  const std::string_view text = source.text();
  if (text.find("jwks") == text.npos && text.find("kty") == text.npos) return;
  re2::StringPiece rest(text.data(), text.size());
  re2::StringPiece value;
  while (RE2::FindAndConsume(&rest, member, &value)) {
    diagnostics.HideText(
        {static_cast<uint32_t>(value.data() - text.data()), static_cast<uint32_t>(value.size())});
  }
}

void CheckVersion(Fields& fields, const ObjectFields& policy) {
  const DocumentValue* const value = policy.Require("doorward", "`doorward: 1`");
  if (value == nullptr) return;
  const bool is_one = value->text() == "1" && (fields.is_yaml() || !value->is_string());
  if (is_one) return;
  fields.Error(value->at(), "unsupported_version",
               "this version reads policies of version `1` alone", {"the number `1`", ""});
}

}  // namespace

void CheckDocument(const Document& document, DiagnosticList& diagnostics, PolicyModel& model) {
  Fields fields(document, diagnostics);
  const ObjectFields policy(fields, document.root(), "a policy", kPolicyMembers);
  if (!policy.is_object()) return;
  CheckVersion(fields, policy);
  PolicyCheck check{fields, model};
  const auto section = [&](std::string_view name,
                           void (*read)(PolicyCheck&, const DocumentValue&)) {
    if (const DocumentValue* const value = policy.Find(name)) read(check, *value);
  };
  section("request", CheckRequest);
  section("hosts", CheckHosts);
  section("roles", DeclareRoles);
  section("issuers", CheckIssuers);
  section("roles", CheckRoles);
  section("rules", CheckRules);
  section("token", CheckToken);
  section("forward", CheckForward);
  if (fields.has_errors()) return;
  CheckUsage(check, policy.NameSpan(policy.Has("rules") ? "rules" : "doorward"));
  CheckOpenIssuers(check);
  CheckTokenHeaders(check);
}

std::optional<PolicyModel> LoadModel(const SourceText& source, PolicyFormat format,
                                     DiagnosticList& diagnostics) {
  if (!CheckText(source, diagnostics)) return std::nullopt;
  const bool is_json = IsJson(source.name(), format);
  Document document(source, !is_json);
  const bool parsed =
      is_json ? ParseJson(source, document, diagnostics) : ParseYaml(source, document, diagnostics);
  if (!parsed) {
    HideLikelySecrets(source, diagnostics);
    return std::nullopt;
  }
  document.HideKeys(diagnostics);
  PolicyModel model;
  model.revision = HashText(source.text());
  CheckDocument(document, diagnostics, model);
  if (diagnostics.has_errors()) return std::nullopt;
  return model;
}

}  // namespace doorward
