// SPDX-License-Identifier: Apache-2.0
//
// The proxy's configuration: a short YAML file, read once at the start. What it names (policy,
// keys, certificates) is read again whenever it changes; the configuration itself is not.
//
// docs/proxy.md lists every member; relative paths are relative to the configuration's folder.

#ifndef PROXY_CONFIG_H_
#define PROXY_CONFIG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// A place to listen at. Port 0: the system chooses one.
struct Endpoint {
  std::string host;
  uint16_t port = 0;
};

struct CertificateFiles {
  std::filesystem::path chain;  // PEM, the server's own first
  std::filesystem::path key;    // PEM
};

struct ListenerConfig {
  Endpoint address;
  // The first serves clients that name no server (RFC 6066 section 3), the others those that name
  // one of theirs. Empty: plain HTTP.
  std::vector<CertificateFiles> certificates;
};

struct ServerConfig {
  std::string host;
  uint16_t port = 80;
  bool tls = false;
};

struct HealthConfig {
  std::string path;
  std::chrono::milliseconds interval = std::chrono::seconds(5);
  std::chrono::milliseconds timeout = std::chrono::seconds(1);
  unsigned unhealthy_after = 3;  // failures in a row
  unsigned healthy_after = 2;    // successes in a row
};

struct UpstreamConfig {
  std::vector<ServerConfig> servers;             // taken in turn
  std::optional<std::filesystem::path> ca_file;  // PEM; unset: the system's
  std::string server_name;                       // verified and sent as SNI; "": the host of each
  std::optional<HealthConfig> health;
  size_t idle_connections = 64;  // kept open for reuse, for each worker and server
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(2);
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(30);  // no byte for this long
};

struct LimitsConfig {
  size_t header_bytes = 32 * 1024;  // of the head of a message, request line included
  size_t header_count = 100;
  std::optional<uint64_t> body_bytes = 1ull << 30;                      // of a request; unset: any
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);  // for a whole head
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);    // no byte for this long
  std::chrono::milliseconds total_timeout = std::chrono::minutes(10);   // for a whole exchange
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(30);   // after SIGTERM
  size_t connections = 10'000;                                          // of clients, at once
};

struct AuditConfig {
  std::string file = "stdout";  // "stdout", "stderr" or a path; appended to
  enum class WhenFull : uint8_t { kDrop, kBlock } when_full = WhenFull::kDrop;
  size_t queue_bytes = 8 * 1024 * 1024;
};

struct Config {
  std::filesystem::path policy;
  // Key files by issuer, besides those that the policy names itself (`jwks_file`).
  std::map<std::string, std::filesystem::path> keys;
  std::vector<ListenerConfig> listeners;
  std::optional<Endpoint> admin;
  UpstreamConfig upstream;
  LimitsConfig limits;
  AuditConfig audit;
  // How many proxies in front of this one are trusted to have appended to X-Forwarded-For.
  unsigned trusted_hops = 0;
  std::chrono::milliseconds watch_interval = std::chrono::seconds(1);  // 0: SIGHUP alone
  unsigned threads = 0;                                                // 0: one for each processor
};

struct ConfigOutcome {
  std::optional<Config> config;     // unset if and only if there are errors
  std::vector<std::string> errors;  // "proxy.yaml:3:5: error: ...", all of them
};

// Reads `text`. `name` stands in the errors, and its folder is what paths are relative to.
ConfigOutcome ReadConfig(std::string_view text, const std::filesystem::path& name);

}  // namespace proxy

#endif  // PROXY_CONFIG_H_
