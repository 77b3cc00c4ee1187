// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/audit_log.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/proxy/temporary_folder.h"

namespace proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::SizeIs;

constexpr size_t kQueueBytes = 16 * 1024;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool IsWhole(const std::string& line) {
  return line.starts_with("{\"time\":") && line.ends_with("\"total_us\":0}");
}

bool Eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

class AuditLogTest : public testing::Test {
 protected:
  AuditConfig Configured(std::string_view file,
                         AuditConfig::WhenFull when_full = AuditConfig::WhenFull::kDrop) {
    return {.file = (folder_ / file).string(), .when_full = when_full, .queue_bytes = kQueueBytes};
  }
  static void WriteLine(AuditLog& log, const std::string& id) {
    log.Write(ExchangeRecord{.request_id = id});
  }
  static void WriteLines(AuditLog& log, int count) {
    for (int i = 0; i < count; ++i) WriteLine(log, std::to_string(i));
  }
  void MakeFifo(const char* name) { ASSERT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0); }

  TemporaryFolder folder_;
  Metrics metrics_;
};

TEST_F(AuditLogTest, HasWrittenAllAtItsEnd) {
  { WriteLines(*std::make_unique<AuditLog>(Configured("log"), metrics_), 3); }
  const std::vector<std::string> lines = LinesOf(folder_.Read("log"));
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[2], HasSubstr("\"request_id\":\"2\""));
}

TEST_F(AuditLogTest, AppendsToWhatIsThere) {
  folder_.Write("log", "before\n");
  { WriteLines(*std::make_unique<AuditLog>(Configured("log"), metrics_), 1); }
  EXPECT_THAT(LinesOf(folder_.Read("log")), SizeIs(2));
}

TEST_F(AuditLogTest, WritesWithoutWaitingForItsEnd) {
  AuditLog log(Configured("log"), metrics_);
  WriteLine(log, "now");
  EXPECT_TRUE(Eventually([&] { return LinesOf(folder_.Read("log")).size() == 1; }));
}

TEST_F(AuditLogTest, CannotBeginWithoutItsFile) {
  try {
    AuditLog log(Configured("no/such/folder"), metrics_);
    FAIL() << "it began";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
    EXPECT_THAT(e.what(), HasSubstr("no/such/folder"));
  }
}

TEST_F(AuditLogTest, TearsNoLineOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kLines = 2'000;
  {
    AuditLog log(Configured("log", AuditConfig::WhenFull::kBlock), metrics_);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { WriteLines(log, kLines); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(log.lines_dropped(), 0u);
  }
  const std::vector<std::string> lines = LinesOf(folder_.Read("log"));
  EXPECT_THAT(lines, SizeIs(kThreads * kLines));
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), IsWhole));
}

TEST_F(AuditLogTest, DropsAndCountsWhereTheDiskIsFull) {
  AuditLog log({.file = "/dev/full", .queue_bytes = kQueueBytes}, metrics_);
  WriteLines(log, 1'000);
  EXPECT_TRUE(Eventually([&] { return log.write_errors() >= 2; }));
  EXPECT_GT(log.lines_dropped(), 800u);
  EXPECT_LT(log.lines_dropped(), 1'000u);
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_audit_lines_dropped_total " +
                                         std::to_string(log.lines_dropped()) + "\n"));
}

TEST_F(AuditLogTest, WaitsForRoomWhereItIsToldTo) {
  AuditLog log(
      {.file = "/dev/full", .when_full = AuditConfig::WhenFull::kBlock, .queue_bytes = kQueueBytes},
      metrics_);
  auto written = std::async(std::launch::async, [&] { WriteLines(log, 1'000); });
  EXPECT_EQ(written.wait_for(milliseconds(300)), std::future_status::timeout);
  EXPECT_EQ(log.lines_dropped(), 0u);
  log.StopWaiting();
  written.get();
  EXPECT_GT(log.lines_dropped(), 800u);
}

TEST_F(AuditLogTest, KeepsForAReaderWhatAFifoHasNoRoomFor) {
  MakeFifo("fifo");
  std::string received;
  std::optional<AuditLog> log;
  log.emplace(Configured("fifo", AuditConfig::WhenFull::kBlock), metrics_);
  // More than the pipe and the queue can hold.
  auto written = std::async(std::launch::async, [&] { WriteLines(*log, 2'000); });
  EXPECT_EQ(written.wait_for(milliseconds(100)), std::future_status::timeout);
  const int reader = ::open((folder_ / "fifo").c_str(), O_RDONLY);
  ASSERT_GE(reader, 0);
  char octets[1'000];
  while (std::count(received.begin(), received.end(), '\n') < 2'000) {
    const ssize_t n = ::read(reader, octets, sizeof(octets));
    ASSERT_GT(n, 0);
    received.append(octets, static_cast<size_t>(n));
  }
  written.get();
  log.reset();
  ::close(reader);
  const std::vector<std::string> lines = LinesOf(received);
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), IsWhole));
  EXPECT_THAT(lines.back(), HasSubstr("\"request_id\":\"1999\""));
}

TEST_F(AuditLogTest, EndsWhereNobodyReads) {
  MakeFifo("fifo");
  const int pipe = ::open((folder_ / "fifo").c_str(), O_RDWR | O_NONBLOCK);
  while (::write(pipe, "x", 1) == 1) continue;
  std::optional<AuditLog> log;
  log.emplace(Configured("fifo"), metrics_);
  WriteLines(*log, 2'000);
  EXPECT_GT(log->lines_dropped(), 0u);
  EXPECT_EQ(log->write_errors(), 0u);
  log.reset();  // else the test runs into its time limit
  EXPECT_LT(::write(pipe, "x", 1), 0);
  ::close(pipe);
}

TEST_F(AuditLogTest, SurvivesAReaderThatGoes) {
  MakeFifo("fifo");
  const int first = ::open((folder_ / "fifo").c_str(), O_RDONLY | O_NONBLOCK);
  AuditLog log(Configured("fifo"), metrics_);
  ::close(first);
  WriteLine(log, "kept");
  EXPECT_TRUE(Eventually([&] { return log.write_errors() > 0; }));
  const int second = ::open((folder_ / "fifo").c_str(), O_RDONLY);
  char octets[1'000];
  EXPECT_GT(::read(second, octets, sizeof(octets)), 0);
  ::close(second);
}

TEST_F(AuditLogTest, GoesOnInANewFileAfterARotation) {
  {
    AuditLog log(Configured("log"), metrics_);
    WriteLine(log, "old");
    ASSERT_TRUE(Eventually([&] { return !folder_.Read("log").empty(); }));
    std::filesystem::rename(folder_ / "log", folder_ / "log.1");
    EXPECT_EQ(log.Reopen(), std::error_code());
    WriteLine(log, "new");
  }
  EXPECT_THAT(folder_.Read("log.1"), HasSubstr("\"old\""));
  EXPECT_THAT(LinesOf(folder_.Read("log.1")), SizeIs(1));
  EXPECT_THAT(folder_.Read("log"), HasSubstr("\"new\""));
  EXPECT_THAT(LinesOf(folder_.Read("log")), SizeIs(1));
}

TEST_F(AuditLogTest, StaysWithItsFileWhereNoNewOneCanBeOpened) {
  std::filesystem::create_directory(folder_ / "logs");
  AuditLog log(Configured("logs/log"), metrics_);
  std::filesystem::rename(folder_ / "logs", folder_ / "moved");
  EXPECT_EQ(log.Reopen(), std::errc::no_such_file_or_directory);
  WriteLine(log, "still");
  EXPECT_TRUE(Eventually([&] { return !folder_.Read("moved/log").empty(); }));
}

TEST_F(AuditLogTest, LeavesAFullDiskForANewFile) {
  std::filesystem::create_symlink("/dev/full", folder_ / "log");
  {
    AuditLog log(Configured("log"), metrics_);
    WriteLines(log, 5);
    ASSERT_TRUE(Eventually([&] { return log.write_errors() > 0; }));
    std::filesystem::remove(folder_ / "log");
    EXPECT_EQ(log.Reopen(), std::error_code());
    ASSERT_TRUE(Eventually([&] { return LinesOf(folder_.Read("log")).size() == 5; }));
  }
  const std::vector<std::string> lines = LinesOf(folder_.Read("log"));
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), IsWhole));
}

TEST_F(AuditLogTest, HasRoomForALineThatIsLargerThanItsQueue) {
  {
    AuditLog log(Configured("log", AuditConfig::WhenFull::kBlock), metrics_);
    WriteLine(log, std::string(2 * kQueueBytes, 'x'));
    WriteLine(log, "next");
  }
  EXPECT_THAT(LinesOf(folder_.Read("log")), SizeIs(2));
}

TEST_F(AuditLogTest, ChangesFilesBetweenTheLinesOfManyThreads) {
  constexpr int kFiles = 20;
  constexpr int kLines = 3'000;
  {
    AuditLog log(Configured("log", AuditConfig::WhenFull::kBlock), metrics_);
    std::thread one([&] { WriteLines(log, kLines); });
    std::thread two([&] { WriteLines(log, kLines); });
    for (int i = 0; i < kFiles; ++i) {
      std::filesystem::rename(folder_ / "log", folder_ / ("log." + std::to_string(i)));
      EXPECT_EQ(log.Reopen(), std::error_code());
    }
    one.join();
    two.join();
  }
  std::vector<std::string> lines = LinesOf(folder_.Read("log"));
  for (int i = 0; i < kFiles; ++i) {
    const std::vector<std::string> more = LinesOf(folder_.Read("log." + std::to_string(i)));
    lines.insert(lines.end(), more.begin(), more.end());
  }
  EXPECT_THAT(lines, SizeIs(2 * kLines));
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), IsWhole));
}

}  // namespace
}  // namespace proxy
