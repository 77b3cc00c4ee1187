// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/command_line.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <CLI/CLI.hpp>

#include "tools/doorward/help.h"
#include "tools/doorward/streams.h"
#include "tools/doorward/terminal.h"

namespace doorward::command {
namespace {

// A command while it is parsed: CLI11 splits the arguments, and what they mean is decided here, so
// that every message is ours and none holds a value that might be a token.
struct Node {
  const Command* command = nullptr;
  std::string path;  // "doorward token sign"
  CLI::App* app = nullptr;
  bool help = false;
  std::vector<CLI::Option*> options = {};  // one for each argument of the command
  std::deque<Node> children = {};
};

CLI::Option* Declare(CLI::App& app, const Argument& argument) {
  if (bool* const* flag = std::get_if<bool*>(&argument.target)) {
    return app.add_flag(argument.name, **flag);
  }
  // The values are read raw, by results(): a conversion would take "{}" for an empty list.
  CLI::Option* option =
      app.add_option(argument.name, CLI::callback_t([](const auto&) { return true; }));
  option->type_size(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (!argument.is_option() && argument.is_list()) option->expected(1, -1)->allow_extra_args();
  return option;
}

void Build(Node& node) {
  node.app->set_help_flag();
  node.app->allow_extras();
  node.app->require_subcommand(0, 1);
  node.app->add_flag("-h,--help", node.help);
  for (const Argument& argument : node.command->arguments) {
    node.options.push_back(Declare(*node.app, argument));
  }
  for (const Command& child : node.command->subcommands) {
    node.children.push_back({.command = &child,
                             .path = node.path + ' ' + child.name,
                             .app = node.app->add_subcommand(child.name)});
    Build(node.children.back());
  }
}

// CLI11 would take the argument after `--name=` for its value.
std::vector<std::string> SplitEmptyValues(int argc, const char* const* argv) {
  std::vector<std::string> out;
  bool options_end = false;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    options_end |= argument == "--";
    const bool empty_value = !options_end && argument.size() > 3 && argument.starts_with("--") &&
                             argument.find('=') == argument.size() - 1;
    if (empty_value) argument.pop_back();
    out.push_back(std::move(argument));
    if (empty_value) out.emplace_back();
  }
  return out;
}

// The deepest command that was named.
const Node& Named(const Node& node) {
  for (const Node& child : node.children) {
    if (child.app->parsed()) return Named(child);
  }
  return node;
}

void RefuseUnknown(const Node& node) {
  std::vector<std::string> unknown = node.app->remaining();
  std::erase(unknown, "--");
  if (unknown.empty()) return;
  const std::string& first = unknown.front();
  std::vector<std::string_view> candidates;
  if (first.starts_with('-') && first.size() > 1) {
    const std::string name = first.substr(0, first.find('='));
    for (const Argument& argument : node.command->arguments) candidates.push_back(argument.name);
    candidates.emplace_back("--help");
    throw UsageError("unknown option " + QuoteArgument(name) + DidYouMean(name, candidates));
  }
  if (node.command->subcommands.empty()) {
    throw UsageError("unexpected argument " + QuoteArgument(first));
  }
  for (const Command& child : node.command->subcommands) candidates.push_back(child.name);
  throw UsageError("unknown command " + QuoteArgument(first) + DidYouMean(first, candidates));
}

void CheckChoice(const Argument& argument, const std::string& value) {
  const std::vector<std::string>& choices = argument.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  std::string message = "`" + argument.name + "` is one of";
  for (const std::string& choice : choices)
    message += (&choice == &choices[0] ? " " : ", ") + choice;
  throw UsageError(message + ", not " + QuoteArgument(value) +
                   DidYouMean(value, {choices.begin(), choices.end()}));
}

void Store(const Argument& argument, const std::vector<std::string>& values) {
  for (const std::string& value : values) CheckChoice(argument, value);
  if (auto* const* list = std::get_if<std::vector<std::string>*>(&argument.target)) {
    **list = values;
  } else if (auto* const* single = std::get_if<std::optional<std::string>*>(&argument.target)) {
    if (values.size() > 1) throw UsageError("`" + argument.name + "` is given twice");
    if (!values.empty()) **single = values.front();
  }
  if (argument.required && values.empty()) {
    throw UsageError(argument.is_option() ? "`" + argument.name + "` is missing"
                                          : "the argument " + argument.name + " is missing");
  }
}

int Run(const Node& node) {
  const Command& command = *node.command;
  RefuseUnknown(node);
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    if (std::holds_alternative<bool*>(command.arguments[i].target)) continue;
    Store(command.arguments[i], node.options[i]->results());
  }
  if (command.run) return command.run();
  std::string message = "one of the commands is missing:";
  for (const Command& child : command.subcommands) message += ' ' + child.name;
  throw UsageError(message);
}

}  // namespace

int ParseAndRun(const Command& root, int argc, const char* const* argv) {
  CLI::App app;
  Node node{.command = &root, .path = root.name, .app = &app};
  Build(node);
  std::vector<std::string> arguments = SplitEmptyValues(argc, argv);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& e) {
    const std::string what = e.what();
    throw UsageError("`" + what.substr(0, what.find(':')) + "` needs a value");
  } catch (const CLI::ParseError&) {
    throw UsageError("a flag that takes no value was given one");
  }
  const Node& named = Named(node);
  if (named.help) {
    StandardOutput().Write(HelpText(*named.command, named.path));
    return kExitOk;
  }
  return Run(named);
}

std::string NamedCommand(const Command& root, int argc, const char* const* argv) {
  std::string path = root.name;
  const Command* command = &root;
  for (int i = 1; i < argc; ++i) {
    const auto& children = command->subcommands;
    const auto child = std::find_if(children.begin(), children.end(),
                                    [&](const Command& c) { return c.name == argv[i]; });
    if (child == children.end()) break;
    path += ' ' + child->name;
    command = &*child;
  }
  return path;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates) {
  size_t best_distance = name.size() <= 4 ? 2 : 3;  // one more than is near enough
  std::string_view best;
  for (std::string_view candidate : candidates) {
    // Levenshtein's distance, row by row. Names are short, and long ones are not near.
    if (name.size() > candidate.size() + 3 || candidate.size() > 100) continue;
    std::vector<size_t> row(candidate.size() + 1);
    for (size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (size_t i = 0; i < name.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i + 1);
      for (size_t j = 0; j < candidate.size(); ++j) {
        const size_t substituted = diagonal + (name[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, substituted});
      }
    }
    if (row.back() < best_distance)
      std::tie(best_distance, best) = std::pair(row.back(), candidate);
  }
  return best.empty() ? "" : " (did you mean `" + std::string(best) + "`?)";
}

std::string QuoteArgument(std::string_view argument) {
  // What is long, or begins as every token does, may be a secret in the wrong place.
  constexpr size_t kLongestShown = 60;
  if (argument.size() > kLongestShown || argument.starts_with("eyJ")) {
    return "of " + std::to_string(argument.size()) + " octets";
  }
  return '`' + Harmless(argument) + '`';
}

}  // namespace doorward::command
