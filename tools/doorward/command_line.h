// SPDX-License-Identifier: Apache-2.0
//
// The command line as data: each subcommand is a table of its arguments with the text that explains
// them, and what it runs. Parsing, `--help` and the shell completions all come from that table.

#ifndef TOOLS_DOORWARD_COMMAND_LINE_H_
#define TOOLS_DOORWARD_COMMAND_LINE_H_

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace doorward::command {

// Exit statuses (docs/command.md). They are a stable interface.
enum ExitStatus : int {
  kExitOk = 0,
  kExitFindings = 1,
  kExitPolicyError = 2,
  kExitUsage = 64,
  kExitInternal = 70,
  kExitOutputLost = 74,
};

// Wrong usage: ends the command with status 64 and one line. The message never holds what might be
// a token.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where an argument is stored: a flag, one value, or every value of an argument that may be
// repeated.
using ArgumentTarget = std::variant<bool*, std::optional<std::string>*, std::vector<std::string>*>;

struct Argument {
  std::string name;        // "--requests", or "POLICY" for one that is told by its place
  std::string value = {};  // stands for an option's value in the help: "FILE"; "" for flags
  std::string help;        // a line or more
  ArgumentTarget target;
  std::vector<std::string> choices = {};  // the values that it may have; empty: any
  bool required = false;
  bool is_file = false;

  bool is_option() const { return name.starts_with("--"); }
  bool is_list() const { return std::holds_alternative<std::vector<std::string>*>(target); }
};

struct Command {
  std::string name;
  std::string summary;  // a clause for the list of commands
  std::string details;  // what the help says after the arguments: an example, the exit status
  std::vector<Argument> arguments = {};
  std::function<int()> run = {};  // unset where there are subcommands
  std::vector<Command> subcommands = {};
};

// Parses the arguments of the program `root` and runs what they name. Returns the exit status;
// throws UsageError.
int ParseAndRun(const Command& root, int argc, const char* const* argv);

// The command that was named, as far as it could be told, for the hint after a UsageError:
// "doorward eval".
std::string NamedCommand(const Command& root, int argc, const char* const* argv);

// Returns " (did you mean `x`?)" for the candidate that is an edit or two away from `name`, else
// "".
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

// Puts an argument in backticks for a message; one so long that it could be a token is not shown.
std::string QuoteArgument(std::string_view argument);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_COMMAND_LINE_H_
