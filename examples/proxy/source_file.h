// SPDX-License-Identifier: Apache-2.0
//
// Files that are read together and put in force together, at the start and whenever their content
// changes. What is broken is told once.

#ifndef PROXY_SOURCE_FILE_H_
#define PROXY_SOURCE_FILE_H_

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proxy {

using Lines = std::vector<std::string>;  // for people

struct NamedText {
  std::string name;
  std::string text;
};

// What was read cannot be put in force. what() says why, in one line or more.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Likewise, for the lack of another file: to be tried again though nothing has changed here.
struct Incomplete : Broken {
  using Broken::Broken;
};

class SourceFile {
 public:
  // Puts the files in force; returns what they are: "keys of x (3)". Throws Broken, and then
  // changes nothing. What is doubtful is appended to `warnings`.
  using Apply = std::function<std::string(const std::vector<NamedText>& files, Lines& warnings)>;

  // `kind`: as in Metrics::OnReload.
  SourceFile(std::string_view kind, std::vector<std::filesystem::path> paths, Apply apply)
      : kind_(kind), paths_(std::move(paths)), apply_(std::move(apply)) {}

  // Reads the files and applies them where they differ from what was last seen, or `always`.
  // Returns true where there was anything to do or to say that is new; it is appended to `lines`.
  bool Look(bool always, Lines& lines);

  std::string_view kind() const noexcept { return kind_; }
  const std::vector<std::filesystem::path>& paths() const noexcept { return paths_; }
  // Why what the files hold now is not in force; "" where it is.
  const std::string& complaint() const noexcept { return complaint_; }

 private:
  std::string_view kind_;
  std::vector<std::filesystem::path> paths_;
  Apply apply_;
  std::string fingerprint_;  // of what was last seen
  std::string complaint_;
  bool incomplete_ = false;
};

}  // namespace proxy

#endif  // PROXY_SOURCE_FILE_H_
