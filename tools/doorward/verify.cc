// SPDX-License-Identifier: Apache-2.0
//
// `doorward verify`: verifies tokens, one a line.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/authorizer.h"
#include "doorward/verifier.h"

#include "tools/doorward/answer_lines.h"
#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/key_cache.h"
#include "tools/doorward/members.h"
#include "tools/doorward/policy_input.h"
#include "tools/doorward/time_text.h"
#include "tools/doorward/verify_settings.h"
#include "tools/signing/signing.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(A line is a token, or an object {"id"?, "token", "jwks"?, "options"?} whose options come before those of
the command line: {"issuer"?, "audience"?, "now"?, "leeway"?, "allowed_algs"?, "required_typ"?,
"require_exp"?, "max_token_bytes"?, "jws"?}. An issuer or audience that is not given is not checked.
Under --policy the rules and keys are those of the policy: --issuer and --audience narrow it, and a line
may set `now` and `max_token_bytes`.

Example:
  $ doorward verify --jwks keys.json --issuer https://login.example.com/ < tokens.txt

Exit status: 0 every line was answered; 2 the policy or the key set does not load; 64 wrong usage, or a
line that could not be read (it is answered with "error": "bad_input", and the others are answered).
)";

struct VerifyArguments {
  VerifyOptionTexts options;
  std::optional<std::string> policy, jwks, tokens;
  std::vector<std::string> keys;
};

// A line of the input.
struct TokenLine {
  std::string token = {};
  std::optional<std::string> jwks = {};
  VerifySettings settings = {};
  bool overrides = false;  // it has `options` of its own
};

TokenLine ReadTokenLine(std::string_view line, const VerifySettings& defaults, std::string& id) {
  TokenLine out{.settings = defaults};
  if (!line.starts_with('{')) {
    out.token = line;
    return out;
  }
  std::string error;
  const std::optional<JsonText> json = JsonText::Parse(line, &error);
  if (!json) throw BadInput(error);
  const std::vector<JsonMember> members = json->members();
  if (const JsonText* given = Find(members, "id")) id = given->Compact();
  std::optional<std::string> token = OptionalString(members, "token");
  if (!token) throw BadInput("`token` is missing");
  out.token = *std::move(token);
  if (const JsonText* jwks = Find(members, "jwks")) {
    if (!jwks->is_object()) throw BadInput("`jwks` is not an object");
    out.jwks = jwks->text();
  }
  if (const JsonText* options = Find(members, "options")) {
    out.overrides = true;
    ApplyLineOptions(*options, out.settings);
  }
  return out;
}

void WriteRefusal(LineAnswer& out, Reason reason, const std::string& message) {
  JsonWriter& w = out.json;
  w.Object([&] {
    if (!out.id.empty()) w.Member("id").Raw(out.id);
    w.Member("valid").Bool(false);
    w.Member("error").String(ReasonName(reason));
    w.Member("message").String(message);
  });
}

void WriteOutcome(LineAnswer& out, const VerifyOutcome& outcome, bool jws) {
  if (!outcome.verified()) return WriteRefusal(out, outcome.reason(), outcome.Explain());
  JsonWriter& w = out.json;
  w.Object([&] {
    if (!out.id.empty()) w.Member("id").Raw(out.id);
    w.Member("valid").Bool(true);
    const VerifiedToken token = outcome.token();
    w.Member("header").Raw(token.header().ToJson());
    if (jws) {
      w.Member("payload").String(EncodeBase64Url(token.payload()));
    } else {
      w.Member("claims").Raw(token.claims().ToJson());
    }
  });
}

int VerifyByKeys(const VerifyArguments& args, const VerifySettings& defaults,
                 const LineSource& source) {
  std::shared_ptr<const KeySet> default_keys;
  std::optional<Verifier> plain;  // for the lines that say nothing of their own
  if (args.jwks) {
    default_keys = LoadKeysOrReport(*args.jwks);
    if (!default_keys) return kExitPolicyError;
    plain.emplace(default_keys, defaults.options);
  }
  KeyCache cache;
  Scratch scratch;
  return AnswerLines(source, [&](std::string_view text, LineAnswer& out) {
    const TokenLine line = ReadTokenLine(text, defaults, out.id);
    const VerifyOptions& options = line.settings.options;
    const Timestamp now = line.settings.now ? *line.settings.now : CurrentTime();
    if (plain && !line.jwks && !line.overrides) {
      return WriteOutcome(out, plain->Verify(line.token, now, scratch), options.signature_only);
    }
    if (!line.jwks && !default_keys) {
      throw BadInput(
          "no keys: neither `--jwks` nor `--policy` was given, and the line has no `jwks`");
    }
    const Verifier verifier(line.jwks ? cache.Get(*line.jwks) : default_keys, options);
    WriteOutcome(out, verifier.Verify(line.token, now, scratch), options.signature_only);
  });
}

// What the command line asks beyond a policy. It has no keys: a token that it has nothing against
// is refused for want of them.
class Narrowing {
 public:
  explicit Narrowing(const VerifyOptions& options) : audiences_(options.audiences) {
    options_.issuer = options.issuer;
  }

  // Answers for a token that is too long or of another issuer, and is true then.
  bool Refuse(const TokenLine& line, Timestamp now, Scratch& scratch, LineAnswer& out) const {
    VerifyOptions options = options_;
    options.max_token_bytes = line.settings.options.max_token_bytes;
    if (!options.issuer && line.token.size() <= options.max_token_bytes) return false;
    const Verifier verifier(nullptr, options);  // what the outcome explains may be its own
    const VerifyOutcome outcome = verifier.Verify(line.token, now, scratch);
    if (outcome.reason() == Reason::kKeysUnavailable) return false;
    WriteOutcome(out, outcome, false);
    return true;
  }

  bool AcceptsAudience(const VerifiedToken& token) const {
    if (audiences_.empty()) return true;
    const JsonView given = token.claims().Find("aud");
    for (JsonView audience : given.elements()) {
      if (IsWanted(audience)) return true;
    }
    return IsWanted(given);
  }

 private:
  bool IsWanted(JsonView audience) const {
    return audience.is_string() && std::find(audiences_.begin(), audiences_.end(),
                                             audience.string_or("")) != audiences_.end();
  }

  VerifyOptions options_;
  std::vector<std::string> audiences_;
};

int VerifyByPolicy(const VerifyArguments& args, const VerifySettings& defaults,
                   const LineSource& source) {
  // A line may set another length, so that it is the narrowing that knows it.
  const std::unique_ptr<Authorizer> authorizer =
      LoadAuthorizerOrReport(*args.policy, args.keys, {.max_token_bytes = kMaxTokenBytes});
  if (!authorizer) return kExitPolicyError;
  const Narrowing narrowing(defaults.options);
  Scratch scratch;
  return AnswerLines(source, [&](std::string_view text, LineAnswer& out) {
    const TokenLine line = ReadTokenLine(text, defaults, out.id);
    if (line.jwks || line.settings.rules) {
      throw BadInput(
          "beside `--policy` a line may set no `jwks`, and no option but `now` and "
          "`max_token_bytes`");
    }
    const Timestamp now = line.settings.now ? *line.settings.now : CurrentTime();
    if (narrowing.Refuse(line, now, scratch, out)) return;
    const VerifyOutcome outcome = authorizer->Verify(line.token, now, scratch);
    if (outcome.verified() && !narrowing.AcceptsAudience(outcome.token())) {
      return WriteRefusal(out, Reason::kTokenAudience,
                          "none of `--audience` is among the audiences of the token");
    }
    WriteOutcome(out, outcome, false);
  });
}

int Verify(const VerifyArguments& args) {
  const VerifySettings defaults = ReadVerifyOptions(args.options);
  const LineSource source{
      .option = "--tokens", .path = args.tokens.value_or("-"), .bad_input_is_invalid = true};
  if (!args.policy) {
    if (!args.keys.empty())
      throw UsageError("`--keys` goes with `--policy`; without one it is `--jwks`");
    return VerifyByKeys(args, defaults, source);
  }
  if (args.jwks) throw UsageError("beside `--policy` keys are given by `--keys`, not by `--jwks`");
  if (args.options.any_rule()) {
    throw UsageError(
        "beside `--policy` the rules are the policy's: leave out `--algorithms`, "
        "`--leeway`, `--typ`, `--allow-missing-exp` and `--jws`");
  }
  return VerifyByPolicy(args, defaults, source);
}

}  // namespace

Command VerifyCommand() {
  const auto args = std::make_shared<VerifyArguments>();
  VerifyOptionTexts& options = args->options;
  return {
      .name = "verify",
      .summary = "verify tokens, one a line",
      .details = kDetails,
      .arguments =
          {
              {.name = "--policy",
               .value = "FILE",
               .help = "verify by the issuers of this policy",
               .target = &args->policy,
               .is_file = true},
              {.name = "--keys",
               .value = "ISSUER=FILE",
               .help = "the key set of an issuer of the policy (may be repeated)",
               .target = &args->keys},
              {.name = "--jwks",
               .value = "FILE",
               .help = "the key set (JWKS) to verify by",
               .target = &args->jwks,
               .is_file = true},
              {.name = "--issuer",
               .value = "ISSUER",
               .help = "the issuer that is demanded",
               .target = &options.issuer},
              {.name = "--audience",
               .value = "AUDIENCE",
               .help = "an audience that is accepted (may be repeated)",
               .target = &options.audiences},
              {.name = "--algorithms",
               .value = "LIST",
               .help = "the algorithms that are permitted, separated by commas;\nleft out: what "
                       "the keys permit",
               .target = &options.algorithms},
              {.name = "--leeway",
               .value = "SECONDS",
               .help = "the clock difference that is granted, at most 600, cut to\nwhole seconds; "
                       "left out: 0",
               .target = &options.leeway},
              {.name = "--typ",
               .value = "TYP",
               .help = "the `typ` that is demanded: at+jwt",
               .target = &options.typ},
              {.name = "--max-token-bytes",
               .value = "N",
               .help = "a longer token is refused unread; left out: 16384",
               .target = &options.max_token_bytes},
              {.name = "--allow-missing-exp",
               .help = "accept a token that never expires",
               .target = &options.allow_missing_exp},
              {.name = "--jws",
               .help = "verify the signature alone; the payload may be any bytes",
               .target = &options.jws},
              {.name = "--tokens",
               .value = "FILE",
               .help = "where the tokens are; - is standard input, the default",
               .target = &args->tokens,
               .is_file = true},
              {.name = "--now",
               .value = "TIME",
               .help = "the time to verify at: RFC 3339 or Unix seconds; left out: the clock",
               .target = &options.now},
          },
      .run = [args] { return Verify(*args); },
  };
}

}  // namespace doorward::command
