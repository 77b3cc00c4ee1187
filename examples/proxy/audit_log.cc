// SPDX-License-Identifier: Apache-2.0
//
// Lines go from the threads that decide into one string, and from there, all that has gathered at
// once, to the file by a thread of the log's own:
//
//   Write -> queue (bounded) -> batch (being written) -> file
//
// Both count against the bound. A write that takes a part is gone on with from there, so that no
// line is torn; one that fails is tried again after a pause, while the queue fills and `when_full`
// decides about what does not fit. The writer rests for kRest after each batch: at a high rate a
// hundred writes a second carry everything, and the deciding threads hardly ever have to wake it.

#include "audit_log.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "audit_line.h"

namespace proxy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRest{10};
constexpr milliseconds kRetryPause{200};
constexpr milliseconds kLastTime{2'000};  // to write what is queued at the end

// A file descriptor, closed at the end of its scope unless it is standard output or error.
class LogFile {
 public:
  LogFile() = default;
  LogFile(LogFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LogFile& operator=(LogFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~LogFile() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }

  // Leaves errno set, and fd() negative, where it fails. Without waiting: a FIFO that nobody reads
  // yet is opened for reading as well, which keeps what is written for whoever comes.
  static LogFile Open(const std::string& path) {
    LogFile file;
    if (path == "stdout" || path == "stderr") {
      file.fd_ = path == "stdout" ? STDOUT_FILENO : STDERR_FILENO;
      return file;
    }
    constexpr int kFlags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    file.fd_ = ::open(path.c_str(), O_WRONLY | kFlags, 0640);
    if (file.fd_ < 0 && errno == ENXIO) file.fd_ = ::open(path.c_str(), O_RDWR | kFlags, 0640);
    return file;
  }

  int fd() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

void Say(const std::string& message) {
  std::fprintf(stderr, "doorward-proxy: %s\n", message.c_str());
}

}  // namespace

struct AuditLog::State {
  using Clock = std::chrono::steady_clock;

  explicit State(const AuditConfig& config) : settings(config), file(LogFile::Open(config.file)) {}

  bool Fits(size_t bytes) const;

  // Of the writer's thread.
  void Run();
  void WriteBatch();
  bool WaitToRetry(int error);
  void TakeNextFile();

  const AuditConfig settings;
  std::atomic<uint64_t> dropped{0}, write_errors{0};
  std::atomic<int> failure{0};  // why the last write failed; 0: it did not

  std::mutex mutex;  // of all down to `stop_at`
  std::condition_variable wake_writer, room, finished;
  std::string queue;         // whole lines
  size_t being_written = 0;  // octets of the batch that are not in the file yet
  bool writer_idle = false;
  bool writer_done = false;
  bool may_wait = true;
  unsigned waiting = 0;  // lines, for room
  std::optional<LogFile> next_file;
  std::optional<Clock::time_point> stop_at;

  LogFile file;  // from here on the writer's own
  std::string batch;
  std::thread writer;
};

// A line longer than the whole queue has room where there is nothing else.
bool AuditLog::State::Fits(size_t bytes) const {
  const size_t used = queue.size() + being_written;
  return used == 0 || used + bytes <= settings.queue_bytes;
}

void AuditLog::State::Run() {
  // A reader that went away is an error of write(), not the end of the process.
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);

  std::unique_lock lock(mutex);
  while (true) {
    writer_idle = true;
    wake_writer.wait(lock, [&] { return !queue.empty() || next_file || stop_at; });
    writer_idle = false;
    if (next_file) TakeNextFile();
    if (queue.empty() && stop_at) break;
    std::swap(batch, queue);
    being_written = batch.size();
    lock.unlock();
    WriteBatch();
    batch.clear();
    lock.lock();
    if (being_written > 0) break;
    wake_writer.wait_for(lock, kRest,
                         [&] { return queue.size() >= settings.queue_bytes / 2 || stop_at; });
  }
  writer_done = true;
  finished.notify_all();
}

// Returns when all is written, or when the log ends and the writing does not go on. Files change
// between two lines: one that was begun is ended in the former file or, where that fails, written
// to the next as a whole.
void AuditLog::State::WriteBatch() {
  for (size_t begin = 0; begin < batch.size();) {
    std::unique_lock lock(mutex);
    const bool between_lines = begin == 0 || batch[begin - 1] == '\n';
    if (next_file && between_lines) TakeNextFile();
    const bool leaving = next_file.has_value();
    lock.unlock();

    const size_t end = leaving ? batch.find('\n', begin) + 1 : batch.size();
    const ssize_t written = ::write(file.fd(), batch.data() + begin, end - begin);
    const int error = errno;
    if (written > 0) {
      begin += static_cast<size_t>(written);
      failure = 0;
      lock.lock();
      being_written = batch.size() - begin;
      room.notify_all();
    } else if (leaving && error != EAGAIN && error != EINTR) {
      begin = batch.rfind('\n', begin - 1) + 1;
      lock.lock();
      TakeNextFile();
    } else if (error != EINTR && !WaitToRetry(error)) {
      return;
    }
  }
}

// Returns false where the log ends and there is no use in waiting.
bool AuditLog::State::WaitToRetry(int error) {
  if (error == EAGAIN) {  // a reader that is slower than the requests
    pollfd writable{file.fd(), POLLOUT, 0};
    ::poll(&writable, 1, static_cast<int>(kRetryPause.count()));
    const std::lock_guard lock(mutex);
    return !stop_at || Clock::now() < *stop_at;
  }
  const bool is_news = failure.exchange(error) == 0;
  ++write_errors;
  if (is_news) {
    Say(settings.file +
        ": the audit log cannot be written: " + std::generic_category().message(error));
  }
  std::unique_lock lock(mutex);
  wake_writer.wait_for(lock, kRetryPause, [&] { return next_file || stop_at; });
  return !stop_at;
}

void AuditLog::State::TakeNextFile() {
  std::swap(file, *next_file);
  next_file.reset();
}

AuditLog::AuditLog(const AuditConfig& config, Metrics& metrics)
    : state_(std::make_shared<State>(config)) {
  if (state_->file.fd() < 0) throw std::system_error(errno, std::generic_category(), config.file);
  metrics.AddFigure(Metrics::Kind::kCounter, "doorward_audit_lines_dropped_total",
                    "Audit lines that found no room in the queue",
                    [state = state_] { return static_cast<double>(state->dropped); });
  metrics.AddFigure(Metrics::Kind::kCounter, "doorward_audit_write_errors_total",
                    "Writes to the audit log that failed, and were tried again",
                    [state = state_] { return static_cast<double>(state->write_errors); });
  state_->writer = std::thread([state = state_] { state->Run(); });
}

AuditLog::~AuditLog() {
  std::unique_lock lock(state_->mutex);
  state_->may_wait = false;
  state_->stop_at = State::Clock::now() + kLastTime;
  state_->room.notify_all();
  state_->wake_writer.notify_all();
  const bool done =
      state_->finished.wait_for(lock, kLastTime + kRetryPause, [&] { return state_->writer_done; });
  const size_t lost = state_->queue.size() + state_->being_written;
  lock.unlock();
  if (lost > 0) {
    Say(state_->settings.file + ": " + std::to_string(lost) +
        " bytes of audit log could not be written");
  }
  // A thread that hangs in a write() holds on to the state, and ends with the process.
  done ? state_->writer.join() : state_->writer.detach();
}

void AuditLog::Write(const DecisionContext& context, const doorward::Decision& decision) {
  thread_local std::string line;
  line.clear();
  AppendLine(context, decision, line);
  Queue(line);
}

void AuditLog::Write(const ExchangeRecord& record) {
  thread_local std::string line;
  line.clear();
  AppendLine(record, line);
  Queue(line);
}

void AuditLog::Queue(std::string_view line) {
  std::unique_lock lock(state_->mutex);
  if (state_->settings.when_full == AuditConfig::WhenFull::kBlock) {
    ++state_->waiting;
    state_->room.wait(lock, [&] { return state_->Fits(line.size()) || !state_->may_wait; });
    --state_->waiting;
  }
  if (!state_->Fits(line.size())) {
    ++state_->dropped;
    return;
  }
  const size_t half = state_->settings.queue_bytes / 2;
  const bool reaches_half =
      state_->queue.size() < half && state_->queue.size() + line.size() >= half;
  state_->queue += line;
  const bool wake = std::exchange(state_->writer_idle, false) || reaches_half;
  lock.unlock();
  if (wake) state_->wake_writer.notify_one();
}

std::error_code AuditLog::Reopen() {
  LogFile file = LogFile::Open(state_->settings.file);
  if (file.fd() < 0) return {errno, std::generic_category()};
  const std::lock_guard lock(state_->mutex);
  state_->next_file = std::move(file);
  state_->wake_writer.notify_one();
  return {};
}

void AuditLog::StopWaiting() {
  const std::lock_guard lock(state_->mutex);
  state_->may_wait = false;
  state_->room.notify_all();
}

std::string AuditLog::stuck_cause() const {
  if (state_->settings.when_full != AuditConfig::WhenFull::kBlock) return "";
  const int failure = state_->failure;
  if (failure != 0) {
    return "the audit log cannot be written: " + std::generic_category().message(failure);
  }
  const std::lock_guard lock(state_->mutex);
  return state_->waiting == 0 ? "" : "the audit log takes no more lines";
}

uint64_t AuditLog::lines_dropped() const noexcept { return state_->dropped; }

uint64_t AuditLog::write_errors() const noexcept { return state_->write_errors; }

}  // namespace proxy
