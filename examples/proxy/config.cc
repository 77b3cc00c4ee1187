// SPDX-License-Identifier: Apache-2.0

#include "config.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "yaml_reader.h"

namespace proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr uint64_t kKiB = 1 << 10;
constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = 1 << 30;

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool IsHost(std::string_view text, std::string_view punctuation) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           punctuation.find(c) != std::string_view::npos;
  });
}

// Splits "host:port" or "[::1]:port"; brackets are taken off. Where `text` names no port,
// `default_port` is taken; without one it must.
std::optional<Endpoint> ParseEndpoint(std::string_view text, std::optional<uint16_t> default_port) {
  const bool bracketed = text.starts_with('[');
  const size_t host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(bracketed, host_end - bracketed);
  const std::string_view rest = text.substr(host_end + bracketed);
  if (!IsHost(host, bracketed ? ":.%" : "-._")) return std::nullopt;
  const auto port = rest.starts_with(':') ? ParsePort(rest.substr(1))
                    : rest.empty()        ? default_port
                                          : std::nullopt;
  if (!port) return std::nullopt;
  return Endpoint{std::string(host), *port};
}

std::optional<ServerConfig> ParseServer(std::string_view url) {
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(tls ? 8 : 7);
  if (url.ends_with('/')) url.remove_suffix(1);
  auto endpoint = ParseEndpoint(url, tls ? uint16_t{443} : uint16_t{80});
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  return ServerConfig{std::move(endpoint->host), endpoint->port, tls};
}

bool IsRequestPath(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != '#';
         });
}

// What each section of the file may hold.
class ConfigReader {
 public:
  explicit ConfigReader(const std::filesystem::path& name)
      : yaml_(name.string()), folder_(name.parent_path()) {}

  ConfigOutcome Read(const std::string& text) {
    yaml_.Read(text, Whole());
    ConfigOutcome outcome{std::nullopt, yaml_.Errors()};
    if (outcome.errors.empty()) outcome.config = std::move(config_);
    return outcome;
  }

 private:
  NodeReader Whole() {
    return yaml_.Mapping({
        {"listeners", yaml_.List([this](const YAML::Node& node) { ReadListener(node); }),
         kRequired},
        {"admin", [this](const YAML::Node& node) { Address(config_.admin.emplace())(node); }},
        {"policy", Path(config_.policy), kRequired},
        {"keys", Keys()},
        {"upstream", [this](const YAML::Node& node) { ReadUpstream(node); }, kRequired},
        {"limits", Limits()},
        {"audit", Audit()},
        {"client_address",
         yaml_.Mapping({{"trusted_hops", yaml_.Number(config_.trusted_hops, 0, 100)}})},
        {"watch_interval", yaml_.Duration(config_.watch_interval, milliseconds(0), hours(24))},
        {"threads", yaml_.Number(config_.threads, 1, 256)},
    });
  }

  void ReadListener(const YAML::Node& node) {
    ListenerConfig& listener = config_.listeners.emplace_back();
    const auto read_certificate = [&](const YAML::Node& pair) {
      CertificateFiles& files = listener.certificates.emplace_back();
      yaml_.Mapping({{"chain", Path(files.chain), kRequired}, {"key", Path(files.key), kRequired}})(
          pair);
    };
    yaml_.Mapping({{"address", Address(listener.address), kRequired},
                   {"certificates", yaml_.List(read_certificate)}})(node);
  }

  NodeReader Keys() {
    return yaml_.Pairs([this](const std::string& issuer, const YAML::Node& file) {
      Path(config_.keys[issuer])(file);
    });
  }

  void ReadUpstream(const YAML::Node& node) {
    UpstreamConfig& upstream = config_.upstream;
    std::optional<YAML::Mark> tls;
    yaml_.Mapping({
        {"servers", yaml_.List(Server()), kRequired},
        {"tls", [&](const YAML::Node& value) { tls = value.Mark(), ReadUpstreamTls(value); }},
        {"health", [this](const YAML::Node& value) { ReadHealth(value); }},
        {"idle_connections", yaml_.Number(upstream.idle_connections, 0, 100'000)},
        {"connect_timeout", Timeout(upstream.connect_timeout)},
        {"idle_timeout", Timeout(upstream.idle_timeout)},
    })(node);
    const auto& servers = upstream.servers;
    const auto over_tls = [](const ServerConfig& s) { return s.tls; };
    if (tls && !servers.empty() && std::none_of(servers.begin(), servers.end(), over_tls)) {
      yaml_.Error(*tls, "`tls` has no server to serve: none of `servers` begins with `https://`");
    }
  }

  void ReadUpstreamTls(const YAML::Node& node) {
    const auto ca = [this](const YAML::Node& value) {
      Path(config_.upstream.ca_file.emplace())(value);
    };
    yaml_.Mapping({{"ca", ca}, {"server_name", yaml_.String(config_.upstream.server_name)}})(node);
  }

  void ReadHealth(const YAML::Node& node) {
    HealthConfig& health = config_.upstream.health.emplace();
    const auto store_path = [&](const std::string& text) {
      health.path = text;
      return IsRequestPath(text) ? std::nullopt
                                 : std::optional<std::string>("expected a path such as `/healthz`");
    };
    yaml_.Mapping({{"path", yaml_.Scalar(store_path), kRequired},
                   {"interval", Timeout(health.interval)},
                   {"timeout", Timeout(health.timeout)},
                   {"unhealthy_after", yaml_.Number(health.unhealthy_after, 1, 1'000)},
                   {"healthy_after", yaml_.Number(health.healthy_after, 1, 1'000)}})(node);
  }

  NodeReader Limits() {
    LimitsConfig& limits = config_.limits;
    return yaml_.Mapping({
        {"header_bytes", yaml_.Size(limits.header_bytes, kKiB, kMiB)},
        {"header_count", yaml_.Number(limits.header_count, 1, 10'000)},
        {"body_bytes", [this](const YAML::Node& node) { ReadBodyLimit(node); }},
        {"header_timeout", Timeout(limits.header_timeout)},
        {"idle_timeout", Timeout(limits.idle_timeout)},
        {"total_timeout", Timeout(limits.total_timeout)},
        {"drain_timeout", Timeout(limits.drain_timeout)},
        {"connections", yaml_.Number(limits.connections, 1, 1'000'000)},
    });
  }

  void ReadBodyLimit(const YAML::Node& node) {
    std::optional<uint64_t>& limit = config_.limits.body_bytes;
    if (node.IsScalar() && (node.Scalar() == "any" || node.Scalar() == "unlimited")) {
      limit.reset();
    } else {
      yaml_.Size(limit.emplace(), 0, uint64_t{1} << 50)(node);
    }
  }

  NodeReader Audit() {
    AuditConfig& audit = config_.audit;
    const auto store_file = [&](const std::string& text) {
      const bool stream = text == "stdout" || text == "stderr";
      audit.file = stream ? text : (folder_ / text).string();
      return std::optional<std::string>();
    };
    const auto store_when_full = [&](const std::string& text) -> std::optional<std::string> {
      if (text != "drop" && text != "block") return "expected `drop` or `block`";
      audit.when_full =
          text == "drop" ? AuditConfig::WhenFull::kDrop : AuditConfig::WhenFull::kBlock;
      return std::nullopt;
    };
    return yaml_.Mapping({{"file", yaml_.Scalar(store_file)},
                          {"when_full", yaml_.Scalar(store_when_full)},
                          {"queue_bytes", yaml_.Size(audit.queue_bytes, 4 * kKiB, kGiB)}});
  }

  NodeReader Path(std::filesystem::path& target) {
    return yaml_.Scalar([this, &target](const std::string& text) {
      target = folder_ / text;
      return std::nullopt;
    });
  }

  NodeReader Address(Endpoint& target) {
    return yaml_.Scalar([&target](const std::string& text) -> std::optional<std::string> {
      auto endpoint = ParseEndpoint(text, std::nullopt);
      if (!endpoint) return "expected `host:port`, or `\"[::1]:port\"` in quotation marks";
      target = *std::move(endpoint);
      return std::nullopt;
    });
  }

  NodeReader Server() {
    return yaml_.Scalar([this](const std::string& text) -> std::optional<std::string> {
      auto server = ParseServer(text);
      if (!server) return "expected `http://host:port` or `https://host:port`, and no path";
      config_.upstream.servers.push_back(*std::move(server));
      return std::nullopt;
    });
  }

  NodeReader Timeout(milliseconds& target) {
    return yaml_.Duration(target, milliseconds(1), hours(24));
  }

  YamlReader yaml_;
  std::filesystem::path folder_;
  Config config_;
};

}  // namespace

ConfigOutcome ReadConfig(std::string_view text, const std::filesystem::path& name) {
  return ConfigReader(name).Read(std::string(text));
}

}  // namespace proxy
