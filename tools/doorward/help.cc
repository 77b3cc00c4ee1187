// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/help.h"

#include <algorithm>
#include <utility>

namespace doorward::command {
namespace {

std::string PlacedArgument(const Argument& argument) {
  const std::string name = argument.name + (argument.is_list() ? "..." : "");
  return argument.required ? name : "[" + name + "]";
}

std::string OptionAsTyped(const Argument& argument) {
  return argument.value.empty() ? argument.name : argument.name + ' ' + argument.value;
}

std::string UsageLine(const Command& command, const std::string& path) {
  std::string line = "Usage: " + path;
  bool optional_options = false;
  for (const Argument& argument : command.arguments) {
    if (!argument.is_option()) line += ' ' + PlacedArgument(argument);
  }
  for (const Argument& argument : command.arguments) {
    if (!argument.is_option()) continue;
    if (argument.required) line += ' ' + OptionAsTyped(argument);
    optional_options |= !argument.required;
  }
  if (!command.subcommands.empty()) return line + " COMMAND\n";
  return line + (optional_options ? " [OPTION]...\n" : "\n");
}

// Two columns; a name too wide for its column has a line of its own, and so has each further line
// of the text.
std::string Rows(const std::vector<std::pair<std::string, std::string>>& rows) {
  constexpr size_t kWidest = 26;
  size_t width = 0;
  for (const auto& [name, text] : rows) width = std::max(width, std::min(name.size(), kWidest));
  const std::string indent(width + 4, ' ');
  std::string out;
  for (const auto& [name, text] : rows) {
    out += "  " + name;
    out += name.size() > width ? '\n' + indent : std::string(width - name.size() + 2, ' ');
    for (char c : text) {
      out += c;
      if (c == '\n') out += indent;
    }
    out += '\n';
  }
  return out;
}

}  // namespace

std::string HelpText(const Command& command, const std::string& path) {
  std::vector<std::pair<std::string, std::string>> commands, placed, options;
  for (const Command& child : command.subcommands) commands.emplace_back(child.name, child.summary);
  for (const Argument& argument : command.arguments) {
    if (argument.is_option()) {
      options.emplace_back(OptionAsTyped(argument), argument.help);
    } else {
      placed.emplace_back(argument.name, argument.help);
    }
  }
  options.emplace_back("-h, --help", "show this help");
  std::string out = path + ": " + command.summary + "\n\n" + UsageLine(command, path);
  if (!placed.empty()) out += '\n' + Rows(placed);
  if (!commands.empty()) out += "\nCommands:\n" + Rows(commands);
  out += "\nOptions:\n" + Rows(options);
  return out + '\n' + command.details;
}

}  // namespace doorward::command
