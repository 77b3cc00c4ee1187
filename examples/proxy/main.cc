// SPDX-License-Identifier: Apache-2.0
//
// doorward-proxy: reads its configuration, serves, and listens to signals.
//
// SIGHUP reads policy, keys and certificates again and opens the audit log anew; SIGTERM and SIGINT
// let what is under way end, a second one ends it. Exit status: 0 after that, 1 where it cannot
// listen, 2 where a file cannot be used, 64 for wrong usage.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <sys/resource.h>

#include "doorward/version.h"

#include "admin.h"
#include "audit_log.h"
#include "config.h"
#include "gate.h"
#include "metrics.h"
#include "server.h"

namespace proxy {
namespace {

enum ExitStatus { kSuccess = 0, kCannotListen = 1, kCannotLoad = 2, kUsage = 64 };

// What is cut off is given this long to fall.
constexpr std::chrono::seconds kAbortTime(1);

constexpr std::string_view kHelp =
    "doorward-proxy: a reverse proxy that decides by a Doorward policy\n\n"
    "  doorward-proxy CONFIG           serve\n"
    "  doorward-proxy --check CONFIG   read everything, say what is wrong\n"
    "  doorward-proxy --version\n"
    "  doorward-proxy --help\n";

void Say(std::string_view line) {
  // In one piece, since workers and the admin listener may be writing, too.
  std::cerr << (std::string("doorward-proxy: ").append(line) += '\n') << std::flush;
}

void SayEach(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) Say(line);
}

std::optional<Config> LoadConfig(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    Say("cannot read " + path.string());
    return std::nullopt;
  }
  ConfigOutcome outcome = ReadConfig(text, path);
  SayEach(outcome.errors);
  return std::move(outcome.config);
}

// Each connection is a descriptor, and so is the one to the upstream that serves it.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The thread that minds signals and files, so that no worker stalls while a policy is loaded.
class Control {
 public:
  Control(const Config& config, Gate& gate, AuditLog& audit, Server& server, Admin* admin)
      : config_(config), gate_(gate), audit_(audit), server_(server), admin_(admin) {}

  // Serves until the end.
  void Run() {
    AwaitSignal();
    AwaitChange();
    server_.Start([this] { asio::post(context_, [this] { context_.stop(); }); });
    Say("ready");
    context_.run();
    server_.Stop();
  }

 private:
  void AwaitSignal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      AwaitSignal();
      signal == SIGHUP ? Reload() : End();
    });
  }

  void AwaitChange() {
    if (config_.watch_interval.count() == 0) return;
    watch_.expires_after(config_.watch_interval);
    watch_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      SayEach(gate_.Reload(false));
      AwaitChange();
    });
  }

  void Reload() {
    SayEach(gate_.Reload(true));
    const std::error_code error = audit_.Reopen();
    if (error) Say("the audit log could not be opened anew: " + error.message());
  }

  void End() {
    if (is_draining_) return Abort();
    is_draining_ = true;
    Say("draining");
    if (admin_ != nullptr) admin_->SetDraining();
    server_.Drain();
    After(config_.limits.drain_timeout, [this] { Abort(); });
  }

  void Abort() {
    Say("ending what is still under way");
    audit_.StopWaiting();
    server_.Abort();
    After(kAbortTime, [this] { context_.stop(); });
  }

  template <class Action>
  void After(std::chrono::milliseconds time, Action action) {
    end_.expires_after(time);
    end_.async_wait([action](const boost::system::error_code& error) {
      if (!error) action();
    });
  }

  const Config& config_;
  Gate& gate_;
  AuditLog& audit_;
  Server& server_;
  Admin* admin_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGHUP, SIGTERM, SIGINT};
  asio::steady_timer watch_{context_};
  asio::steady_timer end_{context_};
  bool is_draining_ = false;
};

void SayListening(const Config& config, const Server& server) {
  const std::vector<std::string> addresses = server.addresses();
  for (size_t i = 0; i < addresses.size(); ++i) {
    const bool is_tls = !config.listeners[i].certificates.empty();
    Say("listening on " + addresses[i] + (is_tls ? " (https)" : " (http)"));
  }
}

int Serve(const Config& config, Gate& gate, Metrics& metrics) {
  RaiseDescriptorLimit();
  std::signal(SIGPIPE, SIG_IGN);
  AuditLog audit(config.audit, metrics);
  Server server(config, gate, audit, metrics);
  SayListening(config, server);
  std::optional<Admin> admin;
  if (config.admin) {
    admin.emplace(*config.admin, gate, audit, metrics);
    Say("listening on " + config.admin->host + ":" + std::to_string(admin->port()) + " (admin)");
  }
  Control control(config, gate, audit, server, admin ? &*admin : nullptr);
  control.Run();
  return kSuccess;
}

int LoadAndServe(const std::filesystem::path& path, bool only_checks) {
  const std::optional<Config> config = LoadConfig(path);
  if (!config) return kCannotLoad;
  Metrics metrics;
  std::vector<std::string> errors;
  Gate gate(*config, metrics, errors);
  SayEach(errors);
  if (!errors.empty()) return kCannotLoad;
  SayEach(gate.messages());
  if (only_checks) return kSuccess;
  try {
    return Serve(*config, gate, metrics);
  } catch (const boost::system::system_error& error) {
    Say(std::string("cannot listen: ") + error.what());
    return kCannotListen;
  } catch (const std::system_error& error) {
    Say(std::string("cannot open the audit log: ") + error.what());
    return kCannotLoad;
  }
}

int Main(const std::vector<std::string_view>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::cout << kHelp;
    return kSuccess;
  }
  if (arguments.size() == 1 && arguments[0] == "--version") {
    std::cout << "doorward-proxy " << doorward::Version() << "\n";
    return kSuccess;
  }
  const bool only_checks = arguments.size() == 2 && arguments[0] == "--check";
  if (arguments.empty() || arguments.size() > (only_checks ? 2u : 1u) ||
      arguments.back().starts_with('-')) {
    std::cerr << kHelp;
    return kUsage;
  }
  return LoadAndServe(arguments.back(), only_checks);
}

}  // namespace
}  // namespace proxy

int main(int argc, char** argv) {
  return proxy::Main(std::vector<std::string_view>(argv + 1, argv + argc));
}
