// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/streams.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace doorward::command {
namespace {

constexpr size_t kBlock = 64 * 1024;

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::string ErrorText(int error_number) {
  std::string text = std::strerror(error_number);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::optional<InputFile> InputFile::Open(const std::string& path, std::string* error) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return InputFile(fd);
  *error = ErrorText(errno);
  return std::nullopt;
}

InputFile InputFile::StandardInput() { return InputFile(STDIN_FILENO); }

InputFile::~InputFile() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

ssize_t InputFile::Read(char* buffer, size_t size) const {
  ssize_t got = 0;
  do {
    got = ::read(fd_, buffer, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

bool LineReader::Fill() {
  if (at_end_) return false;
  buffer_.erase(0, start_);
  start_ = 0;
  const size_t used = buffer_.size();
  buffer_.resize(used + kBlock);
  const ssize_t got = file_.Read(buffer_.data() + used, kBlock);
  buffer_.resize(used + static_cast<size_t>(got > 0 ? got : 0));
  if (got < 0) error_ = ErrorText(errno);
  at_end_ = got <= 0;
  return !at_end_;
}

std::optional<LineReader::Line> LineReader::NextOrBlank() {
  Line line;
  size_t searched = 0;
  size_t end = std::string::npos;
  while ((end = buffer_.find('\n', start_ + searched)) == std::string::npos) {
    searched = buffer_.size() - start_;
    if (searched > kMaxLineBytes + 1) {  // a CR may be the last of them
      line.too_long = true;
      buffer_.resize(start_ + kMaxLineBytes + 2);
      searched = kMaxLineBytes + 2;
    }
    if (!Fill()) break;
  }
  if (!error_.empty() || (end == std::string::npos && start_ == buffer_.size()))
    return std::nullopt;
  line.text =
      std::string_view(buffer_).substr(start_, end == std::string::npos ? end : end - start_);
  start_ = end == std::string::npos ? buffer_.size() : end + 1;
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  line.too_long |= line.text.size() > kMaxLineBytes;
  return line;
}

std::optional<LineReader::Line> LineReader::Next() {
  for (std::optional<Line> line = NextOrBlank(); line; line = NextOrBlank()) {
    if (!IsBlank(line->text)) return line;
  }
  return std::nullopt;
}

void Output::Write(std::string_view text) {
  if (!ok()) return;
  kept_ += text;
  if (kept_.size() >= kBlock) Flush();
}

void Output::Flush() {
  if (ok() && !WriteAll(STDOUT_FILENO, kept_)) error_number_ = errno;
  kept_.clear();
}

Output& StandardOutput() {
  static Output output;
  return output;
}

}  // namespace doorward::command
