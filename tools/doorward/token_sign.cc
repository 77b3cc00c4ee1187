// SPDX-License-Identifier: Apache-2.0
//
// `doorward token sign`: makes a development token.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/files.h"
#include "tools/doorward/json_text.h"
#include "tools/doorward/json_writer.h"
#include "tools/doorward/streams.h"
#include "tools/doorward/time_text.h"
#include "tools/signing/signing.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(`iat` is the time of signing and `exp` follows by --expires-in, unless the claims have them. The other
options come before --claims, and --claim comes before all.

Example:
  $ doorward token sign --key dev.jwk --issuer https://login.example.com/ --audience https://api.example.com \
      --subject alice --claim 'groups:=["editor"]' --expires-in 1h

Exit status: 0 done; 64 wrong usage, or a key that cannot be read.
)";

constexpr size_t kMaxClaimsBytes = size_t{1} << 20;

struct SignArguments {
  std::optional<std::string> key, claims, issuer, subject, expires_in, typ, now;
  std::vector<std::string> claim, audiences;
};

// Claims in their order, each with its value as JSON text.
class Claims {
 public:
  bool Has(std::string_view name) const {
    for (const Claim& claim : claims_) {
      if (claim.name == name) return true;
    }
    return false;
  }
  void Set(std::string_view name, std::string json) {
    for (Claim& claim : claims_) {
      if (claim.name == name) {
        claim.json = std::move(json);
        return;
      }
    }
    claims_.push_back({std::string(name), std::move(json)});
  }
  void SetString(std::string_view name, std::string_view value) {
    JsonWriter w;
    w.String(value);
    Set(name, w.text());
  }
  std::string ToJson() const {
    JsonWriter w;
    w.Object([&] {
      for (const Claim& claim : claims_) w.Member(claim.name).Raw(claim.json);
    });
    return w.text();
  }

 private:
  struct Claim {
    std::string name, json;
  };
  std::vector<Claim> claims_;
};

std::string ReadNamedFile(const std::string& option, const std::string& path, size_t max_bytes) {
  std::string error;
  std::optional<std::string> text = ReadFile(path, max_bytes, &error);
  if (!text) throw UsageError("cannot read `" + path + "` (`" + option + "`): " + error);
  return *std::move(text);
}

SigningKey ReadKey(const std::string& path) {
  std::string error;
  std::optional<SigningKey> key =
      SigningKey::FromJwk(ReadNamedFile("--key", path, kMaxKeyFileBytes), &error);
  if (!key) throw UsageError("`" + path + "` (`--key`) is no private key: " + error);
  return *std::move(key);
}

void AddClaimsDocument(const std::string& argument, Claims& claims) {
  const std::string text = argument.starts_with('@')
                               ? ReadNamedFile("--claims", argument.substr(1), kMaxClaimsBytes)
                               : argument;
  std::string error;
  const std::optional<JsonText> json = JsonText::Parse(text, &error);
  if (!json) throw UsageError("`--claims` cannot be read: " + error);
  if (!json->is_object()) throw UsageError("`--claims` is not a JSON object");
  for (const JsonMember& claim : json->members()) claims.Set(claim.name, claim.value.Compact());
}

// NAME=TEXT, or NAME:=JSON.
void AddClaim(const std::string& argument, Claims& claims) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("`--claim` is NAME=TEXT or NAME:=JSON, not " + QuoteArgument(argument));
  }
  const std::string value = argument.substr(equals + 1);
  if (argument[equals - 1] != ':') return claims.SetString(argument.substr(0, equals), value);
  const std::string name = argument.substr(0, equals - 1);
  std::string error;
  const std::optional<JsonText> json = JsonText::Parse(value, &error);
  if (!json) throw UsageError("`--claim` " + QuoteArgument(name) + " cannot be read: " + error);
  claims.Set(name, json->Compact());
}

void AddDates(const SignArguments& args, Claims& claims) {
  const Timestamp now = ReadTimeOption("--now", args.now).value_or(CurrentTime());
  const std::string lifetime = args.expires_in.value_or("5m");
  const auto seconds = ParseDuration(lifetime);
  if (!seconds) {
    throw UsageError("`--expires-in` is a duration such as 90s, 5m, 12h or 7d, not " +
                     QuoteArgument(lifetime));
  }
  if (!claims.Has("iat")) claims.Set("iat", std::to_string(now.unix_seconds()));
  if (args.expires_in || !claims.Has("exp")) {
    claims.Set("exp", std::to_string((now + *seconds).unix_seconds()));
  }
}

Claims MakeClaims(const SignArguments& args) {
  Claims claims;
  if (args.claims) AddClaimsDocument(*args.claims, claims);
  if (args.issuer) claims.SetString("iss", *args.issuer);
  if (args.subject) claims.SetString("sub", *args.subject);
  if (args.audiences.size() == 1) claims.SetString("aud", args.audiences.front());
  if (args.audiences.size() > 1) {
    JsonWriter w;
    w.Strings(args.audiences);
    claims.Set("aud", w.text());
  }
  AddDates(args, claims);
  for (const std::string& claim : args.claim) AddClaim(claim, claims);
  return claims;
}

int Sign(const SignArguments& args) {
  const SigningKey key = ReadKey(*args.key);
  JsonWriter header;
  header.Object([&] { header.Member("typ").String(args.typ.value_or("JWT")); });
  const std::optional<std::string> token = key.SignJws(header.text(), MakeClaims(args).ToJson());
  if (!token) throw UsageError("the key `" + *args.key + "` cannot sign");
  StandardOutput().Write(*token + '\n');
  return kExitOk;
}

}  // namespace

Command TokenSignCommand() {
  const auto args = std::make_shared<SignArguments>();
  return {
      .name = "sign",
      .summary = "make a development token",
      .details = kDetails,
      .arguments =
          {
              {.name = "--key",
               .value = "FILE",
               .help = "the private key (JWK); its `alg` says how it signs",
               .target = &args->key,
               .required = true,
               .is_file = true},
              {.name = "--issuer",
               .value = "ISSUER",
               .help = "the claim `iss`",
               .target = &args->issuer},
              {.name = "--audience",
               .value = "AUDIENCE",
               .help = "the claim `aud` (may be repeated)",
               .target = &args->audiences},
              {.name = "--subject",
               .value = "SUBJECT",
               .help = "the claim `sub`",
               .target = &args->subject},
              {.name = "--claim",
               .value = "NAME=TEXT",
               .help =
                   "a claim that is a string, or with NAME:=JSON of any kind\n(may be repeated)",
               .target = &args->claim},
              {.name = "--claims",
               .value = "JSON",
               .help = "an object of claims to begin with; @FILE reads it from a file",
               .target = &args->claims},
              {.name = "--expires-in",
               .value = "DURATION",
               .help = "how long the token is valid: 90s, 5m, 12h, 7d; left out: 5m",
               .target = &args->expires_in},
              {.name = "--typ",
               .value = "TYP",
               .help = "the header's `typ`; left out: JWT",
               .target = &args->typ},
              {.name = "--now",
               .value = "TIME",
               .help = "the time of signing: RFC 3339 or Unix seconds; left out: the clock",
               .target = &args->now},
          },
      .run = [args] { return Sign(*args); },
  };
}

}  // namespace doorward::command
