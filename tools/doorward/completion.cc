// SPDX-License-Identifier: Apache-2.0
//
// `doorward completion`: scripts that complete the command line in a shell, made of the tables that
// the command line is parsed by.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/streams.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails = R"(Example:
  bash   source <(doorward completion bash)
  zsh    doorward completion zsh > "${fpath[1]}/_doorward"
  fish   doorward completion fish > ~/.config/fish/completions/doorward.fish

Exit status: 0 done; 64 wrong usage.
)";

// A command and the names that lead to it, the program's own left out: " token sign".
struct PathedCommand {
  std::string path;
  const Command* command;
};

void Collect(const Command& command, const std::string& path, std::vector<PathedCommand>& out) {
  out.push_back({path, &command});
  for (const Command& child : command.subcommands) Collect(child, path + ' ' + child.name, out);
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

// Returns `text` with a backslash before each octet that is among `special`.
std::string Escape(std::string_view text, std::string_view special) {
  std::string out;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string Replace(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// In single quotes for a shell of the Bourne family.
std::string ShellQuote(const std::string& text) {
  return '\'' + Replace(text, "'", R"('\'')") + '\'';
}

std::string Words(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// The subcommands of a command, its options, and the options' values where those are few.
std::string BashCases(const std::vector<PathedCommand>& commands) {
  std::string values, words;
  for (const auto& [path, command] : commands) {
    std::vector<std::string> subcommands, options;
    for (const Command& child : command->subcommands) subcommands.push_back(child.name);
    std::vector<std::string> placed;
    for (const Argument& argument : command->arguments) {
      if (!argument.is_option()) {
        placed.insert(placed.end(), argument.choices.begin(), argument.choices.end());
        continue;
      }
      options.push_back(argument.name);
      if (argument.value.empty()) continue;
      values += "    " + ShellQuote(path + ' ' + argument.name) +
                ") words=" + ShellQuote(Words(argument.choices)) + "; is_value=1 ;;\n";
    }
    options.emplace_back("--help");
    subcommands.insert(subcommands.end(), placed.begin(), placed.end());
    words += "      " + ShellQuote(path) + ") words=" + ShellQuote(Words(subcommands)) +
             "; options=" + ShellQuote(Words(options)) + " ;;\n";
  }
  return "  case \"$path $previous\" in\n" + values + "  esac\n  if [[ -z $is_value ]]; then\n" +
         "    case \"$path\" in\n" + words + "    esac\n" +
         "    [[ $current == -* ]] && words=$options\n  fi\n";
}

std::string BashScript(const std::vector<PathedCommand>& commands) {
  std::string paths;
  for (const auto& [path, command] : commands) {
    if (!path.empty()) paths += (paths.empty() ? "" : "|") + ShellQuote(path);
  }
  return R"(# Completes `doorward` in bash; made by `doorward completion bash`.
_doorward() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local path='' words='' options='' is_value='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${COMP_WORDS[i]}" in
      )" +
         paths + R"() path="$path ${COMP_WORDS[i]}" ;;
    esac
  done
)" + BashCases(commands) +
         R"(  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _doorward doorward
)";
}

// What _arguments takes for one argument.
std::string ZshArgument(const Argument& argument) {
  const std::string help = Escape(FirstLine(argument.help), "[]:\\");
  std::string action = argument.is_file ? "_files" : " ";
  if (!argument.choices.empty()) action = '(' + Words(argument.choices) + ')';
  if (!argument.is_option()) {
    return ShellQuote(std::string(argument.is_list() ? "*" : "") + ":" + argument.name + ":" +
                      action);
  }
  std::string out = (argument.is_list() ? "*" : "") + argument.name + "[" + help + "]";
  if (!argument.value.empty()) out += ":" + Escape(argument.value, ":") + ":" + action;
  return ShellQuote(out);
}

std::string ZshFunctionName(const std::string& path) {
  return "_doorward" + Replace(Replace(path, " ", "_"), "-", "_");
}

std::string ZshFunction(const PathedCommand& pathed) {
  const Command& command = *pathed.command;
  std::string arguments;
  for (const Argument& argument : command.arguments) arguments += ' ' + ZshArgument(argument);
  arguments += " '(-h --help)'{-h,--help}'[show this help]'";
  std::string out = ZshFunctionName(pathed.path) + "() {\n";
  if (command.subcommands.empty()) return out + "  _arguments" + arguments + "\n}\n";
  out += "  local context state line\n  local -a commands=(";
  for (const Command& child : command.subcommands) {
    out += "\n    " + ShellQuote(child.name + ":" + Escape(child.summary, ":"));
  }
  out += "\n  )\n  _arguments -C" + arguments + " '1: :->command' '*:: :->rest'\n";
  out +=
      "  case $state in\n    command) _describe command commands ;;\n    rest)\n      case "
      "$words[1] in\n";
  for (const Command& child : command.subcommands) {
    out +=
        "        " + child.name + ") " + ZshFunctionName(pathed.path + ' ' + child.name) + " ;;\n";
  }
  return out + "      esac ;;\n  esac\n}\n";
}

std::string ZshScript(const std::vector<PathedCommand>& commands) {
  std::string out =
      "#compdef doorward\n# Completes `doorward` in zsh; made by `doorward completion zsh`.\n";
  for (const PathedCommand& pathed : commands) out += ZshFunction(pathed);
  return out +
         "if [[ $funcstack[1] == _doorward ]]; then _doorward; else compdef _doorward doorward; "
         "fi\n";
}

std::string FishQuote(std::string_view text) { return '\'' + Escape(text, "'\\") + '\''; }

std::string FishLine(const std::string& path, const std::string& what, std::string_view help) {
  return "complete -c doorward -n \"__doorward_at" + FishQuote(path).insert(0, " ") + "\" " + what +
         " -d " + FishQuote(FirstLine(help)) + '\n';
}

std::string FishArgument(const std::string& path, const Argument& argument) {
  const std::string choices =
      argument.choices.empty() ? "" : " -a " + FishQuote(Words(argument.choices));
  if (!argument.is_option()) {
    return argument.is_file ? FishLine(path, "-F", argument.help)
                            : FishLine(path, "-f" + choices, argument.help);
  }
  const std::string value = argument.value.empty() ? "-f" : argument.is_file ? "-r -F" : "-x";
  const std::string what = value + " -l " + argument.name.substr(2) + choices;
  return FishLine(path, what, argument.help);
}

std::string FishScript(const std::vector<PathedCommand>& commands) {
  std::string known;
  for (const auto& [path, command] : commands) {
    if (!path.empty()) known += ' ' + FishQuote(path);
  }
  std::string out = R"(# Completes `doorward` in fish; made by `doorward completion fish`.
function __doorward_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        contains -- "$path $word" )" +
                    known.substr(1) + R"(
        and set path "$path $word"
    end
    test "$path" = "$argv[1]"
end
complete -c doorward -f
)";
  for (const auto& [path, command] : commands) {
    for (const Command& child : command->subcommands) {
      out += FishLine(path, "-f -a " + child.name, child.summary);
    }
    for (const Argument& argument : command->arguments) out += FishArgument(path, argument);
    out += FishLine(path, "-f -s h -l help", "show this help");
  }
  return out;
}

int Complete(const std::string& shell) {
  const Command root = DoorwardCommand();
  std::vector<PathedCommand> commands;
  Collect(root, "", commands);
  StandardOutput().Write(shell == "bash"  ? BashScript(commands)
                         : shell == "zsh" ? ZshScript(commands)
                                          : FishScript(commands));
  return kExitOk;
}

}  // namespace

Command CompletionCommand() {
  const auto shell = std::make_shared<std::optional<std::string>>();
  return {
      .name = "completion",
      .summary = "print a script that completes this command in a shell",
      .details = kDetails,
      .arguments = {{.name = "SHELL",
                     .help = "bash, zsh or fish",
                     .target = shell.get(),
                     .choices = {"bash", "zsh", "fish"},
                     .required = true}},
      .run = [shell] { return Complete(**shell); },
  };
}

}  // namespace doorward::command
