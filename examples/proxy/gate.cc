// SPDX-License-Identifier: Apache-2.0

#include "gate.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "doorward/key_set.h"
#include "doorward/policy.h"

#include "source_file.h"
#include "tls_context.h"

namespace proxy {
namespace {

namespace fs = std::filesystem;
using doorward::IssuerKeys;
using doorward::KeySet;
using doorward::Policy;

void Append(const Lines& lines, Lines& out) { out.insert(out.end(), lines.begin(), lines.end()); }

std::string Joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : "\n") + line;
  return out;
}

// Returns what was loaded and appends its warnings; throws its errors.
template <typename T>
std::shared_ptr<const T> Loaded(std::shared_ptr<const T> loaded,
                                const std::vector<doorward::Diagnostic>& diagnostics,
                                Lines& warnings) {
  Lines lines;
  for (const doorward::Diagnostic& d : diagnostics) {
    std::ostringstream text;
    text << d;
    lines.push_back(text.str());
  }
  if (loaded == nullptr) throw Broken(Joined(lines));
  Append(lines, warnings);
  return loaded;
}

// The file of an issuer's keys, and the keys that it held when it was last in order.
struct KeyFile {
  KeyFile(const std::string& issuer, const fs::path& path)
      : source("keys", {path},
               [this, issuer](const std::vector<NamedText>& files, Lines& warnings) {
                 auto parsed = KeySet::Parse(
                     files[0].text, {.origin = doorward::KeyOrigin::kLocal, .name = files[0].name});
                 keys = Loaded(std::move(parsed.keys), parsed.diagnostics, warnings);
                 return "keys of " + issuer + " (" + std::to_string(keys->size()) + ")";
               }) {}

  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  std::shared_ptr<const KeySet> keys;  // null: it was never in order
  SourceFile source;
};
using KeyFiles = std::map<std::string, std::shared_ptr<KeyFile>>;  // by issuer

std::string KeysElsewhere(const std::string& policy, const IssuerKeys& issuer) {
  const doorward::SourceRange& place = issuer.location_range;
  const std::string name(issuer.issuer);
  return policy + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
         ": error: the keys of `" + name +
         "` are on the network, and this proxy reads keys from files\n  help: fetch them to a file "
         "and name it in the proxy's configuration: `keys: {\"" +
         name + "\": jwks.json}`";
}

// An issuer whose keys are in the policy itself, where none of them can be used; "" for none.
std::string InlineWithoutKeys(const Policy& policy) {
  for (size_t i = 0; i < policy.issuer_count(); ++i) {
    const IssuerKeys issuer = policy.issuer_keys(i);
    if (issuer.source != IssuerKeys::Source::kInline) continue;
    const auto parsed =
        KeySet::Parse(issuer.location, {.origin = doorward::KeyOrigin::kLocal, .name = "jwks"});
    if (parsed.keys == nullptr || parsed.keys->size() == 0) return std::string(issuer.issuer);
  }
  return "";
}

void ReportTokenCache(const std::shared_ptr<doorward::Authorizer>& authorizer, Metrics& metrics) {
  using Stats = doorward::TokenCacheStats;
  const auto add = [&](Metrics::Kind kind, const char* name, const char* help, auto figure) {
    metrics.AddFigure(kind, std::string("doorward_token_cache_") + name, help,
                      [authorizer, figure] {
                        return static_cast<double>(figure(authorizer->token_cache_stats()));
                      });
  };
  constexpr auto kCounter = Metrics::Kind::kCounter, kGauge = Metrics::Kind::kGauge;
  add(kCounter, "hits_total", "Tokens that were remembered as verified",
      [](const Stats& s) { return s.hits; });
  add(kCounter, "misses_total", "Tokens that had to be verified",
      [](const Stats& s) { return s.misses; });
  add(kCounter, "insertions_total", "Tokens that were put into the cache",
      [](const Stats& s) { return s.insertions; });
  add(kCounter, "evictions_total", "Tokens that gave way to others",
      [](const Stats& s) { return s.evictions; });
  add(kGauge, "entries", "Tokens in the cache", [](const Stats& s) { return s.entries; });
  add(kGauge, "bytes", "Memory that the cache holds", [](const Stats& s) { return s.bytes; });
}

}  // namespace

struct Gate::State {
  State(const Config& read, Metrics& counted);

  bool IsInOrder(std::string_view kind) const;

  // Puts a policy in force, and with it the key files that the former did not need.
  std::string ApplyPolicy(const NamedText& file, Lines& warnings);
  KeyFiles OpenKeyFiles(const Policy& next, const std::string& name, Lines& warnings) const;
  std::shared_ptr<KeyFile> OpenKeyFile(const std::string& issuer, const fs::path& path,
                                       Lines& warnings) const;
  std::optional<fs::path> KeyPath(const IssuerKeys& issuer) const;
  void WarnOfUnusedKeys(const Policy& next, Lines& warnings) const;
  void PutInForce(const std::string& issuer, const KeyFile& file);
  std::string KeylessIssuer() const;

  std::string ApplyCertificates(size_t listener, const std::vector<NamedText>& files,
                                Lines& warnings);
  std::string ApplyAuthorities(const std::vector<NamedText>& files);
  void SetUpstream(TlsContext made);
  void NoteReadiness();

  const Config config;
  Metrics& metrics;
  const std::shared_ptr<doorward::Authorizer> authorizer =
      std::make_shared<doorward::Authorizer>(nullptr);
  Lines start_messages;

  SourceFile policy;
  KeyFiles keys;
  std::string inline_without_keys;  // an issuer whose keys the policy has, and none is usable
  std::vector<SourceFile> certificates;

  // The address of `upstream`, to be compared with.
  std::atomic<const boost::asio::ssl::context*> upstream_now{nullptr};

  mutable std::mutex mutex;  // of all below
  std::vector<TlsContext> listeners;
  TlsContext upstream;
  std::string unready_cause = "no policy";
};

Gate::State::State(const Config& read, Metrics& counted)
    : config(read),
      metrics(counted),
      policy("policy", {config.policy},
             [this](const std::vector<NamedText>& files, Lines& warnings) {
               return ApplyPolicy(files[0], warnings);
             }),
      listeners(config.listeners.size()) {
  for (size_t i = 0; i < listeners.size(); ++i) {
    std::vector<fs::path> paths;
    for (const CertificateFiles& pair : config.listeners[i].certificates) {
      paths.insert(paths.end(), {pair.chain, pair.key});
    }
    if (paths.empty()) continue;
    certificates.emplace_back("certificates", paths, [this, i](const auto& files, Lines& warnings) {
      return ApplyCertificates(i, files, warnings);
    });
  }
  const UpstreamConfig& upstream_config = config.upstream;
  if (upstream_config.ca_file) {
    certificates.emplace_back(
        "certificates", std::vector{*upstream_config.ca_file},
        [this](const auto& files, Lines&) { return ApplyAuthorities(files); });
  } else if (std::any_of(upstream_config.servers.begin(), upstream_config.servers.end(),
                         [](const ServerConfig& s) { return s.tls; })) {
    SetUpstream(MakeUpstreamContext(nullptr));
  }
}

bool Gate::State::IsInOrder(std::string_view kind) const {
  const auto in_order = [&](const SourceFile& s) {
    return s.kind() != kind || s.complaint().empty();
  };
  return in_order(policy) && std::all_of(certificates.begin(), certificates.end(), in_order) &&
         std::all_of(keys.begin(), keys.end(),
                     [&](const auto& k) { return in_order(k.second->source); });
}

std::string Gate::State::ApplyPolicy(const NamedText& file, Lines& warnings) {
  auto loaded = Policy::Load(file.text, file.name);
  const auto next = Loaded(std::move(loaded.policy), loaded.diagnostics, warnings);
  const KeyFiles former = std::exchange(keys, OpenKeyFiles(*next, file.name, warnings));
  WarnOfUnusedKeys(*next, warnings);
  for (const auto& [issuer, key_file] : keys) {
    const auto same = former.find(issuer);
    if (same == former.end() || same->second != key_file) PutInForce(issuer, *key_file);
  }
  for (const auto& [issuer, key_file] : former) {
    if (!keys.contains(issuer)) metrics.OnKeysGone(issuer);
  }
  inline_without_keys = InlineWithoutKeys(*next);
  authorizer->SetPolicy(next);
  metrics.OnPolicy(next->revision(), next->rule_count());
  return "policy " + std::string(next->revision()) +
         " (rules: " + std::to_string(next->rule_count()) + ")";
}

KeyFiles Gate::State::OpenKeyFiles(const Policy& next, const std::string& name,
                                   Lines& warnings) const {
  KeyFiles opened;
  Lines wrong;
  bool only_lacks_files = true;
  for (size_t i = 0; i < next.issuer_count(); ++i) {
    const IssuerKeys issuer = next.issuer_keys(i);
    if (issuer.source == IssuerKeys::Source::kInline) continue;
    if (const std::optional<fs::path> path = KeyPath(issuer)) {
      const auto key_file = OpenKeyFile(std::string(issuer.issuer), *path, warnings);
      if (key_file->keys == nullptr) wrong.push_back(key_file->source.complaint());
      opened.emplace(issuer.issuer, key_file);
    } else {
      wrong.push_back(KeysElsewhere(name, issuer));
      only_lacks_files = false;
    }
  }
  if (wrong.empty()) return opened;
  if (only_lacks_files) throw Incomplete(Joined(wrong));
  throw Broken(Joined(wrong));
}

// The file that the configuration names for the issuer, or else the policy; nothing where neither
// does.
std::optional<fs::path> Gate::State::KeyPath(const IssuerKeys& issuer) const {
  for (const std::string_view spelling : issuer.spellings) {
    const auto named = config.keys.find(std::string(spelling));
    if (named != config.keys.end()) return named->second;
  }
  if (issuer.source != IssuerKeys::Source::kJwksFile) return std::nullopt;
  return config.policy.parent_path() / issuer.location;
}

// The key file in force, where it is this one; else it is read, and its `keys` are null where it is
// broken.
std::shared_ptr<KeyFile> Gate::State::OpenKeyFile(const std::string& issuer, const fs::path& path,
                                                  Lines& warnings) const {
  const auto known = keys.find(issuer);
  if (known != keys.end() && known->second->source.paths()[0] == path) return known->second;
  auto opened = std::make_shared<KeyFile>(issuer, path);
  Lines lines;
  opened->source.Look(true, lines);
  if (opened->keys != nullptr) Append(lines, warnings);
  return opened;
}

void Gate::State::WarnOfUnusedKeys(const Policy& next, Lines& warnings) const {
  std::set<std::string_view> used;
  for (size_t i = 0; i < next.issuer_count(); ++i) {
    const IssuerKeys issuer = next.issuer_keys(i);
    if (issuer.source == IssuerKeys::Source::kInline) continue;
    used.insert(issuer.spellings.begin(), issuer.spellings.end());
  }
  for (const auto& [issuer, path] : config.keys) {
    if (used.contains(issuer)) continue;
    warnings.push_back(path.string() + ": warning: the policy has no issuer `" + issuer +
                       "` that needs keys");
  }
}

void Gate::State::PutInForce(const std::string& issuer, const KeyFile& file) {
  authorizer->SetKeys(issuer, file.keys);
  metrics.OnKeys(issuer);
}

std::string Gate::State::ApplyCertificates(size_t listener, const std::vector<NamedText>& files,
                                           Lines& warnings) {
  TlsContext made = MakeServerContext(files, warnings);
  for (const CertificateFiles& pair : config.listeners[listener].certificates) {
    std::error_code ignored;
    if ((fs::status(pair.key, ignored).permissions() & fs::perms::others_read) != fs::perms::none) {
      warnings.push_back(pair.key.string() +
                         ": warning: everyone on this machine can read the key");
    }
  }
  const std::lock_guard lock(mutex);
  listeners[listener] = std::move(made);
  return "certificates (" + std::to_string(files.size() / 2) + ")";
}

std::string Gate::State::ApplyAuthorities(const std::vector<NamedText>& files) {
  SetUpstream(MakeUpstreamContext(&files[0]));
  return "certificate authorities of the upstream";
}

void Gate::State::SetUpstream(TlsContext made) {
  const std::lock_guard lock(mutex);
  upstream = std::move(made);
  upstream_now = upstream.get();
}

// An issuer none of whose keys is usable; "" where there is none.
std::string Gate::State::KeylessIssuer() const {
  for (const auto& [issuer, key_file] : keys) {
    if (key_file->keys->size() == 0) return issuer;
  }
  return inline_without_keys;
}

void Gate::State::NoteReadiness() {
  const std::string keyless = KeylessIssuer();
  std::string cause = authorizer->policy() == nullptr ? "no policy"
                      : keyless.empty()               ? ""
                                                      : "no usable key of " + keyless;
  const std::lock_guard lock(mutex);
  unready_cause = std::move(cause);
}

Gate::Gate(const Config& config, Metrics& metrics, Lines& errors)
    : state_(std::make_unique<State>(config, metrics)) {
  const auto start = [&](SourceFile& source) {
    Lines lines;
    source.Look(true, lines);
    Append(lines, source.complaint().empty() ? state_->start_messages : errors);
  };
  ReportTokenCache(state_->authorizer, metrics);
  start(state_->policy);
  for (SourceFile& source : state_->certificates) start(source);
  state_->NoteReadiness();
}

Gate::~Gate() = default;

const Lines& Gate::messages() const noexcept { return state_->start_messages; }

const doorward::Authorizer& Gate::authorizer() const noexcept { return *state_->authorizer; }

TlsContext Gate::tls(size_t listener) const {
  const std::lock_guard lock(state_->mutex);
  return state_->listeners[listener];
}

TlsContext Gate::upstream_tls() const {
  const std::lock_guard lock(state_->mutex);
  return state_->upstream;
}

bool Gate::is_upstream_tls(const boost::asio::ssl::context* context) const noexcept {
  return context == state_->upstream_now;
}

Lines Gate::Reload(bool all) {
  State& state = *state_;
  Lines lines;
  std::vector<std::pair<std::string_view, bool>> outcomes;
  const auto look = [&](SourceFile& source) {
    if (!source.Look(all, lines)) return false;
    const bool succeeded = source.complaint().empty();
    if (!succeeded)
      lines.push_back(source.paths()[0].string() + ": what was in force before stays in force");
    outcomes.emplace_back(source.kind(), succeeded);
    return succeeded;
  };
  look(state.policy);
  for (const auto& [issuer, key_file] : state.keys) {
    if (look(key_file->source)) state.PutInForce(issuer, *key_file);
  }
  for (SourceFile& source : state.certificates) look(source);
  state.NoteReadiness();
  for (const char* kind : {"policy", "keys", "certificates"}) {
    state.metrics.OnOrder(kind, state.IsInOrder(kind));
  }
  // Last, so that whoever sees the count finds everything else done.
  for (const auto& [kind, succeeded] : outcomes) state.metrics.OnReload(kind, succeeded);
  return lines;
}

std::string Gate::unready_cause() const {
  const std::lock_guard lock(state_->mutex);
  return state_->unready_cause;
}

}  // namespace proxy
