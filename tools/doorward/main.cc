// SPDX-License-Identifier: Apache-2.0
//
// The `doorward` command. Exit statuses and output are a stable interface: docs/command.md.

#include <cerrno>
#include <csignal>
#include <exception>
#include <memory>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "doorward/version.h"

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/streams.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails = R"(Example:
  $ doorward check policy.yaml
  $ echo '{"method": "GET", "target": "/orders", "roles": ["viewer"]}' | doorward eval policy.yaml

Exit status:
  0   nothing to say; every line was answered
  1   check: warnings, under --strict
  2   a policy or a key set does not load
  64  wrong usage, or a line of the input that could not be read
  70  a bug in doorward
  74  the output could not be written

`doorward COMMAND --help` explains each command, with an example.
)";

int RunRoot(bool version) {
  if (!version) throw UsageError("no command is named");
  StandardOutput().Write(std::string("doorward ") + Version() + '\n');
  return kExitOk;
}

// A file that is opened while one of the three standard descriptors is closed would take its
// number, and be written to in its place. What stands in here fails when it is used.
void HoldStandardDescriptors() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void Complain(const std::string& text) { WriteAll(STDERR_FILENO, text + '\n'); }

// Runs the command; an exception is one line.
int RunGuarded(int argc, const char* const* argv) {
  const Command root = DoorwardCommand();
  try {
    return ParseAndRun(root, argc, argv);
  } catch (const UsageError& e) {
    const std::string named = NamedCommand(root, argc, argv);
    Complain(named + ": " + e.what() + "; see `" + named + " --help`");
    return kExitUsage;
  } catch (const std::exception& e) {
    Complain(std::string("doorward: internal error: ") + e.what());
    return kExitInternal;
  }
}

}  // namespace

Command DoorwardCommand() {
  const auto version = std::make_shared<bool>(false);
  return {
      .name = "doorward",
      .summary = "who may call what",
      .details = kDetails,
      .arguments = {{.name = "--version", .help = "show the version", .target = version.get()}},
      .run = [version] { return RunRoot(*version); },
      .subcommands =
          {
              CheckCommand(),
              EvalCommand(),
              ExplainCommand(),
              VerifyCommand(),
              {.name = "token",
               .summary = "make keys and tokens for development, and look into tokens",
               .details = "The keys and tokens are for tests and development: a real identity\n"
                          "provider issues those of real users.\n",
               .subcommands = {TokenNewKeyCommand(), TokenSignCommand(), TokenInspectCommand()}},
              CompletionCommand(),
          },
  };
}

}  // namespace doorward::command

int main(int argc, char** argv) {
  using namespace doorward::command;  // NOLINT(google-build-using-namespace)
  // A reader that goes away is an error of write, which ends the command with a status of its own.
  std::signal(SIGPIPE, SIG_IGN);
  HoldStandardDescriptors();
  const int status = RunGuarded(argc, argv);
  Output& output = StandardOutput();
  output.Flush();
  if (output.ok()) return status;
  if (output.error_number() != EPIPE) {
    Complain("doorward: cannot write to standard output: " + ErrorText(output.error_number()));
  }
  return kExitOutputLost;
}
