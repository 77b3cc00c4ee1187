// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/policy_input.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "tools/doorward/files.h"

namespace doorward::command {
namespace {

// What a key file of the command line is named by, in place of a policy.
constexpr const char* kKeysOption = "--keys";

// The key files of the command line, by the first spelling of their issuer.
using KeyFiles = std::map<std::string_view, std::string>;

void Append(std::vector<Diagnostic>& to, std::vector<Diagnostic> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Lets `d` point at `range` of the text that it names.
void Place(const SourceRange& range, const Sources& sources, Diagnostic& d) {
  d.range = range;
  d.excerpt = ExcerptOf(sources.Text(d.file), range);
}

struct NamedIssuer {
  IssuerKeys keys;
  std::string_view spelling;
};

// The issuer that "ISSUER=FILE" begins with: by its longest spelling, as both an issuer and a file
// name may hold "=". Nothing where the policy has none; `known` is then filled with those it has.
std::optional<NamedIssuer> FindIssuer(const Policy& policy, std::string_view argument,
                                      std::vector<std::string_view>& known) {
  std::optional<NamedIssuer> found;
  for (size_t i = 0; i < policy.issuer_count(); ++i) {
    const IssuerKeys keys = policy.issuer_keys(i);
    for (std::string_view spelling : keys.spellings) {
      known.push_back(spelling);
      const bool fits = argument.starts_with(spelling) && argument.size() > spelling.size() &&
                        argument[spelling.size()] == '=';
      if (fits && (!found || spelling.size() > found->spelling.size())) found = {keys, spelling};
    }
  }
  return found;
}

void AddKeyFile(const Policy& policy, std::string_view argument, KeyFiles& files) {
  const size_t equals = argument.find('=');
  if (equals == std::string_view::npos) {
    throw UsageError("`--keys` is ISSUER=FILE, not " + QuoteArgument(argument));
  }
  std::vector<std::string_view> known;
  const std::optional<NamedIssuer> named = FindIssuer(policy, argument, known);
  if (!named) {
    const std::string_view name = argument.substr(0, equals);
    throw UsageError("the policy has no issuer " + QuoteArgument(name) + DidYouMean(name, known));
  }
  const auto& [keys, spelling] = *named;
  if (keys.source == IssuerKeys::Source::kInline) {
    throw UsageError("`--keys` cannot replace the keys of " + QuoteArgument(spelling) +
                     ", which stand in the policy itself");
  }
  if (!files.emplace(keys.issuer, argument.substr(spelling.size() + 1)).second) {
    throw UsageError("`--keys` names the issuer " + QuoteArgument(spelling) + " twice");
  }
}

bool ListsHmac(const IssuerKeys& issuer) {
  return std::any_of(issuer.algorithms.begin(), issuer.algorithms.end(),
                     [](const std::string& name) { return name.starts_with("HS"); });
}

// A secret key serves HS* alone, which a policy must list.
void WarnOfIdleSecrets(const IssuerKeys& issuer, const KeySet& keys, const std::string& file,
                       std::vector<Diagnostic>& out) {
  if (ListsHmac(issuer)) return;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(keys.algorithms(i) & AlgorithmSet::Asymmetric()).empty()) continue;
    const std::string kid(keys.key_id(i));
    Diagnostic d = FileError(file, "unlisted_hmac",
                             "an `oct` key (" + (kid.empty() ? "no kid" : "kid `" + kid + "`") +
                                 ") never serves, as `algorithms` of the issuer `" +
                                 std::string(issuer.issuer) + "` lists no HS256, HS384 or HS512");
    d.severity = Severity::kWarning;
    d.suggestion = "list the algorithm that it is for";
    out.push_back(std::move(d));
  }
}

void UseKeys(const IssuerKeys& issuer, std::string_view jwks, const std::string& file,
             LoadedPolicy& out) {
  KeySetOutcome parsed = KeySet::Parse(jwks, {.origin = KeyOrigin::kLocal, .name = file});
  Append(out.key_diagnostics, std::move(parsed.diagnostics));
  if (!parsed.keys) return;
  WarnOfIdleSecrets(issuer, *parsed.keys, file, out.key_diagnostics);
  out.authorizer->SetKeys(issuer.issuer, std::move(parsed.keys));
}

void UseKeyFile(const IssuerKeys& issuer, const std::string& path, const std::string& named_by,
                LoadedPolicy& out, Sources& sources) {
  std::string error;
  std::optional<std::string> text = ReadFile(path, kMaxKeyFileBytes, &error);
  if (!text) {
    Diagnostic d = FileError(named_by, "unreadable_key_file",
                             "cannot read the key file `" + path + "` of the issuer `" +
                                 std::string(issuer.issuer) + "`: " + error);
    if (named_by != kKeysOption) Place(issuer.location_range, sources, d);
    out.key_diagnostics.push_back(std::move(d));
    return;
  }
  UseKeys(issuer, *text, path, out);
  sources.Add(path, *std::move(text));
}

// The authorizer has taken the keys that the policy holds itself; what is wrong with them is told
// here. They were read from the policy's text into another, so that all of it stands at `jwks`.
void CheckInlineKeys(const IssuerKeys& issuer, const std::string& policy_path, LoadedPolicy& out,
                     const Sources& sources) {
  KeySetOutcome parsed =
      KeySet::Parse(issuer.location, {.origin = KeyOrigin::kLocal, .name = policy_path});
  for (Diagnostic& d : parsed.diagnostics) {
    Place(issuer.location_range, sources, d);
    d.message = "in `jwks` of the issuer `" + std::string(issuer.issuer) + "`: " + d.message;
  }
  Append(out.key_diagnostics, std::move(parsed.diagnostics));
}

}  // namespace

Argument PolicyArgument(std::optional<std::string>* target) {
  return {.name = "POLICY",
          .help = "the policy file",
          .target = target,
          .required = true,
          .is_file = true};
}

Argument KeysArgument(std::vector<std::string>* target) {
  return {.name = "--keys",
          .value = "ISSUER=FILE",
          .help = "the key set of an issuer, in place of where the policy says\n(may be repeated)",
          .target = target};
}

Diagnostic FileError(std::string file, std::string code, std::string message) {
  Diagnostic d;
  d.code = std::move(code);
  d.file = std::move(file);
  d.message = std::move(message);
  return d;
}

namespace {

LoadedPolicy Load(const std::string& path, const std::vector<std::string>& keys,
                  const AuthorizerOptions& options, Sources& sources) {
  LoadedPolicy out;
  std::string error;
  std::optional<std::string> text = ReadFile(path, kMaxPolicyBytes, &error);
  if (!text) {
    out.policy_diagnostics.push_back(
        FileError(path, "unreadable", "cannot read this file: " + error));
    return out;
  }
  LoadOutcome loaded = Policy::Load(*text, path);
  sources.Add(path, *std::move(text));
  out.policy = std::move(loaded.policy);
  out.policy_diagnostics = std::move(loaded.diagnostics);
  if (!out.policy) return out;

  KeyFiles files;
  for (const std::string& argument : keys) AddKeyFile(*out.policy, argument, files);
  out.authorizer = std::make_unique<Authorizer>(out.policy, options);
  for (size_t i = 0; i < out.policy->issuer_count(); ++i) {
    const IssuerKeys issuer = out.policy->issuer_keys(i);
    if (const auto given = files.find(issuer.issuer); given != files.end()) {
      UseKeyFile(issuer, given->second, kKeysOption, out, sources);
    } else if (issuer.source == IssuerKeys::Source::kJwksFile) {
      UseKeyFile(issuer, ResolveBeside(path, issuer.location), path, out, sources);
    } else if (issuer.source == IssuerKeys::Source::kInline) {
      CheckInlineKeys(issuer, path, out, sources);
    }
  }
  return out;
}

}  // namespace

LoadedPolicy LoadPolicy(const std::string& path, const std::vector<std::string>& keys,
                        const AuthorizerOptions& options, Sources& sources) {
  LoadedPolicy out = Load(path, keys, options, sources);
  for (Diagnostic& d : out.policy_diagnostics) sources.HideSecrets(d);
  for (Diagnostic& d : out.key_diagnostics) sources.HideSecrets(d);
  return out;
}

std::unique_ptr<Authorizer> LoadAuthorizerOrReport(const std::string& path,
                                                   const std::vector<std::string>& keys,
                                                   const AuthorizerOptions& options) {
  Sources sources;
  LoadedPolicy loaded = LoadPolicy(path, keys, options, sources);
  std::vector<Diagnostic> shown;
  for (Diagnostic& d : loaded.policy_diagnostics) {
    if (d.severity == Severity::kError) shown.push_back(std::move(d));
  }
  const bool failed = !shown.empty() || HasErrors(loaded.key_diagnostics);
  Append(shown, std::move(loaded.key_diagnostics));
  PrintDiagnostics(shown, sources);
  return failed ? nullptr : std::move(loaded.authorizer);
}

}  // namespace doorward::command
