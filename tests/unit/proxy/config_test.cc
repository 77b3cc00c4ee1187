// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/config.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAreArray;
using testing::IsEmpty;

// The least that a configuration says; what a test is about stands before it.
constexpr char kLeast[] =
    "listeners: [{address: '127.0.0.1:0'}]\n"
    "policy: policy.yaml\n"
    "upstream: {servers: ['http://127.0.0.1:1']}\n";

TEST(Config, HasDefaultsForAllButListenersPolicyAndUpstream) {
  const ConfigOutcome outcome = ReadConfig(kLeast, "conf/proxy.yaml");
  ASSERT_THAT(outcome.errors, IsEmpty());
  const Config& config = *outcome.config;
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].address.host, "127.0.0.1");
  EXPECT_EQ(config.listeners[0].address.port, 0);
  EXPECT_THAT(config.listeners[0].certificates, IsEmpty());
  EXPECT_EQ(config.policy, "conf/policy.yaml");
  ASSERT_EQ(config.upstream.servers.size(), 1u);
  EXPECT_EQ(config.upstream.servers[0].port, 1);
  EXPECT_FALSE(config.upstream.servers[0].tls);
  EXPECT_FALSE(config.upstream.health.has_value());
  EXPECT_FALSE(config.admin.has_value());
  EXPECT_EQ(config.limits.body_bytes, 1ull << 30);
  EXPECT_EQ(config.audit.file, "stdout");
  EXPECT_EQ(config.audit.when_full, AuditConfig::WhenFull::kDrop);
  EXPECT_EQ(config.watch_interval, seconds(1));
  EXPECT_EQ(config.threads, 0u);
}

constexpr char kFull[] = R"(
listeners:
  - address: 0.0.0.0:8443
    certificates: [{chain: server.crt, key: /etc/server.key}, {chain: b.crt, key: b.key}]
  - address: "[::1]:65535"
admin: localhost:9901
policy: policy.yaml
keys: {https://login.example.com/: jwks.json}
upstream:
  servers: [https://orders-1.internal, http://10.0.0.2/, "https://[fd00::1]:8443"]
  tls: {ca: ca.pem, server_name: orders.internal}
  health: {path: "/healthz?deep", interval: 5m, timeout: 1500ms, unhealthy_after: 4, healthy_after: 1}
  idle_connections: 0
  connect_timeout: 1ms
  idle_timeout: 24h
limits: {header_bytes: 1KiB, header_count: 7, body_bytes: any, header_timeout: 1s, idle_timeout: 2s,
         total_timeout: 3s, drain_timeout: 4s, connections: 5}
audit: {file: logs/audit.jsonl, when_full: block, queue_bytes: 1GiB}
client_address: {trusted_hops: 2}
watch_interval: 0s
threads: 3
)";

TEST(Config, HasAllMembers) {
  const ConfigOutcome outcome = ReadConfig(kFull, "conf/proxy.yaml");
  ASSERT_THAT(outcome.errors, IsEmpty());
  const Config& config = *outcome.config;
  ASSERT_EQ(config.listeners.size(), 2u);
  ASSERT_EQ(config.listeners[0].certificates.size(), 2u);
  EXPECT_EQ(config.listeners[0].certificates[0].chain, "conf/server.crt");
  EXPECT_EQ(config.listeners[0].certificates[0].key, "/etc/server.key");
  EXPECT_EQ(config.listeners[1].address.host, "::1");
  EXPECT_EQ(config.listeners[1].address.port, 65535);
  EXPECT_EQ(config.admin->host, "localhost");
  EXPECT_EQ(config.keys.at("https://login.example.com/"), "conf/jwks.json");
  EXPECT_EQ(config.audit.file, "conf/logs/audit.jsonl");
  EXPECT_EQ(config.audit.when_full, AuditConfig::WhenFull::kBlock);
  EXPECT_EQ(config.audit.queue_bytes, 1u << 30);
  EXPECT_EQ(config.trusted_hops, 2u);
  EXPECT_EQ(config.watch_interval, seconds(0));
  EXPECT_EQ(config.threads, 3u);

  const LimitsConfig& limits = config.limits;
  EXPECT_EQ(limits.header_bytes, 1024u);
  EXPECT_EQ(limits.header_count, 7u);
  EXPECT_FALSE(limits.body_bytes.has_value());
  EXPECT_EQ(limits.header_timeout, seconds(1));
  EXPECT_EQ(limits.idle_timeout, seconds(2));
  EXPECT_EQ(limits.total_timeout, seconds(3));
  EXPECT_EQ(limits.drain_timeout, seconds(4));
  EXPECT_EQ(limits.connections, 5u);
}

TEST(Config, HasAllMembersOfTheUpstream) {
  const ConfigOutcome outcome = ReadConfig(kFull, "conf/proxy.yaml");
  ASSERT_THAT(outcome.errors, IsEmpty());
  const UpstreamConfig& upstream = outcome.config->upstream;
  ASSERT_EQ(upstream.servers.size(), 3u);
  EXPECT_EQ(upstream.servers[0].host, "orders-1.internal");
  EXPECT_EQ(upstream.servers[0].port, 443);
  EXPECT_TRUE(upstream.servers[0].tls);
  EXPECT_EQ(upstream.servers[1].port, 80);
  EXPECT_FALSE(upstream.servers[1].tls);
  EXPECT_EQ(upstream.servers[2].host, "fd00::1");
  EXPECT_EQ(upstream.servers[2].port, 8443);
  EXPECT_EQ(*upstream.ca_file, "conf/ca.pem");
  EXPECT_EQ(upstream.server_name, "orders.internal");
  EXPECT_EQ(upstream.health->path, "/healthz?deep");
  EXPECT_EQ(upstream.health->interval, minutes(5));
  EXPECT_EQ(upstream.health->timeout, milliseconds(1500));
  EXPECT_EQ(upstream.health->unhealthy_after, 4u);
  EXPECT_EQ(upstream.health->healthy_after, 1u);
  EXPECT_EQ(upstream.idle_connections, 0u);
  EXPECT_EQ(upstream.connect_timeout, milliseconds(1));
  EXPECT_EQ(upstream.idle_timeout, hours(24));
}

struct ErrorCase {
  const char* name;
  std::string text;  // before kLeast
  std::vector<std::string> want;
};

constexpr char kDuration[] =
    "expected a duration such as `10s` or `500ms`, from 1ms to 24h, found ";
constexpr char kAddress[] = "expected `host:port`, or `\"[::1]:port\"` in quotation marks, found ";

const ErrorCase kErrorCases[] = {
    {"unknown member",
     "watch_intervall: 1s\n",
     {"1:1: error: unknown member `watch_intervall`; did you mean `watch_interval`?"}},
    {"unknown member, near nothing",
     "audit: {path: x}\n",
     {"1:9: error: unknown member `path`; there are `file` `when_full` `queue_bytes`"}},
    {"unknown member with a line break",
     "\"a\\nb\": 1\naudit: {fil: x}\n",
     {"1:1: error: unknown member `a?b`; there are `listeners` `admin` `policy` `keys` `upstream` "
      "`limits` `audit` `client_address` `watch_interval` `threads`",
      "2:9: error: unknown member `fil`; did you mean `file`?"}},
    {"case counts",
     "Threads: 1\n",
     {"1:1: error: unknown member `Threads`; did you mean `threads`?"}},
    {"repeated member", "threads: 1\nthreads: 1\n", {"2:1: error: a second `threads`"}},
    {"repeated issuer", "keys: {a: b, a: c}\n", {"1:14: error: a second `a`"}},
    {"member without value", "threads:\n", {"1:1: error: `threads` has no value"}},
    {"name that is a list", "[a]: b\n", {"1:1: error: expected a name, found a list"}},
    {"list for a mapping", "limits: []\n", {"1:9: error: expected a mapping, found a list"}},
    {"text for a mapping", "audit: stdout\n", {"1:8: error: expected a mapping, found text"}},
    {"mapping for text",
     "admin: {host: a}\n",
     {"1:8: error: expected text or a number, found a mapping"}},
    {"empty text", "audit: {file: ''}\n", {"1:15: error: the text is empty"}},
    {"NUL in a path",
     "audit: {file: \"a\\0b\"}\n",
     {"1:15: error: the text `a?b` has a control character"}},
    {"number below",
     "threads: 0\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `0`"}},
    {"number above",
     "threads: 257\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `257`"}},
    {"number with sign",
     "threads: +1\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `+1`"}},
    {"number with fraction",
     "threads: 1.0\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `1.0`"}},
    {"number that overflows",
     "threads: 18446744073709551617\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `18446744073709551617`"}},
    {"duration without unit",
     "limits: {idle_timeout: 10}\n",
     {"1:24: error: " + std::string(kDuration) + "`10`"}},
    {"duration of nothing",
     "limits: {idle_timeout: 0s}\n",
     {"1:24: error: " + std::string(kDuration) + "`0s`"}},
    {"duration above",
     "limits: {idle_timeout: 86400001ms}\n",
     {"1:24: error: " + std::string(kDuration) + "`86400001ms`"}},
    {"duration that overflows",
     "limits: {idle_timeout: 5124095576030431h}\n",
     {"1:24: error: " + std::string(kDuration) + "`5124095576030431h`"}},
    {"duration in days",
     "limits: {idle_timeout: 1d}\n",
     {"1:24: error: " + std::string(kDuration) + "`1d`"}},
    {"size in the wrong unit",
     "limits: {header_bytes: 32KB}\n",
     {"1:24: error: expected a size such as `32KiB`, from 1KiB to 1MiB, found `32KB`"}},
    {"size below",
     "limits: {header_bytes: 1023}\n",
     {"1:24: error: expected a size such as `32KiB`, from 1KiB to 1MiB, found `1023`"}},
    {"size above",
     "limits: {header_bytes: 1025KiB}\n",
     {"1:24: error: expected a size such as `32KiB`, from 1KiB to 1MiB, found `1025KiB`"}},
    {"address without port",
     "admin: localhost\n",
     {"1:8: error: " + std::string(kAddress) + "`localhost`"}},
    {"address without host", "admin: :80\n", {"1:8: error: " + std::string(kAddress) + "`:80`"}},
    {"address with a large port",
     "admin: a:65536\n",
     {"1:8: error: " + std::string(kAddress) + "`a:65536`"}},
    {"address of IPv6 without brackets",
     "admin: ::1:80\n",
     {"1:8: error: " + std::string(kAddress) + "`::1:80`"}},
    {"address with an open bracket",
     "admin: '[::1:80'\n",
     {"1:8: error: " + std::string(kAddress) + "`[::1:80`"}},
    {"when_full of another kind",
     "audit: {when_full: wait}\n",
     {"1:20: error: expected `drop` or `block`, found `wait`"}},
    {"errors stand in the order of the text",
     "threads: 0\nkeys: 1\nfoo_: 1\nlimits: 2\n",
     {"1:10: error: expected a whole number, from 1 to 256, found `0`",
      "2:7: error: expected a mapping, found text",
      "3:1: error: unknown member `foo_`; there are `listeners` `admin` `policy` `keys` `upstream` "
      "`limits` `audit` `client_address` `watch_interval` `threads`",
      "4:9: error: expected a mapping, found text"}},
    {"broken YAML", "a: [\n", {"3:1: error: no YAML: end of sequence flow not found"}},
};

std::vector<std::string> Named(std::vector<std::string> errors) {
  for (std::string& error : errors) error = "conf/proxy.yaml:" + error;
  return errors;
}

TEST(Config, TellsWhatIsWrongWithItsPlace) {
  for (const ErrorCase& row : kErrorCases) {
    SCOPED_TRACE(row.name);
    const ConfigOutcome outcome = ReadConfig(row.text + kLeast, "conf/proxy.yaml");
    EXPECT_THAT(outcome.errors, ElementsAreArray(Named(row.want)));
    EXPECT_FALSE(outcome.config.has_value());
  }
}

const ErrorCase kWholeCases[] = {
    {"nothing", "", {"1:1: error: expected a mapping, found nothing"}},
    {"empty mapping",
     "{}",
     {"1:1: error: `listeners` is missing", "1:1: error: `policy` is missing",
      "1:1: error: `upstream` is missing"}},
    {"two documents",
     std::string(kLeast) + "---\na: 1\n",
     {"5:1: error: a second document begins here"}},
    {"listener without address",
     "policy: p\nupstream: {servers: [http://a]}\nlisteners: [{}]\n",
     {"3:13: error: `address` is missing"}},
    {"listener with an empty list of certificates",
     "policy: p\nupstream: {servers: [http://a]}\n"
     "listeners: [{address: a:1, certificates: []}]\n",
     {"3:42: error: the list is empty"}},
    {"certificate without key",
     "policy: p\nupstream: {servers: [http://a]}\n"
     "listeners: [{address: a:1, certificates: [{chain: c}]}]\n",
     {"3:43: error: `key` is missing"}},
    {"no servers",
     "policy: p\nlisteners: [{address: a:1}]\nupstream: {servers: []}\n",
     {"3:21: error: the list is empty"}},
    {"health without path",
     "policy: p\nlisteners: [{address: a:1}]\n"
     "upstream: {servers: [http://a], health: {}}\n",
     {"3:41: error: `path` is missing"}},
    {"health with a URL",
     "policy: p\nlisteners: [{address: a:1}]\n"
     "upstream: {servers: [http://a], health: {path: http://a/}}\n",
     {"3:48: error: expected a path such as `/healthz`, found `http://a/`"}},
    {"TLS settings for plain servers",
     "policy: p\nlisteners: [{address: a:1}]\nupstream: {servers: [http://a], tls: {ca: c}}\n",
     {"3:38: error: `tls` has no server to serve: none of `servers` begins with `https://`"}},
};

TEST(Config, TellsWhatIsWrongWithTheWhole) {
  for (const ErrorCase& row : kWholeCases) {
    SCOPED_TRACE(row.name);
    EXPECT_THAT(ReadConfig(row.text, "conf/proxy.yaml").errors, ElementsAreArray(Named(row.want)));
  }
}

TEST(Config, TakesServersByUrlsWithoutPath) {
  for (const char* url :
       {"a", "a:80", "ftp://a", "http://", "http://a/b", "http://a:0",
        "http://a:", "http://a:65536", "http://u@a", "http://a?b", "HTTP://a", "https://[::1"}) {
    SCOPED_TRACE(url);
    const std::string text = "policy: p\nlisteners: [{address: a:1}]\nupstream:\n  servers: ['" +
                             std::string(url) + "']\n";
    EXPECT_THAT(ReadConfig(text, "p.yaml").errors,
                testing::ElementsAre("p.yaml:4:13: error: expected `http://host:port` or "
                                     "`https://host:port`, and no path, found `" +
                                     std::string(url) + "`"));
  }
}

TEST(Config, HasLimitsThatAreInclusive) {
  for (const char* text :
       {"threads: 1\n", "threads: 256\n", "limits: {header_bytes: 1024}\n",
        "limits: {header_bytes: 1MiB}\n", "limits: {idle_timeout: 1ms}\n",
        "limits: {idle_timeout: 24h}\n", "limits: {body_bytes: 0}\n",
        "limits: {body_bytes: unlimited}\n", "client_address: {trusted_hops: 0}\n"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ReadConfig(std::string(text) + kLeast, "p.yaml").errors, IsEmpty());
  }
}

TEST(Config, IsNoDeeperAndNoLargerThanItMayBe) {
  EXPECT_EQ(ReadConfig(std::string(100'000, '['), "p.yaml").errors.size(), 1u);
  EXPECT_THAT(ReadConfig(std::string((1 << 20) + 1, '#'), "p.yaml").errors,
              testing::ElementsAre("p.yaml:1:1: error: the file is larger than 1 MiB"));
  EXPECT_THAT(ReadConfig("threads: &a [*a]\n" + std::string(kLeast), "p.yaml").errors,
              testing::ElementsAre("p.yaml:1:10: error: expected text or a number, found a list"));
}

}  // namespace
}  // namespace proxy
