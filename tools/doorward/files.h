// SPDX-License-Identifier: Apache-2.0
//
// Whole files, read and written.

#ifndef TOOLS_DOORWARD_FILES_H_
#define TOOLS_DOORWARD_FILES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::command {

// What the library accepts at most; a longer file is not read to its end.
inline constexpr size_t kMaxPolicyBytes = size_t{64} << 20;
inline constexpr size_t kMaxKeyFileBytes = size_t{16} << 20;

// Reads the file at `path`, or standard input. Nothing where it cannot be read or is longer than
// `max_bytes`; `error` is then a clause such as "no such file or directory".
std::optional<std::string> ReadFile(const std::string& path, size_t max_bytes, std::string* error);
std::optional<std::string> ReadStandardInput(size_t max_bytes, std::string* error);

// Writes `text` to a file that must not exist yet, or replaces it as a whole where `replace` is
// set. A `secret` file can be read and written by its owner alone. False with `error` set where
// that failed; no half-written file is left then.
struct WriteOptions {
  bool secret = false;
  bool replace = false;
};
bool WriteFile(const std::string& path, std::string_view text, WriteOptions options,
               std::string* error);

// Returns `path` as seen from the folder of the file `base`; absolute paths stay.
std::string ResolveBeside(const std::string& base, std::string_view path);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_FILES_H_
