// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/doorward/streams.h"

namespace doorward::command {
namespace {

std::optional<std::string> ReadAll(const InputFile& file, size_t max_bytes, std::string* error) {
  std::string text;
  for (size_t used = 0;;) {
    text.resize(std::max<size_t>(used * 2, 64 * 1024));
    const ssize_t got = file.Read(text.data() + used, text.size() - used);
    if (got < 0) {
      *error = ErrorText(errno);
      return std::nullopt;
    }
    used += static_cast<size_t>(got);
    if (used > max_bytes) {
      *error = "longer than " + std::to_string(max_bytes >> 20) + " MiB";
      return std::nullopt;
    }
    if (got == 0) {
      text.resize(used);
      return text;
    }
  }
}

// Creates the file at `path`, or, to replace one, a file of another name beside it, which `path` is
// then set to. Negative, with errno set, where that failed.
int Create(std::string& path, WriteOptions options) {
  const mode_t mode = options.secret ? 0600 : 0644;
  if (!options.replace) {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  }
  path += ".XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd >= 0) ::fchmod(fd, mode);
  return fd;
}

}  // namespace

std::optional<std::string> ReadFile(const std::string& path, size_t max_bytes, std::string* error) {
  const std::optional<InputFile> file = InputFile::Open(path, error);
  return file ? ReadAll(*file, max_bytes, error) : std::nullopt;
}

std::optional<std::string> ReadStandardInput(size_t max_bytes, std::string* error) {
  return ReadAll(InputFile::StandardInput(), max_bytes, error);
}

bool WriteFile(const std::string& path, std::string_view text, WriteOptions options,
               std::string* error) {
  std::string written = path;
  const int fd = Create(written, options);
  bool ok = fd >= 0 && WriteAll(fd, text);
  int failure = errno;
  if (fd >= 0 && ::close(fd) != 0 && ok) {
    ok = false;
    failure = errno;
  }
  if (ok && written != path && std::rename(written.c_str(), path.c_str()) != 0) {
    ok = false;
    failure = errno;
  }
  if (ok) return true;
  if (fd >= 0) ::unlink(written.c_str());
  *error = ErrorText(failure);
  return false;
}

std::string ResolveBeside(const std::string& base, std::string_view path) {
  return (std::filesystem::path(base).parent_path() / path).string();
}

}  // namespace doorward::command
