// SPDX-License-Identifier: Apache-2.0
//
// Input line by line and output that notices when it is lost, on file descriptors.

#ifndef TOOLS_DOORWARD_STREAMS_H_
#define TOOLS_DOORWARD_STREAMS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace doorward::command {

// What the system says of an error number, beginning in lower case.
std::string ErrorText(int error_number);

// Writes all of `text`; false with errno set where that failed.
bool WriteAll(int fd, std::string_view text);

// An open file, or standard input. Closes what it opened.
class InputFile {
 public:
  static std::optional<InputFile> Open(const std::string& path, std::string* error);
  static InputFile StandardInput();
  ~InputFile();
  InputFile(InputFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  InputFile& operator=(InputFile&&) = delete;

  // As read(2), but begun again after a signal.
  ssize_t Read(char* buffer, size_t size) const;

 private:
  explicit InputFile(int fd) : fd_(fd) {}
  int fd_;
};

// Splits a file into lines. Memory is bounded: what a line has beyond `kMaxLineBytes` is dropped.
class LineReader {
 public:
  static constexpr size_t kMaxLineBytes = size_t{16} << 20;

  explicit LineReader(InputFile file) : file_(std::move(file)) {}

  struct Line {
    std::string_view text;  // without LF or CR LF; valid until the next call
    bool too_long = false;  // `text` is only its beginning
  };
  // Returns the next line that is not blank; nothing at the end and after an error.
  std::optional<Line> Next();
  // True where the next line is not here in whole, so that Next may wait for it: the moment to
  // write what was kept back.
  bool MayWait() const { return buffer_.find('\n', start_) == std::string::npos; }
  // Why reading stopped before the end; "" where it did not.
  const std::string& error() const { return error_; }

 private:
  std::optional<Line> NextOrBlank();
  // Reads some more behind what the buffer holds; false at the end.
  bool Fill();

  InputFile file_;
  std::string buffer_;
  size_t start_ = 0;  // of the next line in buffer_
  bool at_end_ = false;
  std::string error_;
};

// Standard output, kept back until Flush or until there is much of it.
class Output {
 public:
  void Write(std::string_view text);
  void Flush();
  // False once something could not be written: the rest is dropped then.
  bool ok() const { return error_number_ == 0; }
  int error_number() const { return error_number_; }

 private:
  std::string kept_;
  int error_number_ = 0;
};

// Standard output of the whole program; main flushes it and turns its failure into the exit status.
Output& StandardOutput();

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_STREAMS_H_
