// SPDX-License-Identifier: Apache-2.0

#include "metrics.h"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace proxy {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

const Histogram::BucketBoundaries kDecisionBuckets = {
    250e-9, 500e-9, 1e-6, 2e-6, 4e-6, 8e-6, 16e-6, 32e-6, 64e-6, 125e-6, 250e-6, 500e-6, 1e-3};
const Histogram::BucketBoundaries kExchangeBuckets = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

auto& Make(prometheus::Registry& registry, auto builder, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

// Counters by HTTP status, each made when first asked for, and found without a lock from then on.
class StatusCounters {
 public:
  StatusCounters(Family<Counter>& family, Labels labels)
      : family_(family), labels_(std::move(labels)) {}

  // Statuses that are none count as 0.
  Counter& Of(int status) {
    const size_t index = status > 0 && status < 600 ? static_cast<size_t>(status) : 0;
    Counter* counter = counters_[index].load(std::memory_order_acquire);
    if (counter != nullptr) return *counter;
    Labels labels = labels_;
    labels["code"] = std::to_string(index);
    counter = &family_.Add(labels);
    counters_[index].store(counter, std::memory_order_release);
    return *counter;
  }

 private:
  Family<Counter>& family_;
  const Labels labels_;
  std::array<std::atomic<Counter*>, 600> counters_{};
};

}  // namespace

// What is counted on each request is found by an index. A family finds its members by a hash of
// their labels, under a lock: for what is rare.
struct Metrics::State {
  using Clock = std::chrono::steady_clock;
  struct Figure {
    Kind kind;
    std::string name, help;
    std::function<double()> read;
  };

  struct Server {
    Server(State& state, const Labels& labels)
        : duration(state.upstream_duration.Add(labels, kExchangeBuckets)),
          responses(state.upstream_responses, labels) {}
    Histogram& duration;
    StatusCounters responses;
  };
  Server& ServerOf(std::string_view name);

  prometheus::Registry registry;
  Family<Counter>& decisions = Make(registry, prometheus::BuildCounter(),
                                    "doorward_decisions_total", "Decisions, by outcome and reason");
  Histogram& decision_duration =
      Make(registry, prometheus::BuildHistogram(), "doorward_decision_duration_seconds",
           "Time that a decision took")
          .Add({}, kDecisionBuckets);
  Family<Counter>& requests_family =
      Make(registry, prometheus::BuildCounter(), "doorward_requests_total",
           "Requests, by the status that they were answered; 0: no answer was sent");
  StatusCounters requests{requests_family, {}};
  Histogram& request_duration =
      Make(registry, prometheus::BuildHistogram(), "doorward_request_duration_seconds",
           "Time from a request's head to the end of its answer")
          .Add({}, kExchangeBuckets);
  Family<Histogram>& upstream_duration =
      Make(registry, prometheus::BuildHistogram(), "doorward_upstream_duration_seconds",
           "Time from sending a request to the head of the upstream's answer");
  Family<Counter>& upstream_responses =
      Make(registry, prometheus::BuildCounter(), "doorward_upstream_responses_total",
           "Answers of the upstream, by status");
  Family<Counter>& upstream_errors =
      Make(registry, prometheus::BuildCounter(), "doorward_upstream_errors_total",
           "Exchanges that failed, and connections that could not be made, for health checks too");
  Family<Gauge>& upstream_healthy =
      Make(registry, prometheus::BuildGauge(), "doorward_upstream_healthy",
           "1 where the upstream's last health checks passed");
  Gauge& connections = Make(registry, prometheus::BuildGauge(), "doorward_connections",
                            "Connections of clients that are open")
                           .Add({});
  Family<Counter>& reloads = Make(registry, prometheus::BuildCounter(), "doorward_reloads_total",
                                  "Files that were read again, the start not counted");
  Family<Gauge>& reload_success =
      Make(registry, prometheus::BuildGauge(), "doorward_last_reload_success",
           "0 while a file is broken and its former content in force");
  Family<Gauge>& policy_info = Make(registry, prometheus::BuildGauge(), "doorward_policy_info",
                                    "1 for the revision of the policy in force");
  Gauge& policy_rules = Make(registry, prometheus::BuildGauge(), "doorward_policy_rules",
                             "Rules of the policy in force")
                            .Add({});
  Family<Gauge>& keys_age = Make(registry, prometheus::BuildGauge(), "doorward_keys_age_seconds",
                                 "Time since the keys in force were read");

  std::array<Counter*, 256> by_reason{};  // null for numbers that are no reason
  std::mutex mutex;                       // of all below
  std::map<std::string, Server, std::less<>> servers;
  std::map<std::string, Clock::time_point> keys_read;
  Gauge* revision = nullptr;
  std::vector<Figure> figures;
};

Metrics::State::Server& Metrics::State::ServerOf(std::string_view name) {
  const std::lock_guard lock(mutex);
  const auto found = servers.find(name);
  if (found != servers.end()) return found->second;
  const Labels labels = {{"server", std::string(name)}};
  return servers.try_emplace(std::string(name), *this, labels).first->second;
}

Metrics::Metrics() : state_(std::make_unique<State>()) {
  for (size_t i = 0; i < state_->by_reason.size(); ++i) {
    const auto reason = static_cast<doorward::Reason>(i);
    const std::string name(doorward::ReasonName(reason));
    if (doorward::FindReason(name) != reason) continue;
    const char* outcome = reason == doorward::Reason::kAllowed ? "allow" : "deny";
    state_->by_reason[i] = &state_->decisions.Add({{"outcome", outcome}, {"reason", name}});
  }
  for (const char* what : {"policy", "keys", "certificates"}) {
    for (const char* outcome : {"success", "failure"}) {
      state_->reloads.Add({{"what", what}, {"outcome", outcome}});
    }
    state_->reload_success.Add({{"what", what}}).Set(1);
  }
}

Metrics::~Metrics() = default;

void Metrics::OnDecision(doorward::Reason reason, std::chrono::nanoseconds time) {
  Counter* counter = state_->by_reason[static_cast<size_t>(reason)];
  if (counter != nullptr) counter->Increment();
  state_->decision_duration.Observe(Seconds(time));
}

void Metrics::OnExchange(int status, std::chrono::nanoseconds total_time) {
  state_->requests.Of(status).Increment();
  state_->request_duration.Observe(Seconds(total_time));
}

void Metrics::OnUpstream(std::string_view server, int status, std::chrono::nanoseconds time) {
  State::Server& counted = state_->ServerOf(server);
  counted.responses.Of(status).Increment();
  counted.duration.Observe(Seconds(time));
}

void Metrics::OnUpstreamError(std::string_view server, std::string_view what) {
  state_->upstream_errors.Add({{"server", std::string(server)}, {"error", std::string(what)}})
      .Increment();
}

void Metrics::OnServerHealth(std::string_view server, bool healthy) {
  state_->upstream_healthy.Add({{"server", std::string(server)}}).Set(healthy ? 1 : 0);
}

void Metrics::OnConnections(int64_t change) {
  state_->connections.Increment(static_cast<double>(change));
}

void Metrics::OnReload(std::string_view what, bool succeeded) {
  const char* outcome = succeeded ? "success" : "failure";
  state_->reloads.Add({{"what", std::string(what)}, {"outcome", outcome}}).Increment();
}

void Metrics::OnOrder(std::string_view what, bool in_order) {
  state_->reload_success.Add({{"what", std::string(what)}}).Set(in_order ? 1 : 0);
}

void Metrics::OnPolicy(std::string_view revision, size_t rules) {
  const std::lock_guard lock(state_->mutex);
  Gauge& next = state_->policy_info.Add({{"revision", std::string(revision)}});
  next.Set(1);
  if (state_->revision != nullptr && state_->revision != &next) {
    state_->policy_info.Remove(state_->revision);
  }
  state_->revision = &next;
  state_->policy_rules.Set(static_cast<double>(rules));
}

void Metrics::OnKeys(std::string_view issuer) {
  const std::lock_guard lock(state_->mutex);
  state_->keys_read.insert_or_assign(std::string(issuer), State::Clock::now());
}

void Metrics::OnKeysGone(std::string_view issuer) {
  const std::lock_guard lock(state_->mutex);
  state_->keys_read.erase(std::string(issuer));
  const Labels labels = {{"issuer", std::string(issuer)}};
  if (state_->keys_age.Has(labels)) state_->keys_age.Remove(&state_->keys_age.Add(labels));
}

void Metrics::AddFigure(Kind kind, std::string name, std::string help,
                        std::function<double()> read) {
  const std::lock_guard lock(state_->mutex);
  state_->figures.push_back({kind, std::move(name), std::move(help), std::move(read)});
}

std::string Metrics::Text() const {
  const std::lock_guard lock(state_->mutex);
  const State::Clock::time_point now = State::Clock::now();
  for (const auto& [issuer, since] : state_->keys_read) {
    state_->keys_age.Add({{"issuer", issuer}}).Set(Seconds(now - since));
  }
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  for (const State::Figure& figure : state_->figures) {
    const bool counter = figure.kind == Kind::kCounter;
    prometheus::ClientMetric metric;
    (counter ? metric.counter.value : metric.gauge.value) = figure.read();
    families.push_back({figure.name,
                        figure.help,
                        counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
                        {metric}});
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace proxy
