// SPDX-License-Identifier: Apache-2.0

#include "source_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

#include <openssl/evp.h>

namespace proxy {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kMaxFileBytes = 256 << 20;

std::string ReadFile(const fs::path& path) {
  const auto fail = [&](const std::string& why) {
    return Broken(path.string() + ": error: it cannot be read: " + why);
  };
  std::error_code error;
  // Asked first, since reading a FIFO would wait.
  const bool regular = fs::is_regular_file(path, error);
  if (!regular) throw fail(error ? error.message() : "it is no regular file");
  const uintmax_t size = fs::file_size(path, error);
  if (error) throw fail(error.message());
  if (size > kMaxFileBytes) throw fail("it is larger than 256 MiB");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw fail(std::strerror(errno));
  std::string text(static_cast<size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (in.bad()) throw fail(std::strerror(errno));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

std::string Sha256(std::string_view text) {
  unsigned char digest[32] = {};
  EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest, nullptr);
  return {digest, digest + sizeof(digest)};
}

}  // namespace

bool SourceFile::Look(bool always, Lines& lines) {
  std::vector<NamedText> files;
  std::string fingerprint, complaint, what;
  Lines warnings;
  for (const fs::path& path : paths_) {
    try {
      files.push_back({path.string(), ReadFile(path)});
      fingerprint += Sha256(files.back().text);
    } catch (const Broken& e) {
      complaint += (complaint.empty() ? "" : "\n") + std::string(e.what());
      fingerprint += e.what();
    }
  }
  const bool is_new = always || fingerprint != fingerprint_;
  if (!is_new && !incomplete_) return false;
  incomplete_ = false;
  try {
    if (complaint.empty()) what = apply_(files, warnings);
  } catch (const Incomplete& e) {
    complaint = e.what();
    incomplete_ = true;
  } catch (const std::exception& e) {
    complaint = e.what();
  }
  fingerprint_ = std::move(fingerprint);
  if (std::exchange(complaint_, complaint) == complaint && !is_new) return false;
  lines.insert(lines.end(), warnings.begin(), warnings.end());
  lines.push_back(complaint.empty() ? paths_.front().string() + ": in force: " + what : complaint);
  return true;
}

}  // namespace proxy
